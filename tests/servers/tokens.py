"""An identity provider as far as Dovecot asks it: is this access token good, and whose is it?

Invariant: a token is good exactly while it stands in `users`.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class TokenEndpoint:
    """`users` maps each good access token to its user; `url` ends where the token is to be put."""

    def __init__(self) -> None:
        self.users: dict[str, str] = {}
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
                token = parse_qs(urlsplit(self.path).query).get("access_token", [bearer])[0]
                user = endpoint.users.get(token)
                answer = {"error": "invalid_token"} if user is None else {"email": user, "active": True}
                body = json.dumps(answer).encode()
                self.send_response(401 if user is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                """Say nothing on stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/?access_token="
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

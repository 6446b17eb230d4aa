"""An identity provider that gives out access tokens for a refresh token, and refresh tokens for a typed code.

Invariant: every token it gives is a new one; `answers` lists what it was asked, in order.
"""

import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


class Provider:
    """`refresh` are the refresh tokens that are good; `consented` says whether the code was typed."""

    def __init__(self, seconds: int = 3600) -> None:
        self.refresh = {"first"}
        self.consented = False
        self.rotate = False
        self.access: list[str] = []
        self.questions: list[dict[str, str]] = []
        self._seconds = seconds
        self._numbers = itertools.count(1)
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                question = {name: values[0] for name, values in parse_qs(text).items()}
                status, answer = provider.answer(self.path, question)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                """Say nothing on stderr."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.token_url = f"http://127.0.0.1:{self._server.server_port}/token"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path: str, question: dict[str, str]) -> tuple[int, dict[str, object]]:
        """What the provider says."""
        self.questions.append(question)
        if path == "/devicecode":
            return 200, {"user_code": "ABCD-EFGH", "verification_uri": "https://id.example/device", "expires_in": 900,
                         "device_code": "the-device", "interval": 1}  # fmt: skip
        if question.get("device_code") == "the-device":
            if not self.consented:
                return 400, {"error": "authorization_pending"}
            return 200, self._tokens(self._new_refresh())
        if question.get("refresh_token") in self.refresh:
            return 200, self._tokens(self._new_refresh() if self.rotate else None)
        return 400, {"error": "invalid_grant", "error_description": "never to be shown"}

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def _new_refresh(self) -> str:
        self.refresh = {f"refresh-{next(self._numbers)}"}
        return next(iter(self.refresh))

    def _tokens(self, refresh: str | None) -> dict[str, object]:
        self.access.append(f"access-{next(self._numbers)}")
        answer: dict[str, object] = {"access_token": self.access[-1], "expires_in": self._seconds}
        return answer | ({"refresh_token": refresh} if refresh else {})

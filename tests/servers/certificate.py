"""Certificates made on the spot for servers of the tests.

Invariant: each certificate is its own authority, so `ca_file=certificate.cert` trusts it and nothing else
does.
"""

import ipaddress
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """Where the certificate and its key lie."""

    cert: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """What a Python server needs to speak TLS with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context


def make_certificate(folder: Path, names: tuple[str, ...] = ("localhost", "127.0.0.1")) -> Certificate:
    """A certificate for these names, valid for two days."""
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    alternatives = ",".join(f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in names)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", f"/CN={names[0]}", "-addext", f"subjectAltName={alternatives}",
         "-keyout", str(made.key), "-out", str(made.cert)],
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )  # fmt: skip
    made.cert.chmod(0o644)
    return made


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

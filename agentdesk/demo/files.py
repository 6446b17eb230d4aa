"""The files that customers and agents of the made-up world send: a photo, a receipt, a line of an error.

Invariant: each is really what it says: the JPEG opens as a picture, the PDF as a page.
"""

from functools import cache
from pathlib import Path

from agentdesk.domain.mail import Enclosure

_PHOTO = Path(__file__).with_name("damaged.jpg")
_PAGE = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 300] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
)
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def of(kind: str, order: str, money: str) -> tuple[Enclosure, ...]:
    """The files of this kind; none when it is empty."""
    match kind:
        case "photo":
            return (Enclosure("foto.jpg", "image/jpeg", _photo()),)
        case "receipt":
            return (Enclosure(f"nordbutik-{order}.pdf", "application/pdf", receipt(order, money)),)
        case "log":
            words = f"https://nordbutik.example/login\r\n403 Forbidden\r\nref {order}-A\r\n"
            return (Enclosure("login.txt", "text/plain", words.encode()),)
    return ()


def receipt(order: str, money: str) -> bytes:
    """A PDF of one page that says what was bought for how much."""
    lines = (f"Nordbutik ApS   CVR 12 34 56 78   Ordre {order}", f"Total {money}")
    drawn = (
        b"BT /F1 14 Tf 40 240 Td 24 TL "
        + b" ".join(b"(%s) Tj T*" % _escaped(line) for line in lines)
        + b" ET"
    )
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)
    out, starts = bytearray(b"%PDF-1.4\n"), []
    for number, thing in enumerate((*_PAGE, stream, _FONT), 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, thing)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return bytes(out) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(starts) + 1, table, len(starts) + 1, len(out))
    )


@cache
def _photo() -> bytes:
    return _PHOTO.read_bytes()


def _escaped(text: str) -> bytes:
    return text.encode("cp1252", "replace").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")

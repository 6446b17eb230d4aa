"""What can be said of a picture without showing it, and a small copy of it in colours where Pillow is installed.

Invariants: the size stands in the first bytes and is read without a library; a picture too large to be opened safely is
never decoded; only everyday kinds are, each by its own decoder.
"""

import struct
from dataclasses import dataclass
from io import BytesIO

MOST_PIXELS = 40_000_000
SMALL = (240, 240)
"""Pixels of the small copy: more than any terminal shows."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
_JPEG_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_MOST_MARKS = 500


@dataclass(frozen=True, slots=True)
class Facts:
    """What kind of picture it is, and how large."""

    kind: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Pixels:
    """Rows of red, green and blue, one byte each."""

    width: int
    height: int
    data: bytes

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        """One pixel."""
        place = (y * self.width + x) * 3
        red, green, blue = self.data[place : place + 3]
        return red, green, blue


def facts(content: bytes) -> Facts | None:
    """Kind and size; None for what is no everyday picture."""
    try:
        return _png(content) or _gif(content) or _jpeg(content) or _webp(content) or _bmp(content)
    except (struct.error, IndexError):
        return None


def small(content: bytes) -> Pixels | None:
    """A small copy in colours; None without Pillow, or for what it cannot or should not open."""
    known = facts(content)
    if known is None or not 0 < known.width * known.height <= MOST_PIXELS:
        return None
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415  an extra, and only for who looks
    except ImportError:
        return None
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            opened.draft("RGB", SMALL)
            opened.thumbnail((SMALL[0] * 2, SMALL[1] * 2))
            turned = ImageOps.exif_transpose(opened).convert("RGBA")
            ground = Image.new("RGBA", turned.size, (255, 255, 255, 255))
            ground.alpha_composite(turned)
            ground.thumbnail(SMALL)
            flat = ground.convert("RGB")
            return Pixels(flat.width, flat.height, flat.tobytes())
    except (
        OSError,
        ValueError,
        SyntaxError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
        MemoryError,
    ):
        return None


def _png(content: bytes) -> Facts | None:
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    return Facts("PNG", *struct.unpack(">II", content[16:24]))


def _gif(content: bytes) -> Facts | None:
    if content[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    return Facts("GIF", *struct.unpack("<HH", content[6:10]))


def _bmp(content: bytes) -> Facts | None:
    if content[:2] != b"BM":
        return None
    width, height = struct.unpack("<ii", content[18:26])
    return Facts("BMP", abs(width), abs(height))


def _jpeg(content: bytes) -> Facts | None:
    if content[:3] != b"\xff\xd8\xff":
        return None
    at = 2
    for _mark in range(_MOST_MARKS):
        while content[at] == 0xFF and content[at + 1] == 0xFF:
            at += 1
        mark, length = struct.unpack(">xBH", content[at : at + 4])
        if mark in _JPEG_SIZES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Facts("JPEG", width, height)
        at += 2 + length
    return None


def _webp(content: bytes) -> Facts | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    kind = content[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (one & 0x3FFF for one in struct.unpack("<HH", content[26:30]))
    return Facts("WebP", width, height)

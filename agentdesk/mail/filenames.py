"""Names under which a part of a mail may be saved.

Invariant: a name has no path, no control character, no name that a system keeps for itself, no leading dot, and at
most 200 characters, and at most 240 bytes in UTF-8 (file systems count those); it is never empty.
"""

import re

from agentdesk.text.clean import clean_line

MAX_NAME = 200
_MAX_BYTES = 240
_MAX_ENDING = 20
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])", re.IGNORECASE)
_ENDINGS = {
    "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "text/csv": "csv", "text/vcard": "vcf",
    "text/rfc822-headers": "txt", "text/rtf": "rtf", "application/pdf": "pdf", "application/zip": "zip",
    "application/json": "json", "application/xml": "xml", "application/rtf": "rtf", "application/msword": "doc",
    "application/ms-tnef": "dat", "application/pgp-signature": "asc", "application/pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m", "application/x-pkcs7-signature": "p7s", "message/rfc822": "eml",
    "message/delivery-status": "txt", "message/disposition-notification": "txt", "image/jpeg": "jpg",
    "image/png": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic", "image/svg+xml": "svg",
    "image/tiff": "tif", "image/bmp": "bmp", "audio/mpeg": "mp3", "audio/wav": "wav", "audio/ogg": "ogg",
    "video/mp4": "mp4", "video/quicktime": "mov",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACTS = _words("""
    exe com scr pif cpl msi msp msix appx bat cmd ps1 psm1 vb vbs vbe js jse ws wsf wsh hta jar reg inf scf lnk url
    desktop website iso img vhd vhdx dmg pkg app command sh bash run elf appimage deb rpm apk py pyw pl rb
    html htm xhtml shtml mht mhtml svg chm hlp docm dotm xlsm xltm xlam xll pptm potm ppam sldm one iqy slk
    settingcontent-ms application gadget rdp library-ms search-ms diagcab ade adp mdb accdb
""")
"""Endings of files that can do something when they are opened: programs, scripts, shortcuts, disks, pages, macros."""
_BEGINS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


def can_act(name: str, content: bytes = b"") -> bool:
    """Whether the file may do something by itself when somebody opens it, by its last ending or by how it begins."""
    return name.rpartition(".")[2].strip().lower() in _ACTS or content.startswith(_BEGINS)


def kind_of(name: str) -> str:
    """The type that a file name's ending tells of."""
    ending = name.rpartition(".")[2].lower()
    return next((kind for kind, usual in _ENDINGS.items() if usual == ending), "application/octet-stream")


def safe_name(wanted: str, content_type: str, number: int) -> str:
    """The wanted name made safe, or a made-up one from the kind of the part and its place."""
    name = clean_line(wanted).replace("\\", "/").rpartition("/")[2]
    name = _FORBIDDEN.sub("_", name).strip().lstrip(".").strip(" .")
    if not name:
        return f"part-{number}.{_ENDINGS.get(content_type, 'bin')}"
    if _RESERVED.fullmatch(name.partition(".")[0].strip()):
        name = "_" + name
    return _shortened(name)


def _shortened(name: str) -> str:
    if len(name) <= MAX_NAME and len(name.encode("utf-8")) <= _MAX_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _MAX_ENDING:
        stem, dot, ending = name, "", ""
    room = _MAX_BYTES - len((dot + ending).encode("utf-8"))
    stem = stem[: MAX_NAME - len(dot + ending)].encode("utf-8")[:room].decode("utf-8", "ignore")
    return stem.rstrip(" .") + dot + ending

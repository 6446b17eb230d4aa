"""Text folded for comparing: case, accents and æ ø å set aside, so that "Rodgrod" finds "Rødgrød".

Invariant: folding is idempotent and never makes a text empty that had letters.
"""

import unicodedata

_LETTERS = (
    ("ø", "o"), ("æ", "ae"), ("å", "a"), ("ß", "ss"), ("đ", "d"), ("ð", "d"), ("þ", "th"), ("ł", "l"), ("œ", "oe"),
    ("ı", "i"),
)  # fmt: skip


def fold(text: str) -> str:
    """The text in lower case without accents; ø as o, æ as ae, å as a."""
    text = _plain(text.casefold())
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    for sign in set(decomposed):  # few differ, and each is taken out of the whole text at once
        if unicodedata.combining(sign):
            decomposed = decomposed.replace(sign, "")
    return _plain(decomposed).casefold()


def _plain(text: str) -> str:
    for letter, instead in _LETTERS if not text.isascii() else ():
        text = text.replace(letter, instead)
    return text

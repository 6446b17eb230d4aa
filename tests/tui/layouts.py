"""What the keys of three keyboards write without Shift, Alt or AltGr, as data.

Invariant: only what one press of one key writes; dead keys (´ ¨ ^ ~ on the Nordic ones) write nothing by themselves.
"""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
LAYOUTS = {
    "dk": f"½{DIGITS}+{LETTERS}åæø'<,.- ",
    "no": f"|{DIGITS}+\\{LETTERS}åøæ'<,.- ",
    "us": f"`{DIGITS}-={LETTERS}[]\\;',./ ",
}
PLAIN = {"enter", "escape", "tab", "space", "up", "down", "left", "right", "pageup", "pagedown", "home", "end",
         "backspace", "delete", *(f"f{n}" for n in range(1, 13))}  # fmt: skip
"""Keys that write nothing and stand on every one of them."""
NAMED = {"question_mark": "?", "slash": "/", "full_stop": ".", "comma": ",", "minus": "-", "plus": "+"}


def is_plain(key: str, layout: str) -> bool:
    """One press of one key, with at most Ctrl held beside a letter, gives this key on that layout."""
    if key in PLAIN:
        return True
    if key.startswith("ctrl+"):
        return key.removeprefix("ctrl+") in LETTERS
    return NAMED.get(key, key) in LAYOUTS[layout]

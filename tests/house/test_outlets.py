"""Text leaves the program by a few known outlets, each of which cleans what it is given.

Whoever adds one adds a line here that says what keeps text from outside from acting there.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from house.tree import python_files, tree

_OUTLETS: dict[str, dict[str, str]] = {
    "agentdesk/__main__.py": {},
    "agentdesk/automation/giving.py": {"os.fdopen": "escaped JSON; mails and files as they came"},
    "agentdesk/channels/email/oauth.py": {"write_text": "a refresh token as JSON, ASCII"},
    "agentdesk/cli/__init__.py": {},
    "agentdesk/cli/asking.py": {"stderr.write": "one clean line", "getpass": "one clean line"},
    "agentdesk/cli/case_export.py": {"buffer.write": "a mail, never to a terminal"},
    "agentdesk/cli/folder.py": {"write_bytes": "articles and macros, of rows that are clean"},
    "agentdesk/cli/output.py": {"print": "clean, or escaped JSON"},
    "agentdesk/cli/parser.py": {"print": "one clean line", "print_usage": "words of our own"},
    "agentdesk/cli/progress.py": {"Console": "one clean line without markup"},
    "agentdesk/cli/settings_file.py": {"os.fdopen": "the settings, quoted as TOML wants them"},
    "agentdesk/config/files.py": {"open": "an attachment as it came, under a safe name"},
    "agentdesk/config/log.py": {"os.fdopen": "lines of ASCII", "stderr.write": "a sentence of our own"},
    "agentdesk/config/saving.py": {"os.fdopen": "a new file, of text that is clean and mail as it came"},
    "agentdesk/tui/app.py": {"_driver.write": "the clipboard's sequence, of clean text in Base64"},
    "agentdesk/tui/commands/outside.py": {"os.fdopen": "clean text for the editor"},
    "agentdesk/tui/desk/following.py": {"bell": "nothing of anybody's"},
    "agentdesk/tui/desk/spelling.py": {"os.fdopen": "one clean word"},
    "agentdesk/tui/desk/spill.py": {"os.fdopen": "a draft as JSON, cleaned when it is read"},
    "agentdesk/tui/opening.py": {"stderr.write": "a sentence of our own"},
}
"""What each file may write with, and why that is safe."""
_WRITERS = {
    "write_text", "write_bytes", "print_usage", "print_help", "notify", "bell", "getpass", "Console", "set_title",
    "copy_to_clipboard_raw", "writelines", "print_exc", "print_exception", "basicConfig", "StreamHandler",
}  # fmt: skip
_READ_MARKUP = {"Label", "Markdown", "RichLog", "Log", "Button", "Tooltip", "OptionList", "DataTable", "Tree"}
_CLEANING = {"clean", "clean_line", "escaped", "_json"}


def _outlets(path: str) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(Path(path))):
        if isinstance(node, ast.Call) and (name := _outlet(node)):
            yield name, node


def _outlet(call: ast.Call) -> str:
    words = ast.unparse(call.func).split(".")
    last, owner = words[-1], words[-2] if len(words) > 1 else ""
    if words == ["print"] or last in _WRITERS:
        return last
    if last == "write" and owner in (
        "stdout",
        "stderr",
        "buffer",
        "_driver",
        "__stderr__",
        "__stdout__",
        "os",
    ):
        return f"{owner}.{last}"
    if last in ("open", "fdopen") and _writes(call):
        return "os.fdopen" if last == "fdopen" else "open"
    return ""


def _writes(call: ast.Call) -> bool:
    """Whether the mode is one to write with; what is opened by number has one as well."""
    words = [
        one for one in (*call.args, *(one.value for one in call.keywords)) if isinstance(one, ast.Constant)
    ]
    return any(
        isinstance(one.value, str) and one.value.strip("btx+") in ("w", "a", "") and one.value
        for one in words
    )


def test_text_leaves_by_the_known_outlets_only() -> None:
    found: dict[str, set[str]] = {}
    for path in python_files("agentdesk"):
        name = path.as_posix()
        if not name.startswith("agentdesk/demo/"):  # the demo writes texts of its own
            outlets = {outlet for outlet, _call in _outlets(name)}
            if outlets:
                found[name] = outlets
    assert found == {name: set(outlets) for name, outlets in _OUTLETS.items() if outlets}


def test_what_is_printed_is_cleaned_where_it_is_printed() -> None:
    for path in ("agentdesk/cli/output.py", "agentdesk/cli/parser.py", "agentdesk/cli/asking.py"):
        for outlet, call in _outlets(path):
            if outlet in ("print", "stderr.write", "getpass"):
                inner = {ast.unparse(one.func) for one in ast.walk(call) if isinstance(one, ast.Call)}
                assert inner & _CLEANING, f"{path}: {ast.unparse(call)}"


def test_words_on_the_screen_are_never_markup() -> None:
    """Textual's own widgets read markup unless told not to; `dialogs.label.Label` tells it, and cleans."""
    for path in python_files("agentdesk"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Static":
                said = {one.arg: ast.unparse(one.value) for one in node.keywords}
                assert said.get("markup") == "False", f"{path}: {ast.unparse(node)}"
            if isinstance(node, ast.ImportFrom) and node.module == "textual.widgets":
                assert not {one.name for one in node.names} & _READ_MARKUP, path

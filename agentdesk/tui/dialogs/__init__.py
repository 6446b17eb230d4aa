"""Questions over a screen: choose one, fill in a line, yes or no, read a page. They know no SQL and no case.

Each is loaded when it is first asked for by name here (`dialogs.ChooseDialog`): no first frame needs one.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentdesk.tui.dialogs.ask import AskDialog
    from agentdesk.tui.dialogs.choose import Choice, ChooseDialog
    from agentdesk.tui.dialogs.confirm import ConfirmDialog
    from agentdesk.tui.dialogs.erase import EraseDialog
    from agentdesk.tui.dialogs.files import FilesDialog
    from agentdesk.tui.dialogs.page import PageDialog
    from agentdesk.tui.dialogs.picture import PictureDialog
    from agentdesk.tui.dialogs.press import PressDialog
    from agentdesk.tui.dialogs.report import ReportDialog
    from agentdesk.tui.dialogs.theme import ThemeDialog

__all__ = [
    "AskDialog",
    "Choice",
    "ChooseDialog",
    "ConfirmDialog",
    "EraseDialog",
    "FilesDialog",
    "PageDialog",
    "PictureDialog",
    "PressDialog",
    "ReportDialog",
    "ThemeDialog",
]

_HOMES = {
    "AskDialog": "ask",
    "Choice": "choose",
    "ChooseDialog": "choose",
    "ConfirmDialog": "confirm",
    "EraseDialog": "erase",
    "FilesDialog": "files",
    "PageDialog": "page",
    "PictureDialog": "picture",
    "PressDialog": "press",
    "ReportDialog": "report",
    "ThemeDialog": "theme",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

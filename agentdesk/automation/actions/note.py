"""The action "note": words that only colleagues see.

Invariant: these words were not typed by whoever acts, so taking them back leaves no draft behind.
"""

from typing import TYPE_CHECKING

from agentdesk.automation.actions.contract import Acting, Action, Params, Step, word
from agentdesk.config.language import N_, _
from agentdesk.services import macros
from agentdesk.text.clean import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork


def _read(params: Params) -> Params:
    return {"kind": "note", "text": clean(word(params, "text", "note")).strip()}


def _preview(_session: "Connection", _case_id: int, params: Params, _acting: Acting) -> tuple[Step, ...]:
    return (Step(_("note"), "", params["text"]),)


def _apply(unit: "UnitOfWork", case_id: int, params: Params, _acting: Acting) -> None:
    macros.leave_note(unit, case_id, params["text"])


ACTION = Action(
    "note", N_("leave a note"), _read, _preview, _apply,
    typed=lambda words: {"kind": "note", "text": words},
    shown=lambda params: str(params["text"]),
)  # fmt: skip

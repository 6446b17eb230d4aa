"""The action "tag": tags put on and taken off.

Invariant: a tag that is put on and taken off at once is refused; the order in which they were named is kept.
"""

from typing import TYPE_CHECKING, Any

from agentdesk.automation.actions.contract import Acting, Action, Params, Step
from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.queries import cases
from agentdesk.services import triage
from agentdesk.text.clean import clean_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork


def _read(params: Params) -> Params:
    add, drop = _names(params.get("add", ())), _names(params.get("drop", ()))
    if not add and not drop:
        raise Problem(_("The action «tag» names no tag: write for example tag +late -new."))
    for name in (*add, *drop):
        if (
            not 0 < len(name) <= 40
            or name != clean_line(name)
            or any(c.isspace() or c in ",\"'" for c in name)
        ):
            raise Problem(
                _("«{tag}» cannot be a tag: use one word of at most 40 letters.").format(
                    tag=clean_line(name)[:40]
                )
            )
    both = next((name for name in add if name in drop), None)
    if both is not None:
        raise Problem(_("The tag «{tag}» is both put on and taken off: leave one out.").format(tag=both))
    return {"kind": "tag", "add": add, "drop": drop}


def _names(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise Problem(_("The tags of the action «tag» are a list of words."))
    return list(dict.fromkeys(value))


def _typed(words: str) -> Params:
    add: list[str] = []
    drop: list[str] = []
    for one in words.replace(",", " ").split():
        (drop if one.startswith("-") else add).append(one.lstrip("+-"))
    return {"kind": "tag", "add": add, "drop": drop}


def _shown(params: Params) -> str:
    return " ".join([*(f"+{name}" for name in params["add"]), *(f"-{name}" for name in params["drop"])])


def _preview(session: "Connection", case_id: int, params: Params, _acting: Acting) -> tuple[Step, ...]:
    now = cases.case(session, case_id).tags
    then = sorted({*now, *params["add"]} - set(params["drop"]))
    return (Step(_("tags"), " ".join(now), " ".join(then)),)


def _apply(unit: "UnitOfWork", case_id: int, params: Params, _acting: Acting) -> None:
    triage.tag(unit, case_id, tuple(params["add"]), tuple(params["drop"]))


ACTION = Action("tag", N_("put tags on or take them off"), _read, _preview, _apply, _typed, _shown)

"""The action "snooze": hide the case until a time in words, and what ends it sooner.

Invariant: the words are read when it is done, in the zone of whoever does it: "tomorrow 9" is never yesterday.
"""

import re
from datetime import UTC
from typing import TYPE_CHECKING

from agentdesk.automation.actions.contract import Acting, Action, Params, Step, word
from agentdesk.config.language import N_, _
from agentdesk.domain import when
from agentdesk.domain.lifecycle import Status, may_move
from agentdesk.domain.problems import Problem, Refused
from agentdesk.queries import cases
from agentdesk.services import triage
from agentdesk.text.clean import clean_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork

ENDS = ("answer", "not thanks", "nothing")
_ENDS = re.compile(r"^(?P<when>.*?)(?:\s+ends\s+(?P<ends>answer|not thanks|nothing))?$")


def _read(params: Params) -> Params:
    ends = params.get("ends", ENDS[0])
    if ends not in ENDS:
        raise Problem(
            _("«{ends}» ends no snooze; these do: {all}.").format(
                ends=clean_line(str(ends))[:40], all=", ".join(ENDS)
            )
        )
    return {"kind": "snooze", "value": clean_line(word(params, "value", "snooze")), "ends": ends}


def _typed(words: str) -> Params:
    match = _ENDS.match(" ".join(words.split()))
    assert match is not None
    return {"kind": "snooze", "value": match["when"], "ends": match["ends"] or ENDS[0]}


def _shown(params: Params) -> str:
    value = str(params["value"])
    return value if params["ends"] == ENDS[0] else f"{value} ends {params['ends']}"


def _preview(session: "Connection", case_id: int, params: Params, acting: Acting) -> tuple[Step, ...]:
    now = cases.case(session, case_id).status
    if not may_move(now, Status.SNOOZED):
        raise Refused(
            _("Case #{number} is {status}: it cannot become {wanted}.").format(
                number=case_id, status=_(now.value), wanted=_(Status.SNOOZED.value)
            )
        )
    until = when.read(params["value"], acting.now)
    return (Step(_("status"), _(now.value), _("snoozed until"), until),)


def _apply(unit: "UnitOfWork", case_id: int, params: Params, acting: Acting) -> None:
    until = when.read(params["value"], acting.now).astimezone(UTC)
    triage.snooze(unit, case_id, until, seen=acting.seen, ends=params["ends"])


ACTION = Action("snooze", N_("hide the case until a time"), _read, _preview, _apply, _typed, _shown)

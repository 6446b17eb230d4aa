"""The action "attach": a file of the macro's own folder goes along with its reply.

Invariant: a file leaves only inside a reply; alone it is refused, never quietly left out. Whoever sends the reply takes
the files with it and does not `apply` this.
"""

from typing import TYPE_CHECKING

from agentdesk.automation.actions.contract import Acting, Action, Params, Step, word
from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.mail.filenames import safe_name

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork


def _read(params: Params) -> Params:
    name = word(params, "file", "attach")
    safe = safe_name(name, "", 1)
    if safe != name:
        raise Problem(_("The file cannot have that name; «{name}» would do.").format(name=safe))
    return {"kind": "attach", "file": name}


def _preview(_session: "Connection", _case_id: int, params: Params, _acting: Acting) -> tuple[Step, ...]:
    return (Step(_("file"), "", params["file"]),)


def _apply(_unit: "UnitOfWork", _case_id: int, params: Params, _acting: Acting) -> None:
    raise Problem(
        _("The file {name} needs a reply to go with: write a text beside it.").format(name=params["file"])
    )


ACTION = Action(
    "attach", N_("send a file along"), _read, _preview, _apply,
    typed=lambda words: {"kind": "attach", "file": words},
    shown=lambda params: str(params["file"]),
)  # fmt: skip

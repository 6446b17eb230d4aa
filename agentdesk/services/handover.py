"""Gives everything of an agent who leaves into other hands, a bounded share per commit.

Invariants: the agent is signed out before anything is moved, so nothing new comes to them meanwhile; killed half-way,
the same words go on where it stopped; no unsent text is lost: a draft that meets one of the receiver's own stands below
it. A reply that is held leaves all the same, and what comes back of it comes to the heir.
"""

from typing import Any

from sqlalchemy import delete, func, select, update

from agentdesk.config.language import N_, _
from agentdesk.domain.handover import Handed
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import NotFound, Refused, Usage
from agentdesk.mail.addresses import show
from agentdesk.services import fields
from agentdesk.services.people import check_lead, keep_an_admin
from agentdesk.store import codec
from agentdesk.store.tables import (
    agents,
    attachments,
    cases,
    drafts,
    macros,
    memberships,
    presence,
    snippets,
    teams,
    views,
)  # fmt: skip
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line

SHARE = 100
"""Cases handed over in one commit."""
BEGUN = N_("A colleague who has left had begun this: read it before you send it.")
JOINED = N_("A colleague who has left had begun this, too: their text stands below yours.")


def leave_for_good(
    unit: UnitOfWork, login: str, *, agent: str = "", team: str = "", after: int = 0
) -> Handed:
    """Hand the next share of cases over, to an agent or to a team, and at the end the drafts and personal things.

    Called again with `after` of what it returned, until that is None. Raises NotFound, Usage, or Refused when who asks
    may not, or when nobody is there to receive.
    """
    check_lead(unit)
    if bool(agent) == bool(team):
        raise Usage(_("Say who receives the cases: an agent or a team."))
    leaver = _agent(unit, login)
    receiver = _receiver(unit, leaver, agent) if agent else None
    team_id = _team(unit, team) if team else None
    heir = receiver if receiver is not None else _heir(unit, leaver, team_id)
    if not after:
        _sign_out(unit, leaver, heir)
    owned = (cases.c.owner_id == leaver.id, cases.c.status != Status.CLOSED, cases.c.id > after)
    ids = list(unit.session.scalars(select(cases.c.id).where(*owned).order_by(cases.c.id).limit(SHARE)))
    moved = sum(_hand_case(unit, case_id, leaver.id, receiver, team_id) for case_id in ids)
    if len(ids) == SHARE:
        return Handed(moved, 0, 0, str(heir.login), ids[-1])
    texts = _hand_drafts(unit, leaver, heir)
    return Handed(moved, texts, _hand_items(unit, leaver, heir), str(heir.login), None)


def _agent(unit: UnitOfWork, login: str) -> Any:
    found = unit.session.execute(
        select(agents).where(agents.c.login == login).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no agent called {login}.").format(login=clean_line(login)))
    return found


def _receiver(unit: UnitOfWork, leaver: Any, login: str) -> Any:
    found = _agent(unit, login)
    if found.id == leaver.id:
        raise Refused(_("Nobody can hand their work over to themselves: name somebody else."))
    if not found.active:
        raise Refused(_("{name} has left, too: name somebody who works here.").format(name=_name(found)))
    return found


def _team(unit: UnitOfWork, name: str) -> int:
    found = unit.session.scalar(select(teams.c.id).where(teams.c.name == name))
    if found is None:
        raise NotFound(_("There is no team called {name}.").format(name=clean_line(name)))
    return int(found)


def _heir(unit: UnitOfWork, leaver: Any, team_id: int | None) -> Any:
    """Who takes the texts when a team takes the cases: the member with the least in hand, else whoever leads."""
    member = (
        select(memberships.c.team_id)
        .where(memberships.c.agent_id == agents.c.id, memberships.c.team_id == team_id).exists()
    )  # fmt: skip
    owned = select(func.count()).where(cases.c.owner_id == agents.c.id, cases.c.shelf <= 1).scalar_subquery()
    query = (
        select(agents).where(agents.c.active, agents.c.id != leaver.id)
        .order_by(member.desc(), (~member & (agents.c.role == "agent")).asc(), owned, agents.c.id).limit(1)
    )  # fmt: skip
    found = unit.session.execute(query).one_or_none()
    if found is None:
        raise Refused(_("Nobody else works here who could receive the drafts: add a colleague first."))
    return found


def _sign_out(unit: UnitOfWork, leaver: Any, heir: Any) -> None:
    if leaver.active and leaver.role == "admin":
        keep_an_admin(unit, leaver.id)
    unit.session.execute(update(agents).where(agents.c.id == leaver.id).values(active=False, heir_id=heir.id))
    unit.session.execute(update(agents).where(agents.c.heir_id == leaver.id).values(heir_id=heir.id))
    unit.session.execute(delete(presence).where(presence.c.agent_id == leaver.id))
    unit.record("agent", None, "left", leaver.id, heir.id)


def _hand_case(unit: UnitOfWork, case_id: int, leaver: int, receiver: Any, team_id: int | None) -> int:
    case = fields.lock(unit, case_id)
    if case.owner_id != leaver:
        return 0
    values = {"owner_id": receiver.id} if receiver is not None else {"owner_id": None, "team_id": team_id}
    fields.change(unit, case, **values)
    return 1


def _hand_drafts(unit: UnitOfWork, leaver: Any, heir: Any) -> int:
    """Every draft: as it is, or below the one that its receiver has begun in the same place."""
    # Whoever begins a draft for the heir at this moment waits until this is done.
    unit.session.execute(select(agents.c.id).where(agents.c.id == heir.id).with_for_update(key_share=True))
    query = select(drafts).where(drafts.c.agent_id == leaver.id).order_by(drafts.c.id).with_for_update()
    rows = unit.session.execute(query).all()
    for row in rows:
        own = _own(unit, row, heir.id)
        if own is None:
            values = {"agent_id": heir.id, "version": row.version + 1, "terminal": "", "notice": BEGUN}
            unit.session.execute(update(drafts).where(drafts.c.id == row.id).values(values))
        else:
            _join(unit, own, row, _name(leaver))
        unit.record("draft", row.case_id, "handed over", leaver.id, heir.id)
    return len(rows)


def _own(unit: UnitOfWork, row: Any, heir_id: int) -> Any:
    same_case = drafts.c.case_id.is_(None) if row.case_id is None else drafts.c.case_id == row.case_id
    query = select(drafts).where(drafts.c.agent_id == heir_id, drafts.c.kind == row.kind, same_case)
    return unit.session.execute(query.order_by(drafts.c.id).limit(1).with_for_update()).one_or_none()


def _join(unit: UnitOfWork, own: Any, row: Any, name: str) -> None:
    """The receiver's own text first; where the other one was for somebody else, it says for whom."""
    parts = [own.body.rstrip(), _address_lines(own, row, name), row.body]
    values = {
        "body": "\n\n".join(part for part in parts if part.strip()), "version": own.version + 1, "terminal": "",
        "notice": JOINED,
    }  # fmt: skip
    unit.session.execute(update(drafts).where(drafts.c.id == own.id).values(values))
    unit.session.execute(update(attachments).where(attachments.c.draft_id == row.id).values(draft_id=own.id))
    unit.session.execute(delete(drafts).where(drafts.c.id == row.id))


def _address_lines(own: Any, row: Any, name: str) -> str:
    if (own.to, own.cc, own.bcc, own.subject) == (row.to, row.cc, row.bcc, row.subject):
        return ""
    lines = [_("--- begun by {name}").format(name=name)]
    for title, value in ((_("To"), row.to), (_("Cc"), row.cc), (_("Bcc"), row.bcc)):
        people = codec.read_people(value)
        lines += [f"{title}: {show(people)}"] if people else []
    lines += [f"{_('Subject')}: {clean_line(row.subject)}"] if row.subject.strip() else []
    return "\n".join(lines)


def _hand_items(unit: UnitOfWork, leaver: Any, heir: Any) -> int:
    """Personal macros, snippets and views; one that would be taken for another of the receiver's gets another name."""
    moved = 0
    for table, kind, named in (
        (macros, "macro", "name"),
        (snippets, "snippet", "shortcut"),
        (views, "view", "name"),
    ):
        personal = (table.c.agent_id == leaver.id, table.c.scope == "personal")
        column = table.c[named]
        taken = set(
            unit.session.scalars(
                select(column).where(table.c.agent_id == heir.id, table.c.scope == "personal")
            )
        )
        for row in unit.session.execute(select(table).where(*personal).order_by(table.c.id)).all():
            name = _free(getattr(row, named), taken)
            taken.add(name)
            values = {"agent_id": heir.id, named: name, "version": row.version + 1}
            unit.session.execute(update(table).where(table.c.id == row.id).values(values))
            unit.record(kind, None, "owner", leaver.id, heir.id)
            moved += 1
    return moved


def _free(name: str, taken: set[str]) -> str:
    number, found = 2, name
    while found in taken:
        found, number = f"{name}{number}", number + 1
    return found


def _name(row: Any) -> str:
    return clean_line(row.name) or clean_line(row.login)

"""Agents, teams, channels as the store knows them, and who is here now.

Invariants: a channel's row holds no host and no secret; presence is never logged and expires by itself.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select, update

from agentdesk.config.language import _
from agentdesk.config.settings import Channel
from agentdesk.domain.people import HERE, is_login, may_give, may_lead
from agentdesk.domain.preferences import Preferences, checked, packed
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.services import clocks
from agentdesk.store.once import insert_once
from agentdesk.store.tables import agents, channels, leases, memberships, presence, teams
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean, clean_line


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What of a channel's settings everybody may read."""

    kind: str
    name: str
    address: str
    signature: str = ""
    language: str = "en"
    team: str = ""
    hold: int = 10
    html: bool = True
    reply_address: str = ""
    subject_token: bool = False
    answer_within: int | None = None
    hours: str = ""
    acknowledgement: str = ""
    authserv_id: str = ""

    @classmethod
    def of(cls, channel: Channel) -> "ChannelFacts":
        """What of these settings everybody may read: neither a host nor a secret."""
        return cls(
            kind=channel.kind, name=channel.name, address=channel.address, signature=channel.signature,
            language=channel.language, team=channel.team, hold=channel.hold, html=channel.html,
            reply_address=channel.reply_address, subject_token=channel.subject_token,
            answer_within=channel.answer_within, hours=channel.hours, acknowledgement=channel.acknowledgement,
            authserv_id=channel.authserv_id,
        )  # fmt: skip


def add_agent(
    unit: UnitOfWork,
    login: str,
    name: str,
    *,
    email: str = "",
    role: str = "agent",
    team: str = "",
    capacity: int = 6,
) -> int:
    """Add a colleague; returns the id. Raises Refused when the login is taken, or who asks may not add people."""
    check_lead(unit, role)
    if not is_login(login):
        raise Problem(
            _("{login} cannot be a login: use small letters and digits.").format(login=clean_line(login))
        )
    if unit.session.scalar(select(agents.c.id).where(agents.c.login == login)) is not None:
        raise Refused(_("There is an agent called {login} already.").format(login=login))
    agent_id = _key(
        unit,
        agents,
        login=login,
        name=clean_line(name),
        email=clean_line(email),
        role=role,
        capacity=capacity,
    )
    if team:
        unit.session.execute(insert(memberships).values(team_id=team_id(unit, team), agent_id=agent_id))
    unit.record("agent", None, "added", None, agent_id)
    return agent_id


def check_lead(unit: UnitOfWork, role: str = "agent") -> None:
    """Raises Refused unless who acts may lead, and give this role."""
    if not may_lead(unit.actor.role):
        raise Refused(_("Only a supervisor or an admin may do that: ask one of them."))
    if not may_give(unit.actor.role, role):
        raise Refused(_("Only an admin may make somebody a supervisor or an admin: ask one."))


def set_agent(unit: UnitOfWork, login: str, *, team: str = "", back: bool = False, **values: Any) -> int:
    """Change what is known of a colleague (name, email, role, capacity), put them into a team, or let one who has left
    come back; returns the id. Raises NotFound, or Refused when who asks may not."""
    check_lead(unit, values.get("role") or "agent")
    query = select(agents).where(agents.c.login == login).with_for_update()
    found = unit.session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_("There is no agent called {login}.").format(login=clean_line(login)))
    if "role" in values and values["role"] != found.role and not may_give(unit.actor.role, found.role):
        raise Refused(_("Only an admin may change the role of a supervisor or an admin: ask one."))
    if values.get("role", "admin") != "admin" and found.role == "admin":
        keep_an_admin(unit, found.id)
    wanted = {name: clean_line(value) if isinstance(value, str) else value for name, value in values.items()}
    if back:
        wanted |= {"active": True, "heir_id": None}
    changed = {name: value for name, value in wanted.items() if getattr(found, name) != value}
    if changed:
        unit.session.execute(update(agents).where(agents.c.id == found.id).values(changed))
        unit.record("agent", None, "changed", None, found.id)
    if team:
        insert_once(unit.session, memberships, team_id=team_id(unit, team), agent_id=found.id)
    return int(found.id)


def keep_an_admin(unit: UnitOfWork, agent_id: int) -> None:
    """Raises Refused when this agent is the only admin."""
    others = select(agents.c.id).where(agents.c.role == "admin", agents.c.active, agents.c.id != agent_id)
    if unit.session.execute(others.limit(1)).one_or_none() is None:
        raise Refused(_("This is the only admin: make somebody else admin first."))


def set_preferences(unit: UnitOfWork, agent_id: int, these: Preferences) -> None:
    """Keep what an agent has chosen for themselves. Raises Problem for what means nothing, Refused for another's."""
    these = checked(replace(these, signature=clean(these.signature).strip("\n")))
    if unit.actor.id != agent_id and not may_lead(unit.actor.role):
        raise Refused(_("Only a supervisor or an admin may do that: ask one of them."))
    values = {
        "language": these.language, "timezone": these.timezone, "theme": these.theme, "signature": these.signature,
        "preferences": packed(these),
    }  # fmt: skip
    unit.session.execute(update(agents).where(agents.c.id == agent_id).values(values))
    unit.record("agent", None, "preferences", None, agent_id)


def team_id(unit: UnitOfWork, name: str) -> int:
    """The team of that name, made if need be."""
    found = unit.session.scalar(select(teams.c.id).where(teams.c.name == name))
    if found is None:
        insert_once(unit.session, teams, name=name)
        found = unit.session.execute(select(teams.c.id).where(teams.c.name == name)).scalar_one()
    return int(found)


def publish_channel(unit: UnitOfWork, facts: ChannelFacts) -> int:
    """Write what everybody may know of a channel to the store; returns its id.

    Raises Problem for an acknowledgement that could not be sent to everybody.
    """
    if facts.acknowledgement:
        # Desks never publish a channel: they need not load what makes letters of words.
        from agentdesk.services import acknowledging  # noqa: PLC0415

        acknowledging.check(facts.acknowledgement, facts.name)
    values: dict[str, Any] = {
        "kind": facts.kind, "address": facts.address, "signature": facts.signature, "language": facts.language,
        "team_id": team_id(unit, facts.team) if facts.team else None, "hold": facts.hold, "html": facts.html,
        "reply_address": facts.reply_address, "subject_token": facts.subject_token,
        "answer_within": facts.answer_within, "hours": facts.hours, "acknowledgement": facts.acknowledgement,
        "authserv_id": facts.authserv_id, "active": True,
    }  # fmt: skip
    found = unit.session.execute(select(channels).where(channels.c.name == facts.name)).one_or_none()
    if facts.acknowledgement and (found is None or not found.acknowledgement):
        values["acknowledges_since"] = unit.at  # what had come before is not answered
    if found is None:
        channel_id = _key(unit, channels, name=facts.name, **values)
        unit.record("channel", None, "added", None, channel_id)
        return channel_id
    changed = {name: value for name, value in values.items() if getattr(found, name) != value}
    if "reply_address" in changed:
        changed["reply_verified"] = False
    if changed:
        unit.session.execute(update(channels).where(channels.c.id == found.id).values(changed))
        unit.record("channel", None, "changed", None, found.id)
        if "answer_within" in changed:
            clocks.refresh_due(unit, found.id)
    return int(found.id)


def verify_reply_address(unit: UnitOfWork, name: str) -> None:
    """A mail sent to the channel's reply address came back: from now on replies carry it."""
    unit.session.execute(update(channels).where(channels.c.name == name).values(reply_verified=True))


def channel_heard(unit: UnitOfWork, channel_id: int, trouble: str) -> None:
    """The worker has heard from a channel, or has trouble with it (one sentence)."""
    before = unit.session.scalar(select(channels.c.trouble).where(channels.c.id == channel_id))
    unit.session.execute(
        update(channels).where(channels.c.id == channel_id).values(heard_at=unit.at, trouble=trouble)
    )
    if before != trouble:
        unit.record("channel", None, "trouble", None, channel_id)


def show_presence(unit: UnitOfWork, who: str, case_id: int, what: str) -> None:
    """Say that somebody is here: viewing or writing in a case; case 0 is the desk itself."""
    values = {"agent_id": unit.actor.id, "what": what, "at": unit.at}
    here = (presence.c.who == who, presence.c.case_id == case_id)
    if not unit.session.execute(update(presence).where(*here).values(values)).rowcount:
        insert_once(unit.session, presence, who=who, case_id=case_id, **values)
    gone = (presence.c.who == who) & presence.c.case_id.not_in((0, case_id))
    unit.session.execute(delete(presence).where(gone | (presence.c.at < unit.at - 60 * HERE)))


def leave(unit: UnitOfWork, who: str) -> None:
    """Somebody goes."""
    unit.session.execute(delete(presence).where(presence.c.who == who))


def take_lease(unit: UnitOfWork, name: str, holder: str, seconds: int) -> bool:
    """Hold a duty that only one may have, for so long; True if it is ours (again)."""
    values = {"holder": holder, "until": unit.at + seconds * 1_000_000, "seen_at": unit.at}
    if insert_once(unit.session, leases, name=name, **values):
        return True
    row = unit.session.execute(select(leases).where(leases.c.name == name).with_for_update()).one_or_none()
    if row is None:  # its holder gave it up at this very moment; the next to ask gets it
        return False
    if row.holder != holder and row.until > unit.at:
        return False
    unit.session.execute(update(leases).where(leases.c.name == name).values(values))
    return True


def drop_lease(unit: UnitOfWork, name: str, holder: str) -> None:
    """Give a duty up."""
    unit.session.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))


def _key(unit: UnitOfWork, table: Any, **values: Any) -> int:
    key = unit.session.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])

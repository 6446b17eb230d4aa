"""Senders whose mail is spam: an address, or a whole domain written as @domain.

Their mail is kept like any other, in a case that is spam: no clock, no automatic answer, no desk called
(`services.intake`). Invariants: nobody blocks the house itself, a colleague, or a provider where everybody has their
mail; a block that is lifted stays as a row, so that the log can name it without naming an address.
"""

import re
from typing import Any

from sqlalchemy import insert, select, update

from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.services import clocks, fields, triage
from agentdesk.store.tables import addresses, agents, blocks, channels, messages
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line

_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")
_DOMAIN = re.compile(r"@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")
_EVERYBODYS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com",
    "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "freenet.de",
    "mail.com", "proton.me", "protonmail.com", "pm.me", "fastmail.com", "zoho.com", "mail.ru", "yandex.ru",
    "hotmail.dk", "live.dk", "outlook.dk", "yahoo.dk", "mail.dk", "mail.tele.dk", "stofanet.dk", "youmail.dk",
    "jubii.dk", "hotmail.no", "live.no", "online.no", "getmail.no", "broadpark.no", "hotmail.se", "live.se",
    "telia.com", "comhem.se", "bredband.net", "spray.se", "hotmail.nl", "live.nl", "ziggo.nl", "kpnmail.nl",
    "planet.nl", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "hotmail.fr", "yahoo.fr",
    "hotmail.co.uk", "live.co.uk", "yahoo.co.uk", "btinternet.com", "sky.com",
})  # fmt: skip
"""Providers at which everybody may have their mail: blocking one would silence customers nobody thinks of."""


def block(unit: UnitOfWork, address: str) -> int:
    """Let an address' or a @domain's mail be spam from now on; returns the stroke.

    Raises Problem for what is neither, Refused for what may not be blocked or is blocked already.
    """
    key = _key(unit, address)
    stroke = unit.stroke("block")
    if not _put(unit, key):
        raise Refused(_("{who} is blocked already.").format(who=key))
    return stroke


def block_case(unit: UnitOfWork, case_id: int) -> int:
    """Block whoever wrote in this case, and put the case with the spam; returns the stroke. Raises Refused."""
    case = fields.lock_standing(unit, case_id)
    senders = _senders(unit, case)
    if not senders:
        raise Refused(_("Nobody from outside has written in case #{number}.").format(number=case.id))
    stroke = unit.stroke("block")
    for sender in senders:
        _put(unit, _key(unit, sender), case.id)
    if case.status != Status.SPAM:
        triage.set_status(unit, case.id, Status.SPAM)
    return stroke


def unblock_case(unit: UnitOfWork, case_id: int) -> int:
    """Lift the block on whoever wrote in this case, which is open again if it was spam; returns the stroke."""
    case = fields.lock_standing(unit, case_id)
    stroke = unit.stroke("unblock")
    lifted = [_take(unit, sender, case.id) for sender in _senders(unit, case)]
    if not any(lifted):
        raise Refused(_("Nobody who wrote in case #{number} is blocked.").format(number=case.id))
    if case.status == Status.SPAM:
        triage.set_status(unit, case.id, Status.OPEN)
    clocks.refresh(unit, [case.id])
    return stroke


def unblock(unit: UnitOfWork, address: str) -> int:
    """Lift a block; what came meanwhile stays where it lies. Returns the stroke. Raises NotFound."""
    stroke = unit.stroke("unblock")
    if not _take(unit, clean_line(address).lower()):
        raise NotFound(_("{who} is not blocked.").format(who=clean_line(address)))
    return stroke


def take_back_block(unit: UnitOfWork, fact: Any) -> None:
    """Undo of a block. Raises Refused when it was lifted since."""
    _turn(unit, fact, int(fact.after), lifted=True)


def take_back_unblock(unit: UnitOfWork, fact: Any) -> None:
    """Undo of a lifting. Raises Refused when it was blocked again since."""
    _turn(unit, fact, int(fact.before), lifted=False)


def _turn(unit: UnitOfWork, fact: Any, block_id: int, *, lifted: bool) -> None:
    row = unit.session.execute(select(blocks).where(blocks.c.id == block_id).with_for_update()).one()
    if (row.removed_at is not None) is lifted:
        raise Refused(_("That block has been changed since, so it was not taken back."))
    _set(unit, block_id, unit.at if lifted else None, fact.case_id)


def _set(unit: UnitOfWork, block_id: int, removed_at: int | None, case_id: int | None) -> None:
    unit.session.execute(update(blocks).where(blocks.c.id == block_id).values(removed_at=removed_at))
    if removed_at is None:
        unit.record("block", case_id, "blocked", None, block_id)
    else:
        unit.record("block", case_id, "unblocked", block_id, None)


def _put(unit: UnitOfWork, key: str, case_id: int | None = None) -> bool:
    """False when it stands already."""
    row = unit.session.execute(select(blocks).where(blocks.c.address == key).with_for_update()).one_or_none()
    if row is not None and row.removed_at is None:
        return False
    if row is None:
        made = unit.session.execute(
            insert(blocks).values(address=key, agent_id=unit.actor.id, at=unit.at)
        ).inserted_primary_key
        assert made is not None
        unit.record("block", case_id, "blocked", None, int(made[0]))
        return True
    unit.session.execute(
        update(blocks).where(blocks.c.id == row.id).values(agent_id=unit.actor.id, at=unit.at)
    )
    _set(unit, row.id, None, case_id)
    return True


def _take(unit: UnitOfWork, key: str, case_id: int | None = None) -> bool:
    """False when it does not stand."""
    query = select(blocks.c.id).where(blocks.c.address == key, blocks.c.removed_at.is_(None))
    found = unit.session.scalar(query.with_for_update())
    if found is not None:
        _set(unit, found, unit.at, case_id)
    return found is not None


def _key(unit: UnitOfWork, address: str) -> str:
    """The address as it is compared. Raises Problem, Refused."""
    key = clean_line(address).strip().lower()
    whole = key.startswith("@")
    if not (_DOMAIN if whole else _ADDRESS).fullmatch(key) or len(key) > 320:
        raise Problem(
            _("«{text}» is neither an address nor a @domain.").format(text=clean_line(address)[:80])
        )
    if whole and key[1:] in _EVERYBODYS:
        raise Refused(
            _("Everybody may have their mail at {who}: block single addresses there.").format(who=key)
        )
    ours = [*unit.session.scalars(select(channels.c.address)), *unit.session.scalars(select(agents.c.email))]
    if any(one.lower() == key or (whole and one.lower().endswith(key)) for one in ours if one):
        raise Refused(_("{who} is our own: it cannot be blocked.").format(who=key))
    return key


def _senders(unit: UnitOfWork, case: Any) -> list[str]:
    """The addresses that persons wrote from in this case, without our own; else those of its customer."""
    own = {one.lower() for one in unit.session.scalars(select(channels.c.address)) if one}
    query = select(messages.c.from_address).where(
        messages.c.case_id == case.id, messages.c.kind == "inbound", messages.c.side_id.is_(None)
    )
    found = {one.lower() for one in unit.session.scalars(query) if one} - own
    if not found and case.customer_id is not None:
        known = select(addresses.c.address).where(addresses.c.customer_id == case.customer_id)
        found = set(unit.session.scalars(known)) - own
    return sorted(found)

"""Keeps a case's customer and its side conversations apart when something is sent or cases are merged.

Invariant: nobody who takes part in a side conversation gets what its customer gets, and no customer what a side gets,
whoever typed the address: a mix is refused in one sentence. Somebody whom the customer has named in their own mail is
no secret to them.
"""

from typing import Any

from sqlalchemy import Select, select

from agentdesk.config.language import _
from agentdesk.domain.problems import Refused
from agentdesk.services.drafts import Typed
from agentdesk.services.letters import everybody
from agentdesk.store import codec
from agentdesk.store.tables import addresses, cases, channels, messages
from agentdesk.store.unit import UnitOfWork

_NAMED = select(messages.c.from_address, messages.c.to, messages.c.cc, messages.c.bcc)


def check(unit: UnitOfWork, typed: Typed) -> None:
    """Raises Refused when a recipient belongs to the other part of the case: the customer's, or another side's."""
    assert typed.case_id is not None
    here = messages.c.case_id == typed.case_id
    own = {one.lower() for one in unit.session.scalars(select(channels.c.address)) if one}
    with_customer = _NAMED.where(here, messages.c.side_id.is_(None))
    if typed.kind == "side":
        others = _writers(unit, with_customer.where(messages.c.person)) | _customer(unit, typed.case_id)
        words = _("{who} is the customer here and would read what is not for them: answer them with r.")
    else:
        aside = _people(unit, _NAMED.where(here, messages.c.side_id.is_not(None)))
        others = aside and aside - _people(unit, with_customer) - _customer(unit, typed.case_id)
        words = _(
            "{who} is in a side conversation that the customer knows nothing of: take that address out."
        )
    mixed = next((who for who in everybody(typed) if who.key in others - own), None)
    if mixed is not None:
        raise Refused(words.format(who=mixed.address))


def check_merge(unit: UnitOfWork, source_id: int, target_id: int) -> None:
    """Raises Refused when the customer of one case is in a side conversation of the other."""
    for case_id, other_id in ((source_id, target_id), (target_id, source_id)):
        aside = _people(unit, _NAMED.where(messages.c.case_id == case_id, messages.c.side_id.is_not(None)))
        if not aside:
            continue
        customers = _customer(unit, other_id) | _writers(
            unit, _NAMED.where(messages.c.case_id == other_id, messages.c.person)
        )
        own = {one.lower() for one in unit.session.scalars(select(channels.c.address)) if one}
        mixed = sorted(aside & customers - own)
        if mixed:
            raise Refused(
                _(
                    "{who} is in a side conversation of #{case}: as one case the two could not be kept apart."
                ).format(who=mixed[0], case=case_id)
            )


def _people(unit: UnitOfWork, query: Select[Any]) -> set[str]:
    found: set[str] = set()
    for row in unit.session.execute(query):
        found.add(row.from_address.lower())
        for text in (row.to, row.cc, row.bcc):
            found.update(who.key for who in codec.read_people(text))
    return found


def _writers(unit: UnitOfWork, query: Select[Any]) -> set[str]:
    return {row.from_address.lower() for row in unit.session.execute(query)}


def _customer(unit: UnitOfWork, case_id: int) -> set[str]:
    query = select(addresses.c.address).join(cases, cases.c.customer_id == addresses.c.customer_id)
    return set(unit.session.scalars(query.where(cases.c.id == case_id)))

"""Channels between the settings, which know hosts and secrets, and the store, which knows what everybody may read.

Invariant: nothing secret is written to the store; a channel that somebody names is in the store afterwards.
"""

from agentdesk.cli.context import DESK, Context
from agentdesk.config.language import _
from agentdesk.config.settings import Channel
from agentdesk.domain.problems import NotFound
from agentdesk.queries import cases, people
from agentdesk.services import people as staff
from agentdesk.store.unit import SYSTEM


def publish(context: Context, channel: Channel) -> int:
    """Write what everybody may know of a channel to the store; its id there."""
    with context.store().unit(SYSTEM, context.clock(), DESK) as unit:
        return staff.publish_channel(unit, staff.ChannelFacts.of(channel))


def channel_named(context: Context, name: str) -> int:
    """The channel of that name, published when only the settings know it. Raises NotFound."""
    with context.store().session() as session:
        found = next((row.id for row in people.channels_all(session) if row.name == name), None)
    if found is not None:
        return int(found)
    return publish(context, in_settings(context, name))


def in_settings(context: Context, name: str) -> Channel:
    """The channel of that name in the settings. Raises NotFound."""
    for one in context.settings.channels:
        if one.name == name:
            return one
    raise NotFound(
        _("There is no channel called {name}: agentdesk channel list names them.").format(name=name)
    )


def channel_to_send_from(context: Context, name: str) -> int | None:
    """The named channel, else the first that has an address; None when there is none."""
    if name:
        return channel_named(context, name)
    with context.store().session() as session:
        able = [row.id for row in people.channels_all(session) if row.address]
    if able:
        return int(min(able))
    return next((publish(context, one) for one in context.settings.channels if one.address), None)


def channel_of_case(context: Context, case_id: int) -> int | None:
    """None where the case's own channel can send; else one that can: imported mail came through no mailbox of ours."""
    with context.store().session() as session:
        row = cases.case(session, case_id)
    return None if row.channel_address else channel_to_send_from(context, "")

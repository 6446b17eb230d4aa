"""Channels: the sockets to customers. Each kind is one plug-in, listed here and imported when it is first
opened.

Invariant: importing this package imports no plug-in and no library of one.
"""

import importlib
from collections.abc import Mapping
from typing import cast

from agentdesk.channels.contract import Channel, ChannelRefused
from agentdesk.channels.refusals import Refusals
from agentdesk.config.language import _
from agentdesk.config.settings import Channel as ChannelSettings

CHANNELS: tuple[tuple[str, str], ...] = (("email", "agentdesk.channels.email:EmailChannel"),)


def open_channel(
    settings: ChannelSettings, environment: Mapping[str, str] | None = None, refusals: Refusals | None = None
) -> Channel:
    """The channel these settings describe; it connects when it is first used.

    `environment` is where `password_env` is looked up; `refusals` is shared by all who open this channel again and
    again without a person who watches.
    """
    for kind, place in CHANNELS:
        if kind == settings.kind:
            module, _colon, attribute = place.partition(":")
            opener = getattr(importlib.import_module(module), attribute)
            return cast("Channel", opener(settings, environment or {}, refusals))
    kinds = ", ".join(kind for kind, _place in CHANNELS)
    raise ChannelRefused(
        _(
            'The channel "{name}" is of the kind "{kind}", which this program does not know; it knows: {kinds}.'
        ).format(name=settings.name, kind=settings.kind, kinds=kinds)
    )

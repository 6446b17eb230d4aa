"""Encryption of mail connections: certificates are verified, and plain text leaves this machine only on
request.

Invariant: no way leads to an unverified TLS connection.
"""

import ipaddress
import ssl

from agentdesk.channels.contract import ChannelRefused
from agentdesk.config.language import _
from agentdesk.config.settings import Imap, Smtp


def context_for(server: Imap | Smtp) -> ssl.SSLContext | None:
    """How to encrypt the way to this server; None where the settings rightly want plain text."""
    if server.tls == "none":
        if not server.allow_plaintext and not is_loopback(server.host):
            raise ChannelRefused(
                _(
                    'Without encryption the password for {host} could be read on its way: write tls = "implicit" or '
                    '"starttls", or allow_plaintext = true if it must be so.'
                ).format(host=server.host)
            )
        return None
    try:
        return ssl.create_default_context(cafile=server.ca_file or None)
    except (OSError, ValueError) as error:
        raise ChannelRefused(
            _(
                "The file of certificates {file} for {host} cannot be read; check ca_file in the settings."
            ).format(file=server.ca_file, host=server.host)
        ) from error


def is_loopback(host: str) -> bool:
    """Whether what is sent there stays on this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

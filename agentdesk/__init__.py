"""agentdesk: a terminal workstation for customer service."""

__version__ = "0.1.0"

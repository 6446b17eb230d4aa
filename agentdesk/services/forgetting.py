"""Forgets a person or one message for good: nothing of it stays but counts, times and the fact."""

from agentdesk.services.tombstones import known

__all__ = ["known"]

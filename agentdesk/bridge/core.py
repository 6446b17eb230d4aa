"""The verbs and reads as the faces call them, loaded on first use: SQLAlchemy comes with them.

Invariant: a face imports this only after its first frame; the store's thread has loaded it by then.
"""

from agentdesk.automation import again, bulk
from agentdesk.queries import answering, cases, feed, guarding, lists, people, picking, queue, strokes
from agentdesk.services import drafts, outbox, replies, triage, undo
from agentdesk.services import people as staff
from agentdesk.store.unit import Actor

__all__ = [
    "Actor",
    "again",
    "answering",
    "bulk",
    "cases",
    "drafts",
    "feed",
    "guarding",
    "lists",
    "outbox",
    "people",
    "picking",
    "queue",
    "replies",
    "staff",
    "strokes",
    "triage",
    "undo",
]

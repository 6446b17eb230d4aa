"""The verbs and reads as the faces call them, loaded on first use: SQLAlchemy comes with them.

Invariant: a face imports this only after its first frame; the store's thread has loaded it by then.
"""

from agentdesk.automation import again, bulk, erasing, giving
from agentdesk.automation import macros as macro_verbs
from agentdesk.queries import (
    answering,
    cases,
    contacts,
    duplicates,
    expanding,
    feed,
    guarding,
    knowledge,
    lists,
    people,
    picking,
    queue,
    searching,
    story,
    strokes,
    suggesting,
    traces,
    views,
)
from agentdesk.queries import blocking as block_reads
from agentdesk.queries import customers as customer_reads
from agentdesk.queries import handover as estates
from agentdesk.queries import macros as macro_reads
from agentdesk.queries import mentions as called
from agentdesk.queries import orders as order_reads
from agentdesk.queries import sides as side_reads
from agentdesk.services import (
    articles,
    blocking,
    customers,
    drafts,
    forgetting,
    handover,
    joining,
    linking,
    mentions,
    orders,
    outbox,
    participants,
    replies,
    sides,
    snippets,
    triage,
    undo,
)
from agentdesk.services import macros as macro_store
from agentdesk.services import people as staff
from agentdesk.services import views as view_verbs
from agentdesk.store.unit import Actor

__all__ = [
    "Actor",
    "again",
    "answering",
    "articles",
    "block_reads",
    "blocking",
    "bulk",
    "called",
    "cases",
    "contacts",
    "customer_reads",
    "customers",
    "drafts",
    "duplicates",
    "erasing",
    "estates",
    "expanding",
    "feed",
    "forgetting",
    "giving",
    "guarding",
    "handover",
    "joining",
    "knowledge",
    "linking",
    "lists",
    "macro_reads",
    "macro_store",
    "macro_verbs",
    "mentions",
    "order_reads",
    "orders",
    "outbox",
    "participants",
    "people",
    "picking",
    "queue",
    "replies",
    "searching",
    "side_reads",
    "sides",
    "snippets",
    "staff",
    "story",
    "strokes",
    "suggesting",
    "traces",
    "triage",
    "undo",
    "view_verbs",
    "views",
]

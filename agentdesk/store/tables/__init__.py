"""Every table of the store, once, for SQLite and PostgreSQL alike; one file for each group of rows that live together.

Invariants: times are BIGINT microseconds UTC; lists are JSON text; ids are never used again; a generated column never
differs from what it is computed of. `migrations/` makes the same schema, a test compares them.
"""

from agentdesk.store.tables.columns import metadata
from agentdesk.store.tables.desk import (
    ON_ITS_WAY,
    UNCOPIED,
    addresses,
    agents,
    attachments,
    case_tags,
    cases,
    changes,
    channels,
    cursors,
    customers,
    drafts,
    keys,
    leases,
    links,
    memberships,
    messages,
    outbox,
    presence,
    quarantine,
    raws,
    strokes,
    tags,
    teams,
)
from agentdesk.store.tables.joining import blocks, bulk_runs, mentions, merges, moves, sides
from agentdesk.store.tables.knowledge import (
    article_versions,
    articles,
    macro_files,
    macro_texts,
    macros,
    snippets,
    uses,
    views,
)
from agentdesk.store.tables.orders import customer_notes, order_lines, order_sources, order_wishes, orders
from agentdesk.store.tables.safety import automatic_answers, awaited, bridges, participants, tombstones

__all__ = [
    "ON_ITS_WAY", "UNCOPIED", "addresses", "agents", "article_versions", "articles", "attachments",
    "automatic_answers", "awaited", "blocks", "bridges", "bulk_runs", "case_tags", "cases", "changes", "channels",
    "cursors", "customer_notes", "customers", "drafts", "keys", "leases", "links", "macro_files", "macro_texts",
    "macros", "memberships", "mentions", "merges", "messages", "metadata", "moves", "order_lines", "order_sources",
    "order_wishes", "orders", "outbox", "participants", "presence", "quarantine", "raws", "sides", "snippets",
    "strokes", "tags", "teams", "tombstones", "uses", "views",
]  # fmt: skip

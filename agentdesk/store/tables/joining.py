"""What is joined and may be parted again: merged cases and customers, sides; blocks, bulk acts, mentions."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Table, Text, UniqueConstraint, text

from agentdesk.store.tables.columns import AUTO, Id, metadata, number, own_id, to, words

merges = Table(
    "merges", metadata, own_id(),
    words("kind"), Column("source_id", Id, nullable=False), Column("target_id", Id, nullable=False), number("at"),
    to("agents", "agent_id", null=True), Column("stroke_id", BigInteger), Column("undone_at", BigInteger),
    Index("ix_merges_kind_source_id", "kind", "source_id"), Index("ix_merges_kind_target_id", "kind", "target_id"),
    CheckConstraint("kind in ('case','customer')", name="kind"),
    **AUTO,
)  # fmt: skip

moves = Table(
    "moves", metadata,
    to("merges", "merge_id"), Column("what", Text, nullable=False), Column("key", Text, nullable=False),
    Index("ix_moves_merge_id", "merge_id", "what", "key", unique=True),
    comment="what a merge took along (a message, an address, a case …), so that parting gives back just that",
)  # fmt: skip

sides = Table(
    "sides", metadata, own_id(),
    to("cases", "case_id", index=True), words("subject"), words("people", "[]"), to("agents", "agent_id", null=True),
    number("created_at"), Column("closed_at", BigInteger),
    comment="a conversation with a supplier or department beside the customer's; its messages carry its id",
    **AUTO,
)  # fmt: skip

blocks = Table(
    "blocks", metadata,
    own_id(), Column("address", Text, nullable=False, unique=True), to("agents", "agent_id", null=True), number("at"),
    Column("removed_at", BigInteger),
    comment="whose mail is spam: an address, or a whole domain written as @domain",
    **AUTO,
)  # fmt: skip

bulk_runs = Table(
    "bulk_runs", metadata,
    Column("stroke_id", Id, primary_key=True), words("verb"), number("total"), number("done"), words("refused", "[]"),
    Column("ended_at", BigInteger),
    comment="a verb on many cases: what was meant, what was done so far, what was refused and why",
)  # fmt: skip

mentions = Table(
    "mentions", metadata,
    to("messages", "message_id"), to("agents", "agent_id"), to("cases", "case_id", index=True),
    Column("seen_at", BigInteger),
    UniqueConstraint("agent_id", "message_id"),
    Index("q_mentions", "agent_id", sqlite_where=text("seen_at is null"), postgresql_where=text("seen_at is null")),
    comment="who was called in a note, and whether they have looked",
)  # fmt: skip

"""What keeps mail from doing harm: who was accepted into a case, whom a machine answered, and what was forgotten."""

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from agentdesk.store.tables.columns import AUTO, Id, metadata, number, own_id, to

participants = Table(
    "participants", metadata,
    Column("case_id", Id, primary_key=True), Column("address", Text, primary_key=True),
    to("agents", "agent_id", null=True), number("at"),
    comment="who wrote into a case without having been part of it, and was accepted by an agent",
)  # fmt: skip

awaited = Table(
    "awaited", metadata,
    Column("message_id", Text, primary_key=True), Column("case_id", Id, primary_key=True, index=True),
    comment="ids that a case's messages say they answer and that have not come yet",
)  # fmt: skip

bridges = Table(
    "bridges", metadata,
    Column("case_id", Id, primary_key=True), Column("other_id", Id, primary_key=True, index=True), number("at"),
    comment="two cases, the older one first, that one mail answers both: a merge is offered",
)  # fmt: skip

automatic_answers = Table(
    "automatic_answers", metadata, own_id(),
    Column("address", Text, nullable=False), to("messages", "message_id"), number("at"),
    Index("ix_automatic_answers_address_at", "address", "at"), Index("ix_automatic_answers_at", "at"),
    comment="what a machine of ours answered to whom: at most one a day (RFC 3834)",
    **AUTO,
)  # fmt: skip

tombstones = Table(
    "tombstones", metadata, own_id(),
    Column("kind", Text, nullable=False), Column("mark", Text, nullable=False), number("at"),
    UniqueConstraint("kind", "mark"),
    comment="keyed hashes of what was erased, so that no fetch, import or restore brings it back",
    **AUTO,
)  # fmt: skip

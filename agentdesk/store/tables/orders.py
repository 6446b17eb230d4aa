"""Orders as the shops told them, and what is known of a customer beside their mail.

An order belongs to whoever has its address: customers that are merged or parted need no order to be touched. Amounts
are decimal text in the order's currency.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from agentdesk.store.tables.columns import AUTO, metadata, number, own_id, to, words

order_sources = Table(
    "order_sources", metadata, own_id(),
    Column("name", Text, nullable=False, unique=True), words("kind"), Column("synced_at", BigInteger), words("cursor"),
    words("trouble"),
    **AUTO,
)  # fmt: skip

orders = Table(
    "orders", metadata, own_id(),
    to("order_sources", "source_id"), Column("number", Text, nullable=False), words("address"), words("name"),
    words("status"), Column("placed_at", BigInteger), Column("promised_at", BigInteger),
    Column("delivered_at", BigInteger), words("total"), words("currency"), words("carrier"), words("tracking"),
    words("tracking_url"), words("digest"), number("changed_at"), number("fetched_at"),
    UniqueConstraint("source_id", "number"),
    Index("ix_orders_number", "number"), Index("ix_orders_address", "address", "placed_at"),
    **AUTO,
)  # fmt: skip

order_lines = Table(
    "order_lines", metadata,
    to("orders", "order_id"), Column("position", Integer, nullable=False), words("sku"), words("name"),
    words("quantity", "1"), words("amount"),
    UniqueConstraint("order_id", "position"),
)  # fmt: skip

order_wishes = Table(
    "order_wishes", metadata,
    to("order_sources", "source_id"), Column("address", Text, nullable=False), Column("wanted_at", BigInteger),
    Column("checked_at", BigInteger), words("trouble"),
    UniqueConstraint("source_id", "address"),
    Index("ix_order_wishes_wanted_at", "wanted_at"),
    comment="whose orders a desk wants to see fresh, and when each was last looked up in the shop",
)  # fmt: skip

customer_notes = Table(
    "customer_notes", metadata, own_id(),
    to("customers", "customer_id", index=True), to("agents", "agent_id", null=True), number("at"), words("text"),
    Column("removed_at", BigInteger),
    **AUTO,
)  # fmt: skip

"""The agent's whole day: macros, knowledge, orders, views, merging, side conversations, bulk acts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and give what stands its new columns."""
    op.create_table(
        "bulk_runs",
        sa.Column("stroke_id", ID, nullable=False),
        sa.Column("verb", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refused", sa.Text(), server_default="[]", nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("stroke_id", name=op.f("pk_bulk_runs")),
        comment="a verb on many cases: what was meant, what was done so far, what was refused and why",
    )
    op.create_table(
        "order_sources",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("synced_at", sa.BigInteger(), nullable=True),
        sa.Column("cursor", sa.Text(), server_default="", nullable=False),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_order_sources_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "articles",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("topic", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("audience", sa.Text(), server_default="internal", nullable=False),
        sa.Column("keywords", sa.Text(), server_default="[]", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.CheckConstraint("audience in ('internal','public')", name=op.f("ck_articles_audience")),
        sa.CheckConstraint("state in ('draft','published')", name=op.f("ck_articles_state")),
        sa.ForeignKeyConstraint(["updated_by"], ["agents.id"], name=op.f("fk_articles_updated_by_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("slug", name=op.f("uq_articles_slug")),
        sa.UniqueConstraint("topic", "language", name=op.f("uq_articles_topic_language")),
        comment="articles of one topic say the same in other languages; link is where customers read a public one",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_articles_updated_at", "articles", ["updated_at", "version"], unique=False)
    op.create_table(
        "blocks",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_blocks_agent_id_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
        sa.UniqueConstraint("address", name=op.f("uq_blocks_address")),
        comment="whose mail is spam: an address, or a whole domain written as @domain",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "customer_notes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_customer_notes_agent_id_agents")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_notes_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_customer_notes_customer_id"), "customer_notes", ["customer_id"], unique=False)
    op.create_table(
        "macros",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="everyone", nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("actions", sa.Text(), server_default="[]", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_by", ID, nullable=True),
        sa.CheckConstraint("scope in ('everyone','team','personal')", name=op.f("ck_macros_scope")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_macros_agent_id_agents")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_macros_team_id_teams")),
        sa.ForeignKeyConstraint(["updated_by"], ["agents.id"], name=op.f("fk_macros_updated_by_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_macros")),
        sa.UniqueConstraint("slug", name=op.f("uq_macros_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_macros_updated_at", "macros", ["updated_at", "version"], unique=False)
    op.create_table(
        "merges",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("target_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("stroke_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind in ('case','customer')", name=op.f("ck_merges_kind")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_merges_agent_id_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_merges_kind_source_id", "merges", ["kind", "source_id"], unique=False)
    op.create_index("ix_merges_kind_target_id", "merges", ["kind", "target_id"], unique=False)
    op.create_table(
        "order_wishes",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("wanted_at", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["order_sources.id"], name=op.f("fk_order_wishes_source_id_order_sources")
        ),
        sa.UniqueConstraint("source_id", "address", name=op.f("uq_order_wishes_source_id_address")),
        comment="whose orders a desk wants to see fresh, and when each was last looked up in the shop",
    )
    op.create_index("ix_order_wishes_wanted_at", "order_wishes", ["wanted_at"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=True),
        sa.Column("promised_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("tracking", sa.Text(), server_default="", nullable=False),
        sa.Column("tracking_url", sa.Text(), server_default="", nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("fetched_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["order_sources.id"], name=op.f("fk_orders_source_id_order_sources")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("source_id", "number", name=op.f("uq_orders_source_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_orders_address", "orders", ["address", "placed_at"], unique=False)
    op.create_index("ix_orders_number", "orders", ["number"], unique=False)
    op.create_table(
        "snippets",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("shortcut", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="everyone", nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("updated_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("scope in ('everyone','team','personal')", name=op.f("ck_snippets_scope")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_snippets_agent_id_agents")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_snippets_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snippets")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_snippets_shortcut", "snippets", ["shortcut", "language"], unique=False)
    op.create_table(
        "uses",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_uses_agent_id_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uses")),
        comment="which macro, article or snippet was used in which case: the past that suggestions learn from",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_uses_case_id", "uses", ["case_id"], unique=False)
    op.create_index("ix_uses_kind_item_id", "uses", ["kind", "item_id"], unique=False)
    op.create_table(
        "views",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="personal", nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("query", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("created_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("scope in ('everyone','team','personal')", name=op.f("ck_views_scope")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_views_agent_id_agents")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_views_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "article_versions",
        sa.Column("article_id", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("audience", sa.Text(), server_default="", nullable=False),
        sa.Column("keywords", sa.Text(), server_default="[]", nullable=False),
        sa.Column("link", sa.Text(), server_default="", nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_article_versions_agent_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_versions_article_id_articles")
        ),
        sa.UniqueConstraint("article_id", "version", name=op.f("uq_article_versions_article_id_version")),
    )
    op.create_table(
        "macro_files",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("macro_id", ID, nullable=False),
        sa.Column("filename", sa.Text(), server_default="", nullable=False),
        sa.Column("content_type", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["macro_id"], ["macros.id"], name=op.f("fk_macro_files_macro_id_macros")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_macro_files")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_macro_files_macro_id"), "macro_files", ["macro_id"], unique=False)
    op.create_table(
        "macro_texts",
        sa.Column("macro_id", ID, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["macro_id"], ["macros.id"], name=op.f("fk_macro_texts_macro_id_macros")),
        sa.UniqueConstraint("macro_id", "language", name=op.f("uq_macro_texts_macro_id_language")),
    )
    op.create_table(
        "moves",
        sa.Column("merge_id", ID, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_moves_merge_id_merges")),
        comment="what a merge took along (a message, an address, a case …), so that parting gives back just that",
    )
    op.create_index("ix_moves_merge_id", "moves", ["merge_id", "what", "key"], unique=True)
    op.create_table(
        "order_lines",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.Text(), server_default="1", nullable=False),
        sa.Column("amount", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id_orders")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    op.create_table(
        "sides",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("people", sa.Text(), server_default="[]", nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("created_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_sides_agent_id_agents")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_sides_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sides")),
        comment="a conversation with a supplier or department beside the customer's; its messages carry its id",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sides_case_id"), "sides", ["case_id"], unique=False)
    op.create_table(
        "mentions",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_mentions_agent_id_agents")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_mentions_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_mentions_message_id_messages")
        ),
        sa.UniqueConstraint("agent_id", "message_id", name=op.f("uq_mentions_agent_id_message_id")),
        comment="who was called in a note, and whether they have looked",
    )
    op.create_index(op.f("ix_mentions_case_id"), "mentions", ["case_id"], unique=False)
    op.create_index(
        "q_mentions",
        "mentions",
        ["agent_id"],
        unique=False,
        sqlite_where=sa.text("seen_at is null"),
        postgresql_where=sa.text("seen_at is null"),
    )
    op.add_column("agents", sa.Column("heir_id", ID, nullable=True))
    op.add_column("agents", sa.Column("preferences", sa.Text(), server_default="{}", nullable=False))
    op.add_column("channels", sa.Column("hours", sa.Text(), server_default="", nullable=False))
    op.add_column("cases", sa.Column("snooze_ends", sa.Text(), server_default="answer", nullable=False))
    op.add_column("customers", sa.Column("merged_into", ID, nullable=True))
    op.add_column("drafts", sa.Column("side_id", ID, nullable=True))
    op.add_column("messages", sa.Column("origin_case_id", ID, nullable=True))
    op.add_column("messages", sa.Column("side_id", ID, nullable=True))


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("mentions")
    op.drop_column("channels", "hours")
    op.drop_column("messages", "side_id")
    op.drop_column("messages", "origin_case_id")
    op.drop_column("drafts", "side_id")
    op.drop_column("customers", "merged_into")
    op.drop_column("cases", "snooze_ends")
    op.drop_column("agents", "preferences")
    op.drop_column("agents", "heir_id")
    op.drop_index(op.f("ix_sides_case_id"), table_name="sides")
    op.drop_table("sides")
    op.drop_table("order_lines")
    op.drop_index("ix_moves_merge_id", table_name="moves")
    op.drop_table("moves")
    op.drop_table("macro_texts")
    op.drop_index(op.f("ix_macro_files_macro_id"), table_name="macro_files")
    op.drop_table("macro_files")
    op.drop_table("article_versions")
    op.drop_table("views")
    op.drop_index("ix_uses_kind_item_id", table_name="uses")
    op.drop_index("ix_uses_case_id", table_name="uses")
    op.drop_table("uses")
    op.drop_index("ix_snippets_shortcut", table_name="snippets")
    op.drop_table("snippets")
    op.drop_index("ix_orders_number", table_name="orders")
    op.drop_index("ix_orders_address", table_name="orders")
    op.drop_table("orders")
    op.drop_index("ix_order_wishes_wanted_at", table_name="order_wishes")
    op.drop_table("order_wishes")
    op.drop_index("ix_merges_kind_target_id", table_name="merges")
    op.drop_index("ix_merges_kind_source_id", table_name="merges")
    op.drop_table("merges")
    op.drop_index("ix_macros_updated_at", table_name="macros")
    op.drop_table("macros")
    op.drop_index(op.f("ix_customer_notes_customer_id"), table_name="customer_notes")
    op.drop_table("customer_notes")
    op.drop_table("blocks")
    op.drop_index("ix_articles_updated_at", table_name="articles")
    op.drop_table("articles")
    op.drop_table("order_sources")
    op.drop_table("bulk_runs")

"""The first tables: all that mail in, mail out and the desk need."""

# ruff: noqa: E501, PLR0915  one table after another is a list, not a function

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "agents",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), server_default="agent", nullable=False),
        sa.Column("capacity", sa.BigInteger(), server_default="6", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="", nullable=False),
        sa.Column("signature", sa.Text(), server_default="", nullable=False),
        sa.Column("theme", sa.Text(), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("login", name=op.f("uq_agents_login")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "changes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("stroke_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("field", sa.Text(), server_default="", nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        comment="ids and short field values, never message text, names or addresses",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_changes_case_id", "changes", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_changes_stroke_id"), "changes", ["stroke_id"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_keys")),
        comment="what this store signs with; never shown, never exported",
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seen_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "tags",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "teams",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "addresses",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_addresses_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_addresses")),
    )
    op.create_index(op.f("ix_addresses_customer_id"), "addresses", ["customer_id"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), server_default="email", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("signature", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("hold", sa.BigInteger(), server_default="10", nullable=False),
        sa.Column("html", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("reply_address", sa.Text(), server_default="", nullable=False),
        sa.Column("reply_verified", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("subject_token", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("answer_within", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_channels_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("name", name=op.f("uq_channels_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "memberships",
        sa.Column("team_id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_memberships_agent_id_agents")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_memberships_team_id_teams")),
        sa.PrimaryKeyConstraint("team_id", "agent_id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_agent_id"), "memberships", ["agent_id"], unique=False)
    op.create_table(
        "presence",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_presence_agent_id_agents")),
        sa.PrimaryKeyConstraint("who", "case_id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_case_id", "presence", ["case_id"], unique=False)
    op.create_table(
        "strokes",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("desk", sa.Text(), server_default="", nullable=False),
        sa.Column("verb", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_strokes_agent_id_agents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strokes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_strokes_agent_id_desk", "strokes", ["agent_id", "desk", "id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="new", nullable=False),
        sa.Column("snooze_until", sa.BigInteger(), nullable=True),
        sa.Column("priority", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("channel_id", ID, nullable=True),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("waiting_since", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("updated_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("message_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unread", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", ID, nullable=True),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("haystack", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "due_key",
            sa.BigInteger(),
            sa.Computed("coalesce(due_at, 9007199254740992)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "wait_key",
            sa.BigInteger(),
            sa.Computed("coalesce(waiting_since, 9007199254740992)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "shelf",
            sa.Integer(),
            sa.Computed(
                "case status when 'new' then 0 when 'open' then 0 when 'pending' then 1 when 'snoozed' then 2 else 3 end",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status in ('new','open','pending','snoozed','resolved','closed','spam')",
            name=op.f("ck_cases_status"),
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_cases_channel_id_channels")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_cases_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name=op.f("fk_cases_merged_into_cases")),
        sa.ForeignKeyConstraint(["owner_id"], ["agents.id"], name=op.f("fk_cases_owner_id_agents")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_cases_team_id_teams")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sqlite_autoincrement=True,
    )
    op.create_index("q_all", "cases", ["due_key", "wait_key", "id"], unique=False)
    op.create_index("q_customer", "cases", ["customer_id", "updated_at"], unique=False)
    op.create_index(
        "q_free",
        "cases",
        ["due_key", "wait_key", "id"],
        unique=False,
        sqlite_where=sa.text("shelf = 0 and owner_id is null"),
        postgresql_where=sa.text("shelf = 0 and owner_id is null"),
    )
    op.create_index(
        "q_longest",
        "cases",
        ["waiting_since"],
        unique=False,
        sqlite_where=sa.text("shelf = 0 and waiting_since is not null"),
        postgresql_where=sa.text("shelf = 0 and waiting_since is not null"),
    )
    op.create_index(
        "q_owner",
        "cases",
        ["owner_id", "due_key", "wait_key", "id"],
        unique=False,
        sqlite_where=sa.text("shelf <= 1"),
        postgresql_where=sa.text("shelf <= 1"),
    )
    op.create_index(
        "q_resolved",
        "cases",
        ["resolved_at"],
        unique=False,
        sqlite_where=sa.text("resolved_at is not null"),
        postgresql_where=sa.text("resolved_at is not null"),
    )
    op.create_index(
        "q_snooze",
        "cases",
        ["snooze_until"],
        unique=False,
        sqlite_where=sa.text("shelf = 2"),
        postgresql_where=sa.text("shelf = 2"),
    )
    op.create_index("q_status", "cases", ["status", "due_key", "wait_key", "id"], unique=False)
    op.create_index(
        "q_team",
        "cases",
        ["team_id", "due_key", "wait_key", "id"],
        unique=False,
        sqlite_where=sa.text("shelf = 0"),
        postgresql_where=sa.text("shelf = 0"),
    )
    op.create_index(
        "q_waiting",
        "cases",
        ["due_key", "wait_key", "id"],
        unique=False,
        sqlite_where=sa.text("shelf = 0"),
        postgresql_where=sa.text("shelf = 0"),
    )
    op.create_table(
        "cursors",
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_cursors_channel_id_channels")),
        sa.PrimaryKeyConstraint("channel_id", "folder", name=op.f("pk_cursors")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("channel_id", ID, nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_quarantine_channel_id_channels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("digest", name=op.f("uq_quarantine_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "case_tags",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("tag_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_tags_case_id_cases")),
        sa.ForeignKeyConstraint(["tag_id"], ["tags.id"], name=op.f("fk_case_tags_tag_id_tags")),
        sa.PrimaryKeyConstraint("case_id", "tag_id", name=op.f("pk_case_tags")),
    )
    op.create_index(op.f("ix_case_tags_tag_id"), "case_tags", ["tag_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("agent_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), server_default="reply", nullable=False),
        sa.Column("channel_id", ID, nullable=True),
        sa.Column("to", sa.Text(), server_default="[]", nullable=False),
        sa.Column("cc", sa.Text(), server_default="[]", nullable=False),
        sa.Column("bcc", sa.Text(), server_default="[]", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_message_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("terminal", sa.Text(), server_default="", nullable=False),
        sa.Column("updated_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("notice", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_drafts_agent_id_agents")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_drafts_case_id_cases")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_drafts_channel_id_channels")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("agent_id", "case_id", "kind", name=op.f("uq_drafts_agent_id_case_id_kind")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_drafts_agent_id"), "drafts", ["agent_id"], unique=False)
    op.create_index(op.f("ix_drafts_case_id"), "drafts", ["case_id"], unique=False)
    op.create_table(
        "links",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_links_case_id_cases")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_links_other_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "other_id", name=op.f("pk_links")),
    )
    op.create_table(
        "messages",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("channel_id", ID, nullable=True),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("from_name", sa.Text(), server_default="", nullable=False),
        sa.Column("from_address", sa.Text(), server_default="", nullable=False),
        sa.Column("to", sa.Text(), server_default="[]", nullable=False),
        sa.Column("cc", sa.Text(), server_default="[]", nullable=False),
        sa.Column("bcc", sa.Text(), server_default="[]", nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("reply_text", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("in_reply_to", sa.Text(), server_default="[]", nullable=False),
        sa.Column("references", sa.Text(), server_default="[]", nullable=False),
        sa.Column("person", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("marks", sa.Text(), server_default="[]", nullable=False),
        sa.Column("facts", sa.Text(), server_default="{}", nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('inbound','outbound','note','system')", name=op.f("ck_messages_kind")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_messages_agent_id_agents")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_messages_channel_id_channels")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_case_id_at", "messages", ["case_id", "at", "id"], unique=False)
    op.create_index(
        "ix_messages_message_id",
        "messages",
        ["message_id"],
        unique=False,
        sqlite_where=sa.text("message_id is not null"),
        postgresql_where=sa.text("message_id is not null"),
    )
    op.create_index("uq_messages_digest", "messages", ["digest"], unique=True)
    op.create_table(
        "attachments",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("message_id", ID, nullable=True),
        sa.Column("draft_id", ID, nullable=True),
        sa.Column("filename", sa.Text(), server_default="", nullable=False),
        sa.Column("content_type", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("inline", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("part", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_attachments_draft_id_drafts")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        comment="content only while it hangs on a draft; a message's files lie in its raw bytes, at part",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_attachments_draft_id"), "attachments", ["draft_id"], unique=False)
    op.create_index(op.f("ix_attachments_message_id"), "attachments", ["message_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("stroke_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="held", nullable=False),
        sa.Column("not_before", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_try_at", sa.BigInteger(), nullable=True),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column("recipients", sa.Text(), server_default="[]", nullable=False),
        sa.Column("copied", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("draft", sa.Text(), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "state in ('held','queued','sending','sent','failed','unsure','cancelled','bounced')",
            name=op.f("ck_outbox_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outbox_case_id_cases")),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_outbox_channel_id_channels")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_outbox_message_id_messages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_outbox_case_id"), "outbox", ["case_id"], unique=False)
    op.create_index(op.f("ix_outbox_message_id"), "outbox", ["message_id"], unique=False)
    op.create_index(op.f("ix_outbox_stroke_id"), "outbox", ["stroke_id"], unique=False)
    op.create_index(
        "q_outbox_copy",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'sent' and not copied"),
        postgresql_where=sa.text("state = 'sent' and not copied"),
    )
    op.create_index(
        "q_outbox_due",
        "outbox",
        ["not_before"],
        unique=False,
        sqlite_where=sa.text("state in ('held','queued','sending')"),
        postgresql_where=sa.text("state in ('held','queued','sending')"),
    )
    op.create_table(
        "raws",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_raws_message_id_messages")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_raws")),
        comment="the very bytes of a message, zlib",
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("raws")
    op.drop_index(
        "q_outbox_due",
        table_name="outbox",
        sqlite_where=sa.text("state in ('held','queued','sending')"),
        postgresql_where=sa.text("state in ('held','queued','sending')"),
    )
    op.drop_index(
        "q_outbox_copy",
        table_name="outbox",
        sqlite_where=sa.text("state = 'sent' and not copied"),
        postgresql_where=sa.text("state = 'sent' and not copied"),
    )
    op.drop_index(op.f("ix_outbox_stroke_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_message_id"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_case_id"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_attachments_message_id"), table_name="attachments")
    op.drop_index(op.f("ix_attachments_draft_id"), table_name="attachments")
    op.drop_table("attachments")
    op.drop_index("uq_messages_digest", table_name="messages")
    op.drop_index(
        "ix_messages_message_id",
        table_name="messages",
        sqlite_where=sa.text("message_id is not null"),
        postgresql_where=sa.text("message_id is not null"),
    )
    op.drop_index("ix_messages_case_id_at", table_name="messages")
    op.drop_table("messages")
    op.drop_table("links")
    op.drop_index(op.f("ix_drafts_case_id"), table_name="drafts")
    op.drop_index(op.f("ix_drafts_agent_id"), table_name="drafts")
    op.drop_table("drafts")
    op.drop_index(op.f("ix_case_tags_tag_id"), table_name="case_tags")
    op.drop_table("case_tags")
    op.drop_table("quarantine")
    op.drop_table("cursors")
    op.drop_index(
        "q_waiting",
        table_name="cases",
        sqlite_where=sa.text("shelf = 0"),
        postgresql_where=sa.text("shelf = 0"),
    )
    op.drop_index(
        "q_team", table_name="cases", sqlite_where=sa.text("shelf = 0"), postgresql_where=sa.text("shelf = 0")
    )
    op.drop_index("q_status", table_name="cases")
    op.drop_index(
        "q_snooze",
        table_name="cases",
        sqlite_where=sa.text("shelf = 2"),
        postgresql_where=sa.text("shelf = 2"),
    )
    op.drop_index(
        "q_resolved",
        table_name="cases",
        sqlite_where=sa.text("resolved_at is not null"),
        postgresql_where=sa.text("resolved_at is not null"),
    )
    op.drop_index(
        "q_owner",
        table_name="cases",
        sqlite_where=sa.text("shelf <= 1"),
        postgresql_where=sa.text("shelf <= 1"),
    )
    op.drop_index(
        "q_longest",
        table_name="cases",
        sqlite_where=sa.text("shelf = 0 and waiting_since is not null"),
        postgresql_where=sa.text("shelf = 0 and waiting_since is not null"),
    )
    op.drop_index(
        "q_free",
        table_name="cases",
        sqlite_where=sa.text("shelf = 0 and owner_id is null"),
        postgresql_where=sa.text("shelf = 0 and owner_id is null"),
    )
    op.drop_index("q_customer", table_name="cases")
    op.drop_index("q_all", table_name="cases")
    op.drop_table("cases")
    op.drop_index("ix_strokes_agent_id_desk", table_name="strokes")
    op.drop_table("strokes")
    op.drop_index("ix_presence_case_id", table_name="presence")
    op.drop_table("presence")
    op.drop_index(op.f("ix_memberships_agent_id"), table_name="memberships")
    op.drop_table("memberships")
    op.drop_table("channels")
    op.drop_index(op.f("ix_addresses_customer_id"), table_name="addresses")
    op.drop_table("addresses")
    op.drop_table("teams")
    op.drop_table("tags")
    op.drop_table("leases")
    op.drop_table("keys")
    op.drop_table("customers")
    op.drop_index(op.f("ix_changes_stroke_id"), table_name="changes")
    op.drop_index("ix_changes_case_id", table_name="changes")
    op.drop_table("changes")
    op.drop_table("agents")

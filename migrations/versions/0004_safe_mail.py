"""Mail that is never harmful: accepted participants, what machines answered, what was forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LONG_CASES = (
    ("q_person", "messages", ["case_id", "id", "at"], "person"),
    ("q_note", "messages", ["case_id", "id"], "kind = 'note'"),
    ("q_elsewhere", "messages", ["case_id", "at"], "kind = 'outbound' and agent_id is null"),
    ("q_side", "messages", ["case_id", "id"], "side_id is not null"),
    ("q_outbox_held", "outbox", ["case_id"], "state = 'held'"),
)
"""What a long case shows of its messages is found in these."""


def upgrade() -> None:
    """Make the tables, and give channels the words that acknowledge a mail."""
    op.create_table(
        "participants",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("agent_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_participants_agent_id_agents")),
        sa.PrimaryKeyConstraint("case_id", "address", name=op.f("pk_participants")),
        comment="who wrote into a case without having been part of it, and was accepted by an agent",
    )
    op.create_table(
        "awaited",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("message_id", "case_id", name=op.f("pk_awaited")),
        comment="ids that a case's messages say they answer and that have not come yet",
    )
    op.create_index(op.f("ix_awaited_case_id"), "awaited", ["case_id"])
    op.create_table(
        "bridges",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("case_id", "other_id", name=op.f("pk_bridges")),
        comment="two cases, the older one first, that one mail answers both: a merge is offered",
    )
    op.create_index(op.f("ix_bridges_other_id"), "bridges", ["other_id"])
    op.create_table(
        "automatic_answers",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_automatic_answers_message_id_messages")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_answers")),
        comment="what a machine of ours answered to whom: at most one a day (RFC 3834)",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_automatic_answers_address_at", "automatic_answers", ["address", "at"])
    op.create_index("ix_automatic_answers_at", "automatic_answers", ["at"])
    op.create_table(
        "tombstones",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
        sa.UniqueConstraint("kind", "mark", name=op.f("uq_tombstones_kind_mark")),
        comment="keyed hashes of what was erased, so that no fetch, import or restore brings it back",
        sqlite_autoincrement=True,
    )
    op.add_column("channels", sa.Column("acknowledgement", sa.Text(), server_default="", nullable=False))
    op.add_column("channels", sa.Column("acknowledges_since", sa.BigInteger(), nullable=True))
    op.add_column("channels", sa.Column("authserv_id", sa.Text(), server_default="", nullable=False))
    op.add_column("customers", sa.Column("erased_at", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("reached", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_index("ix_outbox_case_id", table_name="outbox")
    op.create_index("q_outbox_case", "outbox", ["case_id", "message_id"])
    for name, table, columns, where in _LONG_CASES:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    """Take them away again."""
    for name, table, _columns, _where in _LONG_CASES:
        op.drop_index(name, table_name=table)
    op.drop_index("q_outbox_case", table_name="outbox")
    op.create_index("ix_outbox_case_id", "outbox", ["case_id"])
    op.drop_column("outbox", "reached")
    op.drop_column("customers", "erased_at")
    op.drop_column("channels", "authserv_id")
    op.drop_column("channels", "acknowledges_since")
    op.drop_column("channels", "acknowledgement")
    op.drop_table("tombstones")
    op.drop_index("ix_automatic_answers_at", table_name="automatic_answers")
    op.drop_index("ix_automatic_answers_address_at", table_name="automatic_answers")
    op.drop_table("automatic_answers")
    op.drop_index(op.f("ix_bridges_other_id"), table_name="bridges")
    op.drop_table("bridges")
    op.drop_index(op.f("ix_awaited_case_id"), table_name="awaited")
    op.drop_table("awaited")
    op.drop_table("participants")

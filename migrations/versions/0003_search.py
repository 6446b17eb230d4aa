"""The index of words over all messages, filled with those that are there, and the index of everything an agent owns."""

import sqlalchemy as sa
from alembic import op

from agentdesk.store import search

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the index and put every message into it, some hundreds at a time."""
    op.create_index(
        "q_owned", "cases", ["owner_id", "due_key", "wait_key", "id"],
        sqlite_where=sa.text("owner_id is not null"), postgresql_where=sa.text("owner_id is not null"),
    )  # fmt: skip
    connection = op.get_bind()
    search.make(connection)
    search.put_all(connection)


def downgrade() -> None:
    """Take them away again."""
    op.execute("drop table search")
    op.drop_index("q_owned", table_name="cases")

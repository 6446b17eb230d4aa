"""Every table of the store, once, for SQLite and PostgreSQL alike.

Invariants: times are BIGINT microseconds UTC; lists are JSON text; ids are never used again; a generated column never
differs from what it is computed of. `migrations/` makes the same schema, a test compares them.

Shelves of a case: 0 waits for us (new, open) · 1 pending · 2 snoozed · 3 done (resolved, closed, spam).
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)  # fmt: skip

from agentdesk.domain.queue import FAR

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_Id = BigInteger().with_variant(Integer, "sqlite")
_AUTO: Final[dict[str, Any]] = {"sqlite_autoincrement": True}


def _id() -> Column[int]:
    return Column("id", _Id, primary_key=True, autoincrement=True)


def _to(table: str, name: str, *, null: bool = False, index: bool = False) -> Column[int]:
    return Column(name, _Id, ForeignKey(f"{table}.id"), nullable=null, index=index)


def _words(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _flag(name: str, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("true" if default else "false"))


def _number(name: str, default: int = 0) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=str(default))


teams = Table("teams", metadata, _id(), Column("name", Text, nullable=False, unique=True), **_AUTO)

agents = Table(
    "agents", metadata, _id(),
    Column("login", Text, nullable=False, unique=True),
    _words("name"), _words("email"), _words("role", "agent"), _number("capacity", 6), _words("language"),
    _words("timezone"), _words("signature"), _words("theme"), _flag("active", True),
    **_AUTO,
)  # fmt: skip

memberships = Table(
    "memberships", metadata,
    Column("team_id", _Id, ForeignKey("teams.id"), primary_key=True),
    Column("agent_id", _Id, ForeignKey("agents.id"), primary_key=True, index=True),
)  # fmt: skip

channels = Table(
    "channels", metadata, _id(),
    _words("kind", "email"), Column("name", Text, nullable=False, unique=True),
    _words("address"), _words("signature"), _words("language", "en"), _to("teams", "team_id", null=True),
    _number("hold", 10), _flag("html", True), _words("reply_address"), _flag("reply_verified"), _flag("subject_token"),
    Column("answer_within", BigInteger), _words("trouble"), Column("heard_at", BigInteger), _flag("active", True),
    **_AUTO,
)  # fmt: skip

cursors = Table(
    "cursors", metadata,
    Column("channel_id", _Id, ForeignKey("channels.id"), primary_key=True),
    Column("folder", Text, primary_key=True), _words("value"),
)  # fmt: skip

customers = Table(
    "customers", metadata, _id(), _words("name"), _words("language"), _number("created_at"), **_AUTO
)

addresses = Table(
    "addresses", metadata,
    Column("address", Text, primary_key=True), _to("customers", "customer_id", index=True),
)  # fmt: skip

cases = Table(
    "cases", metadata, _id(),
    _words("subject"), _words("status", "new"), Column("snooze_until", BigInteger),
    _number("priority", 1), _to("channels", "channel_id", null=True), _to("customers", "customer_id", null=True),
    _to("agents", "owner_id", null=True), _to("teams", "team_id", null=True), _words("language"),
    Column("due_at", BigInteger), Column("waiting_since", BigInteger),
    _number("created_at"), _number("updated_at"), Column("resolved_at", BigInteger),
    _number("settled_id"), _number("message_count"), _number("unread"), Column("last_outbox_id", BigInteger),
    _to("cases", "merged_into", null=True), _number("version", 1), _words("haystack"),
    Column("due_key", BigInteger, Computed(f"coalesce(due_at, {FAR})", persisted=True), nullable=False),
    Column("wait_key", BigInteger, Computed(f"coalesce(waiting_since, {FAR})", persisted=True), nullable=False),
    Column(
        "shelf", Integer,
        Computed("case status when 'new' then 0 when 'open' then 0 when 'pending' then 1 when 'snoozed' then 2 "
                 "else 3 end", persisted=True),
        nullable=False,
    ),
    CheckConstraint("status in ('new','open','pending','snoozed','resolved','closed','spam')", name="status"),
    Index("q_waiting", "due_key", "wait_key", "id", sqlite_where=text("shelf = 0"), postgresql_where=text("shelf = 0")),
    Index("q_free", "due_key", "wait_key", "id", sqlite_where=text("shelf = 0 and owner_id is null"),
          postgresql_where=text("shelf = 0 and owner_id is null")),
    Index("q_team", "team_id", "due_key", "wait_key", "id", sqlite_where=text("shelf = 0"),
          postgresql_where=text("shelf = 0")),
    Index("q_owner", "owner_id", "due_key", "wait_key", "id", sqlite_where=text("shelf <= 1"),
          postgresql_where=text("shelf <= 1")),
    Index("q_status", "status", "due_key", "wait_key", "id"),
    Index("q_all", "due_key", "wait_key", "id"),
    Index("q_snooze", "snooze_until", sqlite_where=text("shelf = 2"), postgresql_where=text("shelf = 2")),
    Index("q_resolved", "resolved_at", sqlite_where=text("resolved_at is not null"),
          postgresql_where=text("resolved_at is not null")),
    Index("q_longest", "waiting_since", sqlite_where=text("shelf = 0 and waiting_since is not null"),
          postgresql_where=text("shelf = 0 and waiting_since is not null")),
    Index("q_customer", "customer_id", "updated_at"),
    **_AUTO,
)  # fmt: skip

links = Table(
    "links", metadata,
    Column("case_id", _Id, ForeignKey("cases.id"), primary_key=True),
    Column("other_id", _Id, ForeignKey("cases.id"), primary_key=True),
)  # fmt: skip

tags = Table("tags", metadata, _id(), Column("name", Text, nullable=False, unique=True), **_AUTO)

case_tags = Table(
    "case_tags", metadata,
    Column("case_id", _Id, ForeignKey("cases.id"), primary_key=True),
    Column("tag_id", _Id, ForeignKey("tags.id"), primary_key=True, index=True),
)  # fmt: skip

messages = Table(
    "messages", metadata, _id(),
    _to("cases", "case_id"), _to("channels", "channel_id", null=True),
    _words("kind"), _number("at"), Column("sent_at", BigInteger), _to("agents", "agent_id", null=True),
    _words("from_name"), _words("from_address"), _words("to", "[]"), _words("cc", "[]"), _words("bcc", "[]"),
    _words("subject"), _words("text"), Column("reply_text", Text),
    Column("message_id", Text), _words("in_reply_to", "[]"), _words("references", "[]"),
    _flag("person"), _words("marks", "[]"), _words("facts", "{}"), Column("digest", Text),
    Index("ix_messages_case_id_at", "case_id", "at", "id"),
    Index("ix_messages_message_id", "message_id", sqlite_where=text("message_id is not null"),
          postgresql_where=text("message_id is not null")),
    Index("uq_messages_digest", "digest", unique=True),
    CheckConstraint("kind in ('inbound','outbound','note','system')", name="kind"),
    **_AUTO,
)  # fmt: skip

raws = Table(
    "raws", metadata,
    Column("message_id", _Id, ForeignKey("messages.id"), primary_key=True), Column("data", LargeBinary, nullable=False),
    comment="the very bytes of a message, zlib",
)  # fmt: skip

drafts = Table(
    "drafts", metadata, _id(),
    _to("cases", "case_id", null=True, index=True), _to("agents", "agent_id", index=True),
    _words("kind", "reply"), _to("channels", "channel_id", null=True),
    _words("to", "[]"), _words("cc", "[]"), _words("bcc", "[]"), _words("subject"), _words("body"),
    _number("seen_message_id"), _number("version", 1), _words("terminal"), _number("updated_at"), _words("notice"),
    UniqueConstraint("agent_id", "case_id", "kind"),
    **_AUTO,
)  # fmt: skip

attachments = Table(
    "attachments", metadata, _id(),
    _to("messages", "message_id", null=True, index=True), _to("drafts", "draft_id", null=True, index=True),
    _words("filename"), _words("content_type"), _number("size"), _flag("inline"), Column("content_id", Text),
    _words("sha256"), _number("part"), Column("content", LargeBinary),
    comment="content only while it hangs on a draft; a message's files lie in its raw bytes, at part",
    **_AUTO,
)  # fmt: skip

strokes = Table(
    "strokes", metadata, _id(),
    _to("agents", "agent_id", null=True), _words("desk"), _words("verb"), _number("at"),
    Column("undoes", BigInteger), Column("undone_by", BigInteger),
    Index("ix_strokes_agent_id_desk", "agent_id", "desk", "id"),
    **_AUTO,
)  # fmt: skip

changes = Table(
    "changes", metadata, _id(),
    Column("stroke_id", BigInteger, index=True), Column("case_id", BigInteger), Column("agent_id", BigInteger),
    _number("at"), _words("kind"), _words("field"), Column("before", Text), Column("after", Text),
    Index("ix_changes_case_id", "case_id", "id"),
    comment="ids and short field values, never message text, names or addresses",
    **_AUTO,
)  # fmt: skip

outbox = Table(
    "outbox", metadata, _id(),
    _to("messages", "message_id", index=True), _to("cases", "case_id", index=True), _to("channels", "channel_id"),
    Column("stroke_id", BigInteger, index=True), _words("state", "held"), _number("not_before"), _number("attempts"),
    Column("first_try_at", BigInteger), _words("holder"), Column("lease_until", BigInteger), _words("last_error"),
    _words("sender"), _words("recipients", "[]"), _flag("copied"), _number("answered_at"), _words("draft", "{}"),
    Index("q_outbox_due", "not_before", sqlite_where=text("state in ('held','queued','sending')"),
          postgresql_where=text("state in ('held','queued','sending')")),
    Index("q_outbox_copy", "id", sqlite_where=text("state = 'sent' and not copied"),
          postgresql_where=text("state = 'sent' and not copied")),
    CheckConstraint(
        "state in ('held','queued','sending','sent','failed','unsure','cancelled','bounced')", name="state"),
    **_AUTO,
)  # fmt: skip

keys = Table(
    "keys", metadata, Column("name", Text, primary_key=True), _words("value"),
    comment="what this store signs with; never shown, never exported",
)  # fmt: skip

presence = Table(
    "presence", metadata,
    Column("who", Text, primary_key=True), Column("case_id", _Id, primary_key=True),
    _to("agents", "agent_id", null=True), _words("what"), _number("at"),
    Index("ix_presence_case_id", "case_id"),
)  # fmt: skip

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    _words("holder"),
    _number("until"),
    _number("seen_at"),
)

quarantine = Table(
    "quarantine", metadata, _id(),
    _to("channels", "channel_id", null=True), _words("source"), _words("reason"), _number("at"), _number("size"),
    Column("digest", Text, nullable=False, unique=True), Column("data", LargeBinary, nullable=False),
    **_AUTO,
)  # fmt: skip

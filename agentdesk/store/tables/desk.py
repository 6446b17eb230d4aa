"""What the desk stands on: people, channels, customers, cases, messages, drafts, strokes and what leaves.

Shelves of a case: 0 waits for us (new, open) · 1 pending · 2 snoozed · 3 done (resolved, closed, spam).
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)  # fmt: skip

from agentdesk.domain.queue import FAR
from agentdesk.store.tables.columns import AUTO, Id, flag, metadata, number, own_id, to, words

teams = Table("teams", metadata, own_id(), Column("name", Text, nullable=False, unique=True), **AUTO)

agents = Table(
    "agents", metadata, own_id(),
    Column("login", Text, nullable=False, unique=True),
    words("name"), words("email"), words("role", "agent"), number("capacity", 6), words("language"),
    words("timezone"), words("signature"), words("theme"), flag("active", True), words("preferences", "{}"),
    Column("heir_id", Id),  # of an agent who left: who has the work now, and gets what of it still comes back
    **AUTO,
)  # fmt: skip

memberships = Table(
    "memberships", metadata,
    Column("team_id", Id, ForeignKey("teams.id"), primary_key=True),
    Column("agent_id", Id, ForeignKey("agents.id"), primary_key=True, index=True),
)  # fmt: skip

channels = Table(
    "channels", metadata, own_id(),
    words("kind", "email"), Column("name", Text, nullable=False, unique=True),
    words("address"), words("signature"), words("language", "en"), to("teams", "team_id", null=True),
    number("hold", 10), flag("html", True), words("reply_address"), flag("reply_verified"), flag("subject_token"),
    Column("answer_within", BigInteger), words("trouble"), Column("heard_at", BigInteger), flag("active", True),
    words("hours"), words("acknowledgement"), Column("acknowledges_since", BigInteger), words("authserv_id"),
    **AUTO,
)  # fmt: skip

cursors = Table(
    "cursors", metadata,
    Column("channel_id", Id, ForeignKey("channels.id"), primary_key=True),
    Column("folder", Text, primary_key=True), words("value"),
)  # fmt: skip

customers = Table(
    "customers", metadata, own_id(), words("name"), words("language"), number("created_at"), Column("merged_into", Id),
    Column("erased_at", BigInteger),  # nothing is known of them any more; their number stays for what is counted
    **AUTO,
)  # fmt: skip

addresses = Table(
    "addresses", metadata,
    Column("address", Text, primary_key=True), to("customers", "customer_id", index=True),
)  # fmt: skip

cases = Table(
    "cases", metadata, own_id(),
    words("subject"), words("status", "new"), Column("snooze_until", BigInteger), words("snooze_ends", "answer"),
    number("priority", 1), to("channels", "channel_id", null=True), to("customers", "customer_id", null=True),
    to("agents", "owner_id", null=True), to("teams", "team_id", null=True), words("language"),
    Column("due_at", BigInteger), Column("waiting_since", BigInteger),
    number("created_at"), number("updated_at"), Column("resolved_at", BigInteger),
    number("settled_id"), number("message_count"), number("unread"), Column("last_outbox_id", BigInteger),
    to("cases", "merged_into", null=True), number("version", 1), words("haystack"),
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
    Index("q_owned", "owner_id", "due_key", "wait_key", "id", sqlite_where=text("owner_id is not null"),
          postgresql_where=text("owner_id is not null")),
    Index("q_status", "status", "due_key", "wait_key", "id"),
    Index("q_all", "due_key", "wait_key", "id"),
    Index("q_snooze", "snooze_until", sqlite_where=text("shelf = 2"), postgresql_where=text("shelf = 2")),
    Index("q_resolved", "resolved_at", sqlite_where=text("resolved_at is not null"),
          postgresql_where=text("resolved_at is not null")),
    Index("q_longest", "waiting_since", sqlite_where=text("shelf = 0 and waiting_since is not null"),
          postgresql_where=text("shelf = 0 and waiting_since is not null")),
    Index("q_customer", "customer_id", "updated_at"),
    **AUTO,
)  # fmt: skip

links = Table(
    "links", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("other_id", Id, ForeignKey("cases.id"), primary_key=True),
)  # fmt: skip

tags = Table("tags", metadata, own_id(), Column("name", Text, nullable=False, unique=True), **AUTO)

case_tags = Table(
    "case_tags", metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True),
    Column("tag_id", Id, ForeignKey("tags.id"), primary_key=True, index=True),
)  # fmt: skip

messages = Table(
    "messages", metadata, own_id(),
    to("cases", "case_id"), to("channels", "channel_id", null=True),
    words("kind"), number("at"), Column("sent_at", BigInteger), to("agents", "agent_id", null=True),
    words("from_name"), words("from_address"), words("to", "[]"), words("cc", "[]"), words("bcc", "[]"),
    words("subject"), words("text"), Column("reply_text", Text),
    Column("message_id", Text), words("in_reply_to", "[]"), words("references", "[]"),
    flag("person"), words("marks", "[]"), words("facts", "{}"), Column("digest", Text),
    Column("origin_case_id", Id), Column("side_id", Id),
    Index("ix_messages_case_id_at", "case_id", "at", "id"),
    Index("ix_messages_message_id", "message_id", sqlite_where=text("message_id is not null"),
          postgresql_where=text("message_id is not null")),
    Index("uq_messages_digest", "digest", unique=True),
    # What a case shows of its messages is looked up in these alone: cases of 20,000 messages exist (services.clocks).
    Index("q_person", "case_id", "id", "at", sqlite_where=text("person"), postgresql_where=text("person")),
    Index("q_note", "case_id", "id", sqlite_where=text("kind = 'note'"), postgresql_where=text("kind = 'note'")),
    Index("q_elsewhere", "case_id", "at", sqlite_where=text("kind = 'outbound' and agent_id is null"),
          postgresql_where=text("kind = 'outbound' and agent_id is null")),
    Index("q_side", "case_id", "id", sqlite_where=text("side_id is not null"),
          postgresql_where=text("side_id is not null")),
    CheckConstraint("kind in ('inbound','outbound','note','system')", name="kind"),
    **AUTO,
)  # fmt: skip

raws = Table(
    "raws", metadata,
    Column("message_id", Id, ForeignKey("messages.id"), primary_key=True), Column("data", LargeBinary, nullable=False),
    comment="the very bytes of a message, zlib",
)  # fmt: skip

drafts = Table(
    "drafts", metadata, own_id(),
    to("cases", "case_id", null=True, index=True), to("agents", "agent_id", index=True),
    words("kind", "reply"), to("channels", "channel_id", null=True),
    words("to", "[]"), words("cc", "[]"), words("bcc", "[]"), words("subject"), words("body"),
    number("seen_message_id"), number("version", 1), words("terminal"), number("updated_at"), words("notice"),
    Column("side_id", Id),
    UniqueConstraint("agent_id", "case_id", "kind"),
    **AUTO,
)  # fmt: skip

attachments = Table(
    "attachments", metadata, own_id(),
    to("messages", "message_id", null=True, index=True), to("drafts", "draft_id", null=True, index=True),
    words("filename"), words("content_type"), number("size"), flag("inline"), Column("content_id", Text),
    words("sha256"), number("part"), Column("content", LargeBinary),
    comment="content only while it hangs on a draft; a message's files lie in its raw bytes, at part",
    **AUTO,
)  # fmt: skip

strokes = Table(
    "strokes", metadata, own_id(),
    to("agents", "agent_id", null=True), words("desk"), words("verb"), number("at"),
    Column("undoes", BigInteger), Column("undone_by", BigInteger),
    Index("ix_strokes_agent_id_desk", "agent_id", "desk", "id"),
    **AUTO,
)  # fmt: skip

changes = Table(
    "changes", metadata, own_id(),
    Column("stroke_id", BigInteger, index=True), Column("case_id", BigInteger), Column("agent_id", BigInteger),
    number("at"), words("kind"), words("field"), Column("before", Text), Column("after", Text),
    Index("ix_changes_case_id", "case_id", "id"),
    comment="ids and short field values, never message text, names or addresses",
    **AUTO,
)  # fmt: skip

outbox = Table(
    "outbox", metadata, own_id(),
    to("messages", "message_id", index=True), to("cases", "case_id"), to("channels", "channel_id"),
    Column("stroke_id", BigInteger, index=True), words("state", "held"), number("not_before"), number("attempts"),
    Column("first_try_at", BigInteger), words("holder"), Column("lease_until", BigInteger), words("last_error"),
    words("sender"), words("recipients", "[]"), flag("copied"), number("answered_at"), words("draft", "{}"),
    # recipients[:reached] are done with: they have the mail, or were refused for good
    number("reached"),
    Index("q_outbox_due", "not_before", sqlite_where=text("state in ('held','queued','sending')"),
          postgresql_where=text("state in ('held','queued','sending')")),
    Index("q_outbox_case", "case_id", "message_id"),
    Index("q_outbox_held", "case_id", sqlite_where=text("state = 'held'"), postgresql_where=text("state = 'held'")),
    Index("q_outbox_copy", "id", sqlite_where=text("state = 'sent' and not copied"),
          postgresql_where=text("state = 'sent' and not copied")),
    CheckConstraint(
        "state in ('held','queued','sending','sent','failed','unsure','cancelled','bounced')", name="state"),
    **AUTO,
)  # fmt: skip
ON_ITS_WAY = text("outbox.state in ('held','queued','sending')")
"""Word for word as the index of what is due has it: by bound values SQLite would not see that it serves."""
UNCOPIED = text("outbox.state = 'sent' and not outbox.copied")
"""The same for the index of sent mails that a mailbox has no copy of."""

keys = Table(
    "keys", metadata, Column("name", Text, primary_key=True), words("value"),
    comment="what this store signs with; never shown, never exported",
)  # fmt: skip

presence = Table(
    "presence", metadata,
    Column("who", Text, primary_key=True), Column("case_id", Id, primary_key=True),
    to("agents", "agent_id", null=True), words("what"), number("at"),
    Index("ix_presence_case_id", "case_id"),
)  # fmt: skip

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    words("holder"),
    number("until"),
    number("seen_at"),
)

quarantine = Table(
    "quarantine", metadata, own_id(),
    to("channels", "channel_id", null=True), words("source"), words("reason"), number("at"), number("size"),
    Column("digest", Text, nullable=False, unique=True), Column("data", LargeBinary, nullable=False),
    **AUTO,
)  # fmt: skip

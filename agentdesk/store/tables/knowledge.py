"""What the team knows: macros, snippets, articles with their versions, saved views, and what was used where."""

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Table, Text, UniqueConstraint

from agentdesk.store.tables.columns import AUTO, Id, flag, metadata, number, own_id, to, words

_SCOPE = "scope in ('everyone','team','personal')"

macros = Table(
    "macros", metadata, own_id(),
    Column("slug", Text, nullable=False, unique=True), words("name"), words("scope", "everyone"),
    to("teams", "team_id", null=True), to("agents", "agent_id", null=True), words("actions", "[]"),
    flag("active", True), number("version", 1), number("updated_at"), to("agents", "updated_by", null=True),
    CheckConstraint(_SCOPE, name="scope"), Index("ix_macros_updated_at", "updated_at", "version"),
    **AUTO,
)  # fmt: skip

macro_texts = Table(
    "macro_texts", metadata,
    to("macros", "macro_id"), Column("language", Text, nullable=False), words("subject"), words("text"),
    UniqueConstraint("macro_id", "language"),
)  # fmt: skip

macro_files = Table(
    "macro_files", metadata, own_id(),
    to("macros", "macro_id", index=True), words("filename"), words("content_type"), number("size"), words("sha256"),
    Column("content", LargeBinary, nullable=False),
    **AUTO,
)  # fmt: skip

snippets = Table(
    "snippets", metadata, own_id(),
    words("shortcut"), words("language"), words("title"), words("text"), words("scope", "everyone"),
    to("teams", "team_id", null=True), to("agents", "agent_id", null=True), number("version", 1), number("updated_at"),
    Index("ix_snippets_shortcut", "shortcut", "language"),
    CheckConstraint(_SCOPE, name="scope"),
    **AUTO,
)  # fmt: skip

articles = Table(
    "articles", metadata, own_id(),
    Column("slug", Text, nullable=False, unique=True), number("topic"), words("language", "en"), words("title"),
    words("body"), words("state", "draft"), words("audience", "internal"), words("keywords", "[]"), words("link"),
    number("version", 1), number("created_at"), number("updated_at"), to("agents", "updated_by", null=True),
    UniqueConstraint("topic", "language"),
    CheckConstraint("state in ('draft','published')", name="state"),
    CheckConstraint("audience in ('internal','public')", name="audience"),
    Index("ix_articles_updated_at", "updated_at", "version"),
    comment="articles of one topic say the same in other languages; link is where customers read a public one",
    **AUTO,
)  # fmt: skip

article_versions = Table(
    "article_versions", metadata,
    to("articles", "article_id"), Column("version", Id, nullable=False), words("title"), words("body"), words("state"),
    words("audience"), words("keywords", "[]"), words("link"), to("agents", "agent_id", null=True), number("at"),
    UniqueConstraint("article_id", "version"),
)  # fmt: skip

uses = Table(
    "uses", metadata, own_id(),
    words("kind"), Column("item_id", Id, nullable=False), Column("case_id", Id), to("agents", "agent_id", null=True),
    number("at"),
    Index("ix_uses_kind_item_id", "kind", "item_id"), Index("ix_uses_case_id", "case_id"),
    comment="which macro, article or snippet was used in which case: the past that suggestions learn from",
    **AUTO,
)  # fmt: skip

views = Table(
    "views", metadata, own_id(),
    words("name"), words("scope", "personal"), to("teams", "team_id", null=True), to("agents", "agent_id", null=True),
    words("query"), number("position"), number("version", 1), number("created_at"),
    CheckConstraint(_SCOPE, name="scope"),
    **AUTO,
)  # fmt: skip

"""What the team knows: articles found while one types, read beside, written, published, brought back.

Invariants: the picker puts text into the case it was opened for; nothing that was written is ever gone; what was typed
into a form and not saved is asked for before it is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.knowledge import (
    NAMES,
    ArticleRow,
    Audience,
    State,
    VersionRow,
    Written,
    language_code,
    language_name,
)
from agentdesk.domain.problems import Problem
from agentdesk.tui.desk import knowing
from agentdesk.tui.formroom import FormRoom, Line
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.clock import moment
from agentdesk.tui.widgets.roster import Item

if TYPE_CHECKING:
    from datetime import tzinfo

    from textual.events import Mount

    from agentdesk.queries.knowledge import Found
    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen


def _named(word: str) -> str:
    """A state, an audience or a scope as a person reads it."""
    return _(word) if word in NAMES else word


def _says(found: Found) -> str:
    if len(found.rows) < found.total:
        return _("{shown} of {total}: type more words").format(shown=len(found.rows), total=found.total)
    return ngettext("{n} article", "{n} articles", found.total).format(n=found.total)


def _item(row: ArticleRow, *, draft: bool) -> Item:
    facts = [_named(row.audience.value), row.language]
    right = [(" · ".join(facts) + " ", "dim")]
    if draft and row.state is State.DRAFT:
        right.insert(0, (_("draft") + "  ", "amber"))
    return Item(row, str(row.id), ((row.title, "text"),), tuple(right))


def _read(row: ArticleRow, zone: tzinfo) -> Paragraphs:
    facts = [_named(row.state.value), _named(row.audience.value), row.language,
             _("version {n}").format(n=row.version)]  # fmt: skip
    lines: list[Sequence[tuple[str, str]]] = [
        ((row.title, "strong"),),
        ((" · ".join(facts), "dim"),),
        ((" · ".join(filter(None, (row.by, moment(row.updated_at, zone)))), "dim"),),
    ]
    if row.keywords:
        lines.append(((", ".join(row.keywords), "dim"),))
    if row.link:
        lines.append(((row.link, "accent"),))
    return [*lines, (("", "text"),), *(((line, "text"),) for line in row.body.split("\n"))]


class KnowledgePicker(ListRoom):
    """Articles for the text being written: typed for, read beside, one key puts one at the cursor."""

    own_context: ClassVar[Context] = "picked"
    hint: ClassVar[str] = N_("words of the article")

    def __init__(self, desk: DeskScreen, case_id: int | None) -> None:
        super().__init__(desk, _("Knowledge"), empty=_("No published article holds that."))
        self.case_id = case_id

    @property
    def context(self) -> Context:  # type: ignore[override]
        """Typing while the line has the focus."""
        return "picking" if self.text_field() is not None else self.own_context

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        core = await self.desk.core()
        found = await self.desk.bridge.read(core.expanding.shelf, self.desk.me.id, self.case_id, typed)
        return [_item(row, draft=False) for row in found.rows], _says(found)

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        return _read(item.value, self.desk.seat.zone), 0

    async def open(self, item: Item) -> None:
        await self._insert(item, link=False)

    async def take_link(self) -> None:
        """The link to the article in hand goes to the cursor."""
        item = self.roster.current
        if item is None:
            return
        if not item.value.has_link:
            said = _("«{title}» has no link that customers can open: Enter takes its text.")
            self.say(said.format(title=item.value.title))
            return
        await self._insert(item, link=True)

    async def _insert(self, item: Item, *, link: bool) -> None:
        await self.leave()
        await knowing.insert_article(self.desk, item.value.id, self.case_id, link=link)


class KnowledgeScreen(ListRoom):
    """All articles, drafts too."""

    own_context: ClassVar[Context] = "shelf"
    hint: ClassVar[str] = N_("words of the article")

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__(desk, _("Knowledge"), empty=_("No article here. c writes one."))
        self.drafts_only = False

    async def on_mount(self, event: Mount) -> None:  # type: ignore[override]
        """Letters are keys here from the start; the line to type in is one key away."""
        event.prevent_default()
        await super().on_mount()
        self.set_focus(self.roster)
        self.refresh_footer()

    def on_screen_resume(self) -> None:
        """Back from a form: what was saved there stands here."""
        self.call_later(self.reload)

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        core = await self.desk.core()
        state = State.DRAFT if self.drafts_only else None
        found = await self.desk.bridge.read(core.knowledge.find_articles, typed, state=state)
        says = _says(found) if not self.drafts_only else _("drafts only · {n}").format(n=_says(found))
        return [_item(row, draft=True) for row in found.rows], says

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        core = await self.desk.core()
        others = await self.desk.bridge.read(core.knowledge.languages_of, item.value.topic)
        lines = list(_read(item.value, self.desk.seat.zone))
        said = ", ".join(f"{one.language}: {one.title}" for one in others if one.id != item.value.id)
        if said:
            lines.insert(3, ((_("also in {languages}").format(languages=said), "dim"),))
        return lines, 0

    async def open(self, item: Item) -> None:
        await self.house.push_screen(ArticleForm(self.desk, item.value))

    async def write(self) -> None:
        """A new article."""
        await self.house.push_screen(ArticleForm(self.desk))

    async def translate(self) -> None:
        """The same article in another language: the form begins with its text."""
        item = self.roster.current
        if item is not None:
            await self.house.push_screen(ArticleForm(self.desk, item.value, translate=True))

    async def turn(self) -> None:
        """Publish a draft; take a published one back to a draft."""
        item = self.roster.current
        if item is None:
            return
        core = await self.desk.core()
        state = State.PUBLISHED if item.value.state is State.DRAFT else State.DRAFT
        if await self.act(core.articles.set_state, item.value.id, state) is not None:
            said = _("«{title}» is published.") if state is State.PUBLISHED else _("«{title}» is a draft.")
            self.say(said.format(title=item.value.title))

    async def drafts(self) -> None:
        """Drafts alone, or all again."""
        self.drafts_only = not self.drafts_only
        await self.reload()

    async def versions(self) -> None:
        """How the article in hand read."""
        item = self.roster.current
        if item is not None:
            await self.house.push_screen(VersionsScreen(self.desk, item.value))


class VersionsScreen(ListRoom):
    """How an article read, the newest first; Enter brings one back as the newest."""

    own_context: ClassVar[Context] = "versions"

    def __init__(self, desk: DeskScreen, row: ArticleRow) -> None:
        super().__init__(desk, _("Versions of «{title}»").format(title=row.title))
        self.row = row

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:  # noqa: ARG002  there is no line to type in
        core = await self.desk.core()
        rows: tuple[VersionRow, ...] = await self.desk.bridge.read(core.knowledge.versions, self.row.id)
        zone = self.desk.seat.zone
        items = [
            Item(one, str(one.version), ((f"{one.version:>3}  ", "strong"), (one.title, "text")),
                 ((f"{one.by}  {moment(one.at, zone)} ", "dim"),))
            for one in rows
        ]  # fmt: skip
        return items, ngettext("{n} version", "{n} versions", len(items)).format(n=len(items))

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        body = (((line, "text"),) for line in item.value.body.split("\n"))
        facts = [
            _named(item.value.state.value),
            _named(item.value.audience.value),
            ", ".join(item.value.keywords),
        ]
        head = [((item.value.title, "strong"),), ((" · ".join(filter(None, facts)), "dim"),), (("", "text"),)]
        return [*head, *body], 0

    async def open(self, item: Item) -> None:
        core = await self.desk.core()
        if await self.act(core.articles.restore, self.row.id, item.value.version) is not None:
            self.say(_("It reads as version {n} did.").format(n=item.value.version))


class ArticleForm(FormRoom):
    """An article to write: a new one, one that is there, or the same in another language."""

    def __init__(self, desk: DeskScreen, row: ArticleRow | None = None, *, translate: bool = False) -> None:
        self.row, self.translate = row, translate
        lines = [
            Line("title", _("Title"), row.title if row else "", _("what it answers, in one line")),
            Line("language", _("Language"), "" if translate or not row else row.language, "da, nb, en …",
                 _language_means),
            Line("audience", _("For"), _named(row.audience.value) if row else _("internal"), "", _audience_means),
            Line("keywords", _("Keywords"), ", ".join(row.keywords) if row else "", _("words apart by commas")),
            Line("link", _("Link"), row.link if row and not translate else "", _("where customers read it")),
        ]  # fmt: skip
        title = _("New article") if row is None else _("In another language") if translate else _("Article")
        said = "" if row is None else _("version {n}").format(n=row.version)
        super().__init__(desk, title, lines, body=row.body if row else "", says="" if translate else said)

    async def save(self, values: Mapping[str, str]) -> str:
        core = await self.desk.core()
        known = None if self.row is None or self.translate else self.row
        written = Written(
            values["title"], values["body"], values["language"] or self.desk.me.language, audience(values["audience"]),
            tuple(filter(None, (one.strip() for one in values["keywords"].split(",")))), values["link"],
        )  # fmt: skip
        if self.translate and self.row is not None:
            await self.desk.bridge.do(core.articles.save_beside, written, self.row.id)
        else:
            await self.desk.bridge.do(
                core.articles.save, written, article_id=known.id if known else None,
                seen_version=known.version if known else 0,
            )  # fmt: skip
        if known is not None and known.state is State.PUBLISHED:
            return _("«{title}» is saved.").format(title=values["title"])
        return _("«{title}» is saved as a draft: p publishes it.").format(title=values["title"])


def audience(typed: str) -> Audience:
    """For whom, as somebody typed it. Raises Problem."""
    found = typed.casefold()
    for one in Audience:
        if found and (one.value.startswith(found) or _named(one.value).casefold().startswith(found)):
            return one
    raise Problem(_("Say {internal} or {public}.").format(internal=_("internal"), public=_("public")))


def _audience_means(typed: str) -> str:
    if audience(typed) is Audience.PUBLIC:
        return _("public: customers may read it")
    return _("internal: for colleagues only")


def _language_means(typed: str) -> str:
    return language_name(language_code(typed))

"""Articles and snippets as files: whatever stands in them comes back, and writing it again gives the same bytes."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from agentdesk.automation import article_files
from agentdesk.domain.knowledge import ArticleRow, Audience, Scope, SnippetRow, State
from agentdesk.text.clean import clean, clean_line

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HOSTILE = st.text(
    st.one_of(st.characters(), st.sampled_from("---\n\n #:&*!|>'\"%@`{}[],?~\tno\u2028\x85æø")), max_size=80
)
LINE = HOSTILE.map(clean_line)
TITLE = LINE.filter(bool)
BODY = HOSTILE.map(lambda text: clean(text).strip("\n"))


@given(
    TITLE, BODY, st.lists(TITLE, max_size=4, unique=True), st.sampled_from(State), st.sampled_from(Audience)
)
def test_an_article_comes_back_as_it_was(
    title: str, body: str, keywords: list[str], state: State, audience: Audience
) -> None:
    row = ArticleRow(
        1, "navn", 1, "da", title, body, state, audience, tuple(keywords), "https://x.example", 3, NOW, "A"
    )
    files = article_files.articles_as_files([row])
    (filed,) = article_files.read_articles(files)
    made = filed.written
    assert (made.title, made.body, made.keywords, made.audience, filed.state) == (
        title,
        body,
        row.keywords,
        audience,
        state,
    )
    assert (made.slug, made.language, made.link, filed.topic) == ("navn", "da", "https://x.example", "")
    assert article_files.articles_as_files([row]) == files


@given(LINE, BODY.filter(lambda text: bool(text.strip())), st.sampled_from(Scope), TITLE)
def test_a_snippet_comes_back_as_it_was(title: str, text: str, scope: Scope, team: str) -> None:
    of_team = team if scope is Scope.TEAM else ""
    row = SnippetRow(1, ";gls", "", title, text, scope, of_team, 1, "anna", 1, NOW)
    (made,) = article_files.read_snippets(article_files.snippets_as_files([row]))
    assert (made.shortcut, made.text, made.title, made.scope, made.team) == (
        ";gls",
        text,
        title,
        scope,
        of_team,
    )


def test_a_topic_is_called_alike_in_whatever_order_its_articles_came() -> None:
    rows = [
        ArticleRow(at, slug, 1, slug, slug, "x", State.DRAFT, Audience.PUBLIC, (), "", 1, NOW, "")
        for at, slug in enumerate(("nb", "da", "en"))
    ]
    files = article_files.articles_as_files(rows)
    assert files == article_files.articles_as_files(rows[::-1])
    assert all("topic: da\n" in text for text in files.values())
    assert list(files) == ["da.md", "en.md", "nb.md"]

"""`mail.html`: what a writer wanted seen, with real link targets, and nothing hidden."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.mail.html import to_text
from agentdesk.text.clean import clean


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<div>a</div><div><br></div><div>b<br></div><div>c</div>", "a\n\nb\nc"),
        ("<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"),
        ("  lots\n\n  of \t space&nbsp;&nbsp;here ", "lots of space here"),
        ("<h1>Title</h1>text", "Title\n\ntext"),
        ("a &lt;b&gt; &amp; &aelig;&#248;å", "a <b> & æøå"),
        ("<pre>a\n   b\n\nc</pre>", "a\n   b\n\nc"),
        ("<b>bo</b>ld <i>it</i>", "bold it"),
        ("<ul><li>a<li>b</ul>", "• a\n• b"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "• a\n  • b\n• c"),
        ("<ol><li><p>x</p></li><li>y</li></ol>", "1. x\n\n2. y"),
        ("<blockquote><p>a</p><p>b</p><blockquote>c</blockquote></blockquote>d", "> a\n>\n> b\n>\n>> c\n\nd"),
        ("<table><tr><th>Vare</th><th>Antal</th></tr><tr><td><p>Lampe</p></td><td>2</td></tr></table>",
         "Vare  Antal\nLampe  2"),
        ("<table><tr><td>a<tr><td><table><tr><td>b<td>c</table></table>", "a\nb  c"),
        ('<img alt="Logo" src="x"><img alt="spy" width="1"><img src="y">', "[Logo]"),
        ("a<hr>b", "a\n________________________________\nb"),
    ],
)  # fmt: skip
def test_layout(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://x.dk/a?b=1&amp;c">klik her</a>', "klik her <https://x.dk/a?b=1&c>"),
        (
            '<a href="https://evil.example/">https://bank.example/</a>',
            "https://bank.example/ <https://evil.example/>",
        ),
        ('<a href="https://www.x.dk/">x.dk</a>', "x.dk"),
        ('<a href="mailto:a@b.dk">a@b.dk</a>', "a@b.dk"),
        ('<a href="mailto:a@b.dk">skriv</a>', "skriv <a@b.dk>"),
        (
            '<a href="#top">op</a> <a name="x">her</a> <a href="javascript:x()">nej</a>',
            "op her nej <javascript:…>",
        ),
        ('<a href="javascript:void(0);">nej</a> <a href="javascript:;">tak</a>', "nej tak"),
        ('<a href="https://x.dk"><img src="b.png"></a>', "<https://x.dk>"),
        ('<a href=" ht\ntps://x.dk/\x1b[0m">a</a>', "a <https://x.dk/[0m>"),
    ],
)
def test_links_show_their_real_target(html: str, text: str) -> None:
    assert to_text(html) == text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">X</div>', '<div style="DISPLAY : none !important"><p>X</p></div>', "<p hidden>X</p>",
        '<span style="visibility:hidden">X</span>', '<div style="max-height:0;overflow:hidden">X</div>',
        '<div style="font-size:0px">X</div>', '<div style="color:red;font-size:0">X</div>', "<script>X</script>",
        "<style>X</style>", "<title>X</title>", "<!-- X -->", "<noscript>X</noscript>", "<textarea>X</textarea>",
        "<head><title>X</title></head>", "<template>X</template>", "<!--[if mso]>X<![endif]-->",
    ],
)  # fmt: skip
def test_what_is_hidden_stays_hidden(hidden: str) -> None:
    assert to_text(f"<p>before</p>{hidden}<p>after</p>") == "before\n\nafter"


@pytest.mark.parametrize(
    "shown",
    [
        '<div style="font-size:0.9em">X</div>', '<div style="max-height:0.5em">X</div>',
        '<div style="max-height:10px">X</div>', '<div style="display:block">X</div>',
        '<div style="font-size:0"><p style="font-size:14px">X</p></div>',
    ],
)  # fmt: skip
def test_what_only_looks_hidden_is_shown(shown: str) -> None:
    assert to_text(shown) == "X"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 20_000 + "x" + "</div>" * 20_000, "<div>" * 199_000 + "x", "<blockquote>x" * 20_000,
        "<ul><li>x" * 20_000, "<b>x" * 200_000, "<i><p>x" * 60_000, "<table><tr><td>x" * 20_000,
        "<a href=http://x>x" * 40_000, "<br>" * 200_000 + "x", "<" * 999_990 + " x", "<pre>" + "\n" * 500_000 + "x",
        "".join(f"<font color=a{n}>" for n in range(20_000)) + "<p>x</p>" * 30_000,
        "<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</div>x",
    ],
    ids=lambda html: html[:20],
)  # fmt: skip
def test_endless_nesting_and_size_take_bounded_time(html: str) -> None:
    started = time.process_time()
    assert "x" in to_text(html)
    assert time.process_time() - started < 2


TAGS = [
    "<div>", "</div>", "<p>", "<br>", "<td>", "<tr>", "<table>", "</table>", "<li>", "<ul>", "</ul>", "<blockquote>",
    "</blockquote>", "<a href='http://x'>", "</a>", "<pre>", "</pre>", "&#27;[2J", "&#x9b;", "&#8238;", "<b style='x",
    "text", " ", "\n", "<!--", "<![CDATA[", "<ol>", "<div style='font-size:0'>", "<img alt='&#27;'>", "\x00",
]  # fmt: skip


@given(st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=5)), max_size=40).map("".join))
def test_any_html_gives_clean_text(html: str) -> None:
    text = to_text(html)
    assert clean(text) == text
    assert "\n\n\n\n" not in text or "<pre" in html

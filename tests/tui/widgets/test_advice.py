"""What stands above a mail that needs care: a mark whole, why a mail did not arrive, and what to do about it."""

from dataclasses import replace
from datetime import UTC

import pytest
from tui.widgets.world import NOW, message

from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.rows import FileRow, MessageRow
from agentdesk.domain.takingpart import FORGED, UNKNOWN
from agentdesk.mail import protection
from agentdesk.tui.widgets.advice import notices
from agentdesk.tui.widgets.message_lines import Page, body_lines, head_line
from agentdesk.tui.widgets.signs import RICH

MAIL = message(1, "Send den til Falskvej 3.\n")


def drawn(one: MessageRow, columns: int = 46, *, unfolded: bool = False) -> list[str]:
    page = Page(columns, UTC, RICH, unfolded)
    head = head_line(one, page, NOW, new=True)
    return [line.text.rstrip() for line in (head, *body_lines(one, page))]


@pytest.mark.parametrize("mark", [UNKNOWN, FORGED, protection.SMIME_SIGNED, protection.PGP_ENCRYPTED])
@pytest.mark.parametrize("columns", [40, 46, 78, 118])
def test_a_mark_stands_whole_beside_the_name_or_below_it(mark: str, columns: int) -> None:
    lines = drawn(replace(MAIL, marks=(mark,)), columns)
    assert mark in " ".join(" ".join(lines).split())
    assert "…" not in lines[0]


@pytest.mark.parametrize("mark", [protection.SMIME_ENCRYPTED, protection.PGP_ENCRYPTED])
def test_what_cannot_be_read_here_says_what_to_do(mark: str) -> None:
    (said,) = notices(replace(MAIL, text="", reply_text="", marks=(mark,)))
    assert "o saves the file" in said[0]


@pytest.mark.parametrize(
    ("reason", "means"),
    [
        ("k@x.example: 550 5.1.1 <k@x.example>: Recipient address rejected", "no such address"),
        ("k@x.example: host 192.0.5.1 said 550 5.1.10 unknown", "no such address"),
        ("k@x.example: 552 5.2.2 over quota", "mailbox is full"),
        ("k@x.example (5.2.1)", "takes no mail any more"),
        ("552 5.3.4 message too big", "too large"),
        ("k@x.example 4.4.7", "was not reached"),
        ("550 5.7.26 unauthenticated", "turns ours away"),
        ("it said no on 5.1.2026", "Their mail server says why"),
        ("", "Their mail server says why"),
    ],
)
def test_a_bounce_says_first_what_it_means_then_the_servers_words(reason: str, means: str) -> None:
    first, *rest = notices(replace(MAIL, kind="outbound", delivery=Delivery.BOUNCED, error=reason))
    assert means in first[0]
    assert [text for text, _tone in rest] == ([reason] if reason else [])


def test_a_delivery_report_says_who_got_nothing_and_folds_the_machines_words() -> None:
    report = replace(MAIL, text="I'm sorry\n" * 14, report="karen@gmial.example 5.1.1", reply_text="")
    lines = drawn(report, 80)
    assert "karen@gmial.example did not get your mail. There is no such address" in lines[1]
    assert "  ▸ 14 lines of the report" in lines
    assert "sorry" not in " ".join(lines)
    assert "sorry" in " ".join(drawn(report, 80, unfolded=True))


def test_what_failed_and_what_is_unsure_say_which_key_does_what() -> None:
    sent = replace(MAIL, kind="outbound", error="It may have been sent.")
    assert "F5 sends it again" in " ".join(drawn(replace(sent, delivery=Delivery.FAILED), 100))
    assert "they may get it twice" in " ".join(drawn(replace(sent, delivery=Delivery.UNSURE), 100))
    assert "F5" not in " ".join(drawn(replace(sent, delivery=Delivery.FAILED, marks=("erased",)), 100))


def test_what_only_some_have_got_is_not_called_sent() -> None:
    partly = replace(MAIL, kind="outbound", delivery=Delivery.SENT, error="The mail did not reach everybody.")
    assert "sent to some" in drawn(partly, 80)[0]
    assert "✓" not in drawn(partly, 80)[0]
    assert drawn(replace(partly, error=""), 80)[0].split("  ")[-2].endswith("sent ✓")


def test_a_file_that_is_only_said_to_be_inline_is_shown_and_a_logo_is_not() -> None:
    files = (
        FileRow(1, "faktura.pdf", "application/pdf", 2000, inline=True),
        FileRow(2, "foto.jpg", "image/jpeg", 2000, inline=True),
        FileRow(3, "logo.png", "image/png", 2000, inline=True, content_id="logo@x"),
    )
    text = " ".join(drawn(replace(MAIL, attachments=files)))
    assert "faktura.pdf" in text
    assert "foto.jpg" in text
    assert "logo.png" not in text


def test_a_mail_without_a_word_says_so() -> None:
    assert "  (no text)" in drawn(replace(MAIL, text="", reply_text=""))

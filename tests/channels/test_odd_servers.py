"""Servers that answer oddly: each mail still comes once, or stands in the quarantine with its reason."""

from typing import Any

import pytest
from channels.mailboxes import channel_of, mail
from servers.odd_imap import OddImap

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email import mailbox as mailbox_module
from agentdesk.config.settings import Imap
from agentdesk.domain.mail import RawMail

MAILS = {uid: mail(uid) for uid in (1, 2, 3, 5, 8)}
GIVE = "UID FETCH {} (INTERNALDATE"
NIL = b"* 3 FETCH (UID 3 INTERNALDATE NIL BODY[] NIL)\r\n{tag} OK done\r\n"
BUG = b"{tag} NO [SERVERBUG] Internal error occurred\r\n"
SHORT = b"* 3 FETCH (UID 3 BODY[] {5000}\r\nFrom: half a mail\r\n"
GARBAGE = b"* 3 FETCH (UID 3 BODY[] (((\r\n{tag} OK done\r\n"


def read(server: OddImap, rounds: int = 1) -> tuple[list[RawMail], list[str]]:
    """What is kept after so many rounds, and what went wrong in them."""
    channel = channel_of(
        Imap(host="127.0.0.1", port=server.port, tls="none", user="anna", password="hemmelig")
    )
    kept: list[RawMail] = []
    troubles: list[str] = []
    cursor: str | None = None
    for _round in range(rounds):
        try:
            for batch in channel.fetch("INBOX", cursor, 3):
                kept += batch.messages
                cursor = batch.cursor
        except (ChannelDown, ChannelRefused) as problem:
            troubles.append(str(problem))
    channel.close()
    return kept, troubles


@pytest.mark.parametrize(
    "quirks",
    [
        {"untold": ("UIDNEXT",)},
        {"untold": ("UIDNEXT", "UIDVALIDITY")},
        {"exists": 4_294_967_295},
        {"exists": 0, "chatter": b"* 5 EXISTS\r\n", "untold": ("UIDNEXT",)},
        {"backwards": True},
        {"twice": True, "backwards": True},
        {"sizes": dict.fromkeys(MAILS, 0)},
        {"sizes": dict.fromkeys(MAILS, 1)},
        {"sizes": dict.fromkeys(MAILS, 100_000_000)},
        {"chatter": b"* 3 FETCH (FLAGS (\\Seen))\r\n* 9 EXISTS\r\n* 1 RECENT\r\n* OK still here\r\n"},
        {"chatter": b"* 2 FETCH (UID 2 FLAGS ())\r\n* FLAGS (\\Seen)\r\n"},
        {"odd": {"UID FETCH 1,2,3,5,8 (RFC822": BUG}},
        {"odd": {"UID FETCH 1,2,3 (INTERNAL": BUG}},
    ],
    ids=str,
)
def test_each_mail_comes_once_and_in_order(quirks: dict[str, Any]) -> None:
    with OddImap(MAILS, **quirks) as server:
        kept, troubles = read(server, rounds=2)
    assert [one.raw for one in kept] == list(MAILS.values())
    assert troubles == []
    assert not any(one.trouble for one in kept)


@pytest.mark.parametrize(
    ("answer", "rounds", "words"),
    [(NIL, 1, "gives nothing"), (BUG, 1, "SERVERBUG"), (SHORT, 9, "broke off"), (GARBAGE, 9, "broke off"),
     (b"* 3 FETCH (UID 3 BODY[] {99999999999}\r\n", 9, "broke off"), (None, 9, "broke off"),
     (b"{tag} NO [UNAVAILABLE] in the archive\r\n", 9, "broke off")],
    ids=["nil", "bug", "short", "garbage", "endless", "silent", "for now"],
)  # fmt: skip
def test_one_it_cannot_give_is_set_aside_and_holds_up_nothing(
    answer: bytes | None, rounds: int, words: str
) -> None:
    odd = {GIVE.format("3"): answer, GIVE.format("1,2,3"): answer, GIVE.format("3,5,8"): answer}
    with OddImap(MAILS, odd=odd) as server:
        kept, troubles = read(server, rounds)
        assert len(troubles) <= 8
    aside = kept[2]
    assert words in aside.trouble
    assert aside.raw == b""
    assert aside.source == "support/INBOX/7/3"
    assert [one.raw for one in kept if one is not aside] == [MAILS[uid] for uid in (1, 2, 5, 8)]


def test_a_large_one_it_cannot_give_holds_up_nothing_either() -> None:
    odd = {GIVE.format("3"): BUG}
    with OddImap(MAILS, odd=odd, sizes={3: 30_000_000}) as server:
        kept, troubles = read(server)
    assert [one.trouble != "" for one in kept] == [False, False, True, False, False]
    assert troubles == []


@pytest.mark.parametrize("odd", ["LOGIN", "EXAMINE", "UID FETCH", "UID SEARCH", "LIST"])
@pytest.mark.parametrize(
    "answer",
    [
        b"{tag} NO [UNAVAILABLE] later\r\n", b"{tag} NO [LIMIT] rate\r\n", b"{tag} NO [THROTTLED] slower\r\n",
        b"{tag} NO [INUSE] locked\r\n", b"{tag} NO [ALERT] Too many simultaneous connections. (Failure)\r\n",
        b"* BYE [UNAVAILABLE] shutting down\r\n{tag} OK done\r\n", b"* BYE Too many connections\r\n", None,
    ],
    ids=str,
)  # fmt: skip
def test_what_it_refuses_for_now_is_asked_again_and_nothing_is_blamed_on_the_password(
    odd: str, answer: bytes | None
) -> None:
    with OddImap(MAILS, odd={odd: answer}) as server:
        kept, (trouble,) = read(server)
        assert "password" not in trouble
        assert "tried again" in trouble
        assert all(not one.trouble for one in kept)
        server.odd = {}
        kept, _troubles = read(server)
        assert len(kept) == len(MAILS)


def test_a_greeting_that_sends_us_away_is_told_in_its_words() -> None:
    with OddImap(MAILS, greeting=b"* BYE Too many connections from you\r\n") as server:
        _kept, (trouble,) = read(server)
    assert "Too many connections from you" in trouble


def test_numbers_that_begin_high_are_found_without_asking_for_all_below(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailbox_module, "_UIDS_AT_ONCE", 3)
    mails = {4_000_000_000 + uid: raw for uid, raw in MAILS.items()}
    with OddImap(mails) as server:
        kept, _troubles = read(server)
        assert len(server.commands) < 40
    assert [one.raw for one in kept] == list(MAILS.values())

"""A reply: what is frozen at the stroke, how it threads, what stops it, and that its text is never lost."""

import email
import zlib
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.world import SUPPORT, World
from sqlalchemy import text

from agentdesk.domain import replyaddress
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import Problem, Refused, Stale
from agentdesk.services import drafts, outbox, people, replies, triage, undo
from agentdesk.services.drafts import Typed
from agentdesk.services.keys import reply_key
from agentdesk.services.replies import CaseMoved


def _mail(world: World, message_id: int) -> EmailMessage:
    with world.store.session() as session:
        data = session.execute(
            text("select data from raws where message_id = :m"), {"m": message_id}
        ).scalar_one()
    found = email.message_from_bytes(zlib.decompress(data), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_reply_answers_in_its_thread(world: World) -> None:
    with world.unit() as unit:
        unit.session.execute(text("update agents set signature = 'Anna, the shop' where login = 'anna'"))
    first = world.comes(
        "Hvor er min ordre?\nHilsen Karen", subject="Ordre 17 æøå", message_id="<one@example.com>"
    )
    second = world.letter("Er du der?", answers="one@example.com", references="<zero@x> <one@example.com>")
    world.receive(second)
    second_id = second.message and second.message.message_id
    sent = world.replies(first, "Den er på vej.\n\nÆrbødigst", cc=(Address("Friend", "friend@example.org"),))
    mail = _mail(world, sent.message_id)
    assert mail["In-Reply-To"] == f"<{second_id}>"
    assert str(mail["References"]).split() == ["<zero@x>", "<one@example.com>", f"<{second_id}>"]
    assert mail["Subject"] == "Re: Order 17"
    assert str(mail["From"]) == f"Anna <{SUPPORT}>"
    assert str(mail["To"]) == "Karen <karen@example.com>"
    assert str(mail["Cc"]) == "Friend <friend@example.org>"
    assert mail["Reply-To"] is None
    body = _body(mail)
    assert body.startswith("Den er på vej.\n\nÆrbødigst\n\n-- \nAnna, the shop\n")
    assert "> Er du der?" in body
    assert "Karen wrote:" in body


def test_the_history_is_introduced_in_the_channels_language(world: World) -> None:
    world.mailbox(language="da", signature="Butikken")
    sent = world.replies(world.comes())
    body = _body(_mail(world, sent.message_id))
    assert "Den 2026-03-02 09:00 skrev Karen:" in body
    assert "-- \nButikken\n" in body


def test_recipients_are_frozen_at_the_stroke_and_bcc_stands_in_no_byte(world: World) -> None:
    case_id = world.comes()
    sent = world.replies(
        case_id, to=(Address("Karen", "Karen.Hansen@Example.com"),),
        cc=(Address("", "karen.hansen@example.com"), Address("", "c@x.example")),
        bcc=(Address("", "secret@x.example"),),
    )  # fmt: skip
    with world.unit() as unit:
        unit.session.execute(text("update channels set address = 'other@shop.example'"))
        unit.session.execute(text("update addresses set address = 'moved@example.com'"))
    world.later(minutes=1)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
    assert out.sender == SUPPORT
    assert sorted(out.recipients) == ["c@x.example", "karen.hansen@example.com", "secret@x.example"]
    assert b"secret@" not in out.raw
    assert out.raw == bytes(zlib.decompress(_raw(world, sent.message_id)))


def _raw(world: World, message_id: int) -> bytes:
    return bytes(world.value("select data from raws where message_id = :m", m=message_id))


def test_an_address_keeps_its_letters(world: World) -> None:
    world.replies(world.comes(), to=(Address("", "Karen.Hansen@example.com"),))
    assert world.value("select recipients from outbox") == '["Karen.Hansen@example.com"]'


def test_bytes_and_message_id_stay_the_same_over_every_attempt(world: World) -> None:
    world.replies(world.comes())
    seen = set()
    for _attempt in range(4):
        world.later(hours=3)
        with world.unit() as unit:
            (out,) = outbox.claim_due(unit, "w")
        seen.add(out.raw)
        with world.unit() as unit:
            outbox.retry_later(unit, out.outbox_id, "no answer")
    world.later(hours=3)
    world.delivers(Delivery.UNSURE)
    with world.unit("anna") as unit:
        outbox.retry(unit, out.outbox_id)
    with world.unit() as unit:
        seen.update(one.raw for one in outbox.claim_due(unit, "w"))
    assert len(seen) == 1


def test_the_signed_address_is_used_only_when_it_was_proven(world: World) -> None:
    world.mailbox(reply_address="support+{token}@shop.example")
    case_id = world.comes()
    assert _mail(world, world.replies(case_id).message_id)["Reply-To"] is None
    with world.unit() as unit:
        people.verify_reply_address(unit, "support")
        token = replyaddress.sign(case_id, reply_key(unit))
    mail = _mail(world, world.replies(case_id, "again").message_id)
    assert f"<support+{token}@shop.example>" in str(mail["Reply-To"])
    world.mailbox(reply_address="other+{token}@shop.example")
    assert _mail(world, world.replies(case_id, "third").message_id)["Reply-To"] is None


def test_a_subject_token_stands_once(world: World) -> None:
    world.mailbox(subject_token=True)
    case_id = world.comes()
    subject = str(_mail(world, world.replies(case_id).message_id)["Subject"])
    assert subject == f"Re: Order 17 [#{case_id}]"
    again = world.replies(case_id, "again", subject=subject)
    assert str(_mail(world, again.message_id)["Subject"]) == subject


def test_no_header_can_be_smuggled_in(world: World) -> None:
    sent = world.replies(
        world.comes(), "body", subject="x\r\nBcc: victim@example.org",
        to=(Address('K"\r\nX-Evil: 1', "karen@example.com"),),
    )  # fmt: skip
    mail = _mail(world, sent.message_id)
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None


def test_a_reply_goes_its_way_from_held_to_sent(world: World) -> None:
    case_id = world.comes()
    sent = world.replies(case_id)
    states = [world.value("select state from outbox")]
    assert world.delivers() == []
    world.later(seconds=10)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
    states.append(world.value("select state from outbox"))
    with world.unit() as unit:
        outbox.mark_sending(unit, out.outbox_id, "w")
    states.append(world.value("select state from outbox"))
    with world.unit() as unit:
        outbox.settle(unit, out.outbox_id, Delivery.SENT)
    states.append(world.value("select state from outbox"))
    assert states == ["held", "queued", "sending", "sent"]
    case = world.case(case_id)
    assert (case.status, case.owner_id, case.unread) == ("pending", world.agents["anna"].id, 0)
    assert sent.not_before == world.value("select not_before from outbox")
    moves = world.rows(
        "select before, after from changes where kind = 'outbox' and field = 'state' order by id"
    )
    assert [tuple(row) for row in moves] == [("held", "queued"), ("queued", "sending"), ("sending", "sent")]


def test_without_hold_back_it_is_queued_at_once(world: World) -> None:
    world.replies(world.comes(), hold=0)
    assert world.value("select state from outbox") == "queued"
    assert len(world.delivers()) == 1


@pytest.mark.parametrize(("resolve", "status"), [(False, "pending"), (True, "resolved")])
def test_reply_status_and_owner_are_one_stroke(world: World, resolve: bool, status: str) -> None:
    case_id = world.comes()
    before = world.snapshot()
    sent = world.replies(case_id, resolve=resolve)
    assert world.case(case_id).status == status
    with world.unit("anna") as unit:
        undo.undo(unit, sent.stroke)
    assert world.snapshot() == before
    assert world.draft_of("anna", case_id).body == "It is on its way."


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"body": " \n"}, "is empty"),
        ({"to": ()}, "Nobody is in To"),
        ({"to": (Address("Karen", " "),)}, "Nobody is in To"),
        ({"channel_id": 4711}, "no mailbox"),
    ],
)
def test_what_cannot_be_sent_is_refused_whole(world: World, how: dict[str, object], words: str) -> None:
    case_id = world.comes()
    before = world.snapshot()
    with pytest.raises(Problem, match=words):
        world.replies(case_id, **how)  # type: ignore[arg-type]
    assert world.snapshot() == before
    assert world.value("select count(*) from strokes") == 0


def test_a_closed_case_takes_no_reply(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        triage.set_status(unit, case_id, Status.CLOSED)
    with pytest.raises(Refused, match="closed"):
        world.replies(case_id)


def test_a_reply_in_a_merged_case_lands_in_its_target(world: World) -> None:
    first, second = world.comes(), world.comes(subject="b")
    with world.unit() as unit:
        unit.session.execute(
            text(f"update cases set merged_into = {second}, status = 'closed' where id = {first}")
        )
    with pytest.raises(CaseMoved):  # what stands in the target was not seen
        world.replies(first)
    assert world.replies(first, seen_message_id=0).case_id == second


def _customer(world: World, case_id: int) -> None:
    world.comes("One more thing", answers=_first_id(world, case_id))


def _first_id(world: World, case_id: int) -> str:
    return str(
        world.value("select message_id from messages where case_id = :c order by id limit 1", c=case_id)
    )


@pytest.mark.parametrize("who", ["customer", "colleague", "colleague's note", "phone"])
def test_a_reply_stops_when_the_case_moved_and_goes_when_told_so(world: World, who: str) -> None:
    case_id = world.comes()
    typed = world.typed(case_id, "My answer")
    world.saves(typed)
    if who == "customer":
        _customer(world, case_id)
    elif who == "colleague":
        world.replies(case_id, "Bo was here", who="bo")
    elif who == "colleague's note":
        with world.unit("bo") as unit:
            replies.note(unit, case_id, "Wait for me")
    else:
        world.comes(
            "ok", sender=SUPPORT, to="karen@example.com", answers=_first_id(world, case_id), sent_by_us=True
        )
    names = {
        "customer": "customer",
        "colleague": "Bo answered",
        "colleague's note": "Bo left a note",
        "phone": "elsewhere",
    }
    with pytest.raises(CaseMoved, match=names[who]), world.unit("anna") as unit:
        replies.send(unit, typed)
    assert world.draft_of("anna", case_id).body == "My answer"
    with world.unit("anna") as unit:
        replies.send(unit, replace(typed, seen_message_id=0))
    assert world.draft_of("anna", case_id) is None


def test_what_does_not_move_a_case_stops_nothing(world: World) -> None:
    case_id = world.comes()
    typed = world.typed(case_id, "Second thought")
    world.replies(case_id, "My own first answer")
    world.comes("I am away", answers=_first_id(world, case_id), headers={"Auto-Submitted": "auto-replied"})
    bo = world.replies(case_id, "Bo thought better", who="bo", seen_message_id=0)
    with world.unit("bo") as unit:
        undo.undo(unit, bo.stroke)
    with world.unit("anna") as unit:
        replies.send(unit, typed)


def test_a_reply_taken_back_in_time_is_text_again_with_its_files(world: World) -> None:
    case_id = world.comes()
    typed = world.typed(
        case_id, "See the file", cc=(Address("", "c@x.example"),), bcc=(Address("", "b@x.example"),)
    )
    saved = world.saves(typed)
    files = [
        Enclosure("kvittering æ.pdf", "application/pdf", bytes(range(256)) * 20),
        Enclosure("n.txt", "text/plain", b"hi\r\n"),
    ]
    with world.unit("anna") as unit:
        for file in files:
            drafts.attach(unit, saved.id, file)
    with world.unit("anna") as unit:
        sent = replies.send(
            unit, world.typed(case_id, "See the file", cc=typed.cc, bcc=typed.bcc, version=saved.version)
        )
    assert world.draft_of("anna", case_id) is None
    assert world.value("select count(*) from attachments where message_id = :m", m=sent.message_id) == 2
    with world.unit("anna") as unit:
        undo.undo(unit, sent.stroke)
    draft = world.draft_of("anna", case_id)
    assert (draft.body, draft.to, draft.cc, draft.bcc) == ("See the file", typed.to, typed.cc, typed.bcc)
    assert draft.version > saved.version
    with world.unit("anna") as unit:
        assert drafts.files_of(unit, draft.id) == tuple(files)
    with world.unit("anna") as unit:
        again = replies.send(
            unit, world.typed(case_id, draft.body, cc=draft.cc, bcc=draft.bcc, version=draft.version)
        )
    assert [part.get_filename() for part in _mail(world, again.message_id).iter_attachments()] == [
        "kvittering æ.pdf",
        "n.txt",
    ]


def test_what_was_begun_since_stands_behind_the_text_that_came_back(world: World) -> None:
    case_id = world.comes()
    sent = world.replies(case_id, "First")
    world.saves(world.typed(case_id, "Begun since"))
    with world.unit("anna") as unit:
        undo.undo(unit, sent.stroke)
    assert world.draft_of("anna", case_id).body == "First\n\nBegun since"


def test_a_send_does_not_take_newer_text_of_another_terminal_with_it(world: World) -> None:
    case_id = world.comes()
    first = world.saves(world.typed(case_id, "short"), terminal="t1")
    world.saves(world.typed(case_id, "short and longer", version=first.version), terminal="t2")
    with pytest.raises(Stale, match="another terminal"):
        world.replies(case_id, "short", version=first.version)
    assert world.draft_of("anna", case_id).body == "short and longer"


def test_a_reply_from_the_command_line_leaves_the_desks_draft_alone(world: World) -> None:
    case_id = world.comes()
    saved = world.saves(world.typed(case_id, "half typ"))
    with world.unit("anna") as unit:
        drafts.attach(unit, saved.id, Enclosure("secret.txt", "text/plain", b"s"))
    sent = world.replies(case_id, "by script", alone=True)
    assert world.draft_of("anna", case_id).body == "half typ"
    assert list(_mail(world, sent.message_id).iter_attachments()) == []


def test_a_reply_stands_under_nothing_that_never_left(world: World) -> None:
    with world.unit("anna") as unit:
        begun = replies.begin(
            unit, Typed("new", None, to=(Address("Ole", "ole@x.example"),), subject="Hi", body="one")
        )
    with world.unit("anna") as unit:
        outbox.cancel(unit, world.value("select id from outbox"))
    mail = _mail(world, world.replies(begun.case_id, "two", subject="Hi", alone=True).message_id)
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None


def test_a_reply_quotes_the_person_and_not_the_machine(world: World) -> None:
    case_id = world.comes("the real question")
    world.later(minutes=1)
    world.comes("I am away", answers=_first_id(world, case_id), headers={"Auto-Submitted": "auto-replied"})
    mail = _mail(world, world.replies(case_id).message_id)
    assert mail["In-Reply-To"] == f"<{_first_id(world, case_id)}>"
    assert "> the real question" in _body(mail)


def test_a_mail_without_an_id_is_quoted_all_the_same(world: World) -> None:
    from services.world import incoming

    world.receive(
        incoming(b"From: karen@example.com\nTo: support@shop.example\nSubject: no id\n\nquote me\n")
    )
    mail = _mail(world, world.replies(1).message_id)
    assert mail["In-Reply-To"] is None
    assert "> quote me" in _body(mail)


def test_a_new_mail_opens_a_pending_case_and_undo_gives_it_back_as_a_new_mail(world: World) -> None:
    typed = Typed("new", None, to=(Address("Ole", "ole@x.example"),), subject="Your order", body="It is here")
    saved = world.saves(typed)
    with world.unit("anna") as unit:
        begun = replies.begin(
            unit,
            Typed("new", None, to=typed.to, subject=typed.subject, body=typed.body, version=saved.version),
        )
    case = world.case(begun.case_id)
    assert (case.status, case.owner_id, case.subject) == ("pending", world.agents["anna"].id, "Your order")
    assert world.draft_of("anna", None) is None
    with world.unit("anna") as unit:
        undo.undo(unit, begun.stroke)
    draft = world.draft_of("anna", None)
    assert (draft.kind, draft.body, draft.subject, draft.to) == ("new", "It is here", "Your order", typed.to)
    assert world.case(begun.case_id).status == "closed"


def test_two_new_mails_to_different_people_are_never_mixed(world: World) -> None:
    with world.unit("anna") as unit:
        begun = replies.begin(
            unit, Typed("new", None, to=(Address("", "a@x.example"),), subject="A", body="for a")
        )
    world.saves(Typed("new", None, to=(Address("", "b@x.example"),), subject="B", body="for b"))
    with world.unit("anna") as unit:
        undo.undo(unit, begun.stroke)
    assert world.draft_of("anna", None).body == "for b"
    assert world.draft_of("anna", begun.case_id).body == "for a"


def test_a_note_is_seen_by_colleagues_only_and_leaves_clock_and_recipients_alone(world: World) -> None:
    case_id = world.comes()
    saved = world.saves(Typed("note", case_id, body="check stock"))
    with world.unit("anna") as unit:
        replies.note(unit, case_id, "check stock\n", saved.id)
    case = world.case(case_id)
    assert (case.status, case.waiting_since, case.unread) == ("open", world.at, 0)
    assert world.value("select count(*) from outbox") == 0
    assert world.draft_of("anna", case_id) is None
    with pytest.raises(Problem, match="empty"), world.unit("anna") as unit:
        replies.note(unit, case_id, "\n ")


@pytest.mark.parametrize("kind", ["reply", "note", "new"])
def test_what_no_store_holds_may_be_pasted_and_stops_nothing(world: World, kind: str) -> None:
    bad = "be\x00fore\ud800 \x1b[31mafter"
    case_id = world.comes()
    case = None if kind == "new" else case_id
    typed = Typed(kind, case, to=(Address(bad, "k@x.example"),), subject=bad, body=bad, seen_message_id=1)
    saved = world.saves(typed)
    assert world.draft_of("anna", case).body == "before [31mafter"
    with world.unit("anna") as unit:
        if kind == "note":
            replies.note(unit, case_id, bad, saved.id)
        elif kind == "new":
            replies.begin(unit, replace(typed, version=saved.version))
        else:
            replies.send(unit, replace(typed, version=saved.version))
    assert world.draft_of("anna", case) is None
    assert "before [31mafter" in world.value("select text from messages order by id desc limit 1")


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.sampled_from(["t1", "t2"])),
        st.tuples(
            st.sampled_from(["send", "undo", "redo", "customer", "load", "deliver"]),
            st.sampled_from(["t1", "t2"]),
        ),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=_STEPS)
def test_no_word_is_ever_lost_whatever_two_terminals_do(world: World, steps: list[tuple[str, str]]) -> None:
    """Every text that a terminal was told is stored stands afterwards in the draft or in a message that is leaving."""
    case_id = world.comes(f"new {world.now} {steps}", message_id=None)
    screens: dict[str, tuple[str, int]] = {"t1": ("", 0), "t2": ("", 0)}
    strokes: list[int] = []
    undone: list[int] = []
    kept: set[str] = set()
    for number, (act, terminal) in enumerate(steps):
        body, version = screens[terminal]
        world.later(seconds=1)
        try:
            if act == "type":
                word = f"w{number}."
                saved = world.saves(world.typed(case_id, body + word, version=version), terminal=terminal)
                screens[terminal] = (body + word, saved.version)
                kept.add(word)
            elif act == "load":
                draft = world.draft_of("anna", case_id)
                screens[terminal] = (draft.body, draft.version) if draft else ("", 0)
            elif act == "send" and body:
                strokes.append(world.replies(case_id, body, version=version, hold=600).stroke)
                screens[terminal] = ("", 0)
            elif act == "undo" and strokes:
                with world.unit("anna") as unit:
                    undone.append(undo.undo(unit, strokes[-1])[0])
                strokes.pop()
            elif act == "redo" and undone:
                with world.unit("anna") as unit:
                    strokes.append(undo.undo(unit, undone[-1])[0])
                undone.pop()
            elif act == "customer":
                world.comes(f"more {number} {world.now}", answers=_first_id(world, case_id))
            elif act == "deliver":
                world.later(seconds=601)
                world.delivers()
        except Refused:
            continue
    draft = world.draft_of("anna", case_id)
    left = world.rows(
        "select m.text from messages m join outbox o on o.message_id = m.id"
        " where o.state <> 'cancelled' and m.case_id = :c",
        c=case_id,
    )  # fmt: skip
    stands = "".join([draft.body if draft else "", *(row.text for row in left)])
    assert [word for word in kept if word not in stands] == []

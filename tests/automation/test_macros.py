"""A macro: what is shown before it acts is what it does, all of it or nothing, and one undo takes all of it back."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from services.world import World, store, world
from sqlalchemy import insert, update

from agentdesk.automation import bulk, macros
from agentdesk.automation.actions import lines_of, read_lines
from agentdesk.domain.bulk import Picked, begun
from agentdesk.domain.macros import Macro, MacroText, Preview
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import NotFound, Problem, Refused, Stale
from agentdesk.mail.parse import parse
from agentdesk.queries import macros as reads
from agentdesk.services import people, replies, undo
from agentdesk.services.drafts import Typed
from agentdesk.store import codec
from agentdesk.store.tables import agents, customers, memberships, order_lines, order_sources, orders, teams
from agentdesk.store.unit import SYSTEM, Actor

__all__ = ["store", "world"]

LATE = Macro(
    "Delayed parcel",
    texts=(
        MacroText(
            "en",
            "Hi {{ customer.first_name|default('there') }}\n\nOrder {{ order.number }} is late."
            "\n\n{{ agent.first_name }}",
        ),
        MacroText(
            "da", "Hej {{ customer.first_name|default('kunde') }}\n\nOrdre {{ order.number }} er forsinket."
        ),
    ),
    actions=read_lines(
        "snooze tomorrow 9; tag +late -new; owner bo; priority high; note Asked GLS about {{ order.number }}"
    ),
)


def order(world: World, number: str, address: str) -> None:
    with world.unit() as unit:
        source = unit.session.execute(
            insert(order_sources).values(name=f"shop {number}", kind="csv")
        ).inserted_primary_key
        key = unit.session.execute(
            insert(orders).values(
                source_id=source[0], number=number, address=address, placed_at=unit.at, total="10"
            )
        ).inserted_primary_key
        unit.session.execute(
            insert(order_lines).values(order_id=key[0], position=1, name="Lamp", amount="10")
        )


def keep(world: World, macro: Macro, who: str = "") -> int:
    with world.unit(who) as unit:
        return macros.save(unit, macro)


def shown(world: World, macro_id: int, case_id: int, **how: Any) -> Preview:
    with world.store.session() as session:
        return macros.preview(session, macro_id, case_id, me=world.agents["anna"].id, now=world.now, **how)


def run(world: World, macro_id: int, case_id: int, **how: Any) -> Any:
    with world.unit("anna") as unit:
        return macros.run(unit, macro_id, case_id, **how)


def everything(world: World) -> list[Any]:
    """All that a macro could leave, but for what only grows: the log and counters of versions."""
    return [
        world.snapshot(), world.rows("select kind, item_id, case_id from uses order by id"),
        world.rows("select agent_id, case_id, kind, body from drafts order by id"),
    ]  # fmt: skip


def test_the_preview_shows_text_recipients_and_each_change_from_before_to_after(world: World) -> None:
    case = world.comes("Where is 10231?", sender="Karen Holm <karen@example.com>")
    order(world, "10231", "karen@example.com")
    seen = shown(world, keep(world, LATE), case, seen=1)
    assert seen.text == "Hi Karen\n\nOrder 10231 is late.\n\nAnna"
    assert [one.address for one in seen.to] == ["karen@example.com"]
    assert seen.problems == ()
    changes = {one.field: (one.before, one.after) for one in seen.will}
    assert changes == {
        "status": ("new", "snoozed until"), "owner": ("nobody", "Bo"), "tags": ("", "late"),
        "priority": ("normal", "high"), "note": ("", "Asked GLS about 10231"),
    }  # fmt: skip
    until = next(one.until for one in seen.will if one.field == "status")
    assert until is not None
    assert until - world.now == timedelta(days=1)


def test_what_is_done_is_what_was_shown_in_one_stroke_and_u_takes_all_of_it_back(world: World) -> None:
    case = world.comes("Where is 10231?", sender="Karen Holm <karen@example.com>")
    order(world, "10231", "karen@example.com")
    macro = keep(world, LATE)
    world.saves(world.typed(case, "half a thou"))
    before = everything(world)
    preview = shown(world, macro, case)
    world.later(seconds=5)
    ran = run(world, macro, case, seen=preview.newest)
    row = world.case(case)
    assert (row.status, row.owner_id, row.priority) == ("snoozed", world.agents["bo"].id, 2)
    sent = world.one("select text, kind from messages where id = :i", i=ran.message_id)
    assert sent.text.startswith(preview.text)
    assert (
        world.value("select count(*) from messages where kind = 'note' and text = 'Asked GLS about 10231'")
        == 1
    )
    assert world.value("select count(*) from strokes where undoes is null and desk = 'anna'") == 1
    assert world.draft_of("anna", case).body == "half a thou"
    assert len(world.rows("select * from uses where kind = 'macro'")) == 1
    with world.unit("anna") as unit:
        assert undo.undo_newest(unit) == (case, "macro")
    assert everything(world) == before
    with world.unit("anna") as unit:
        undo.redo_newest(unit)
    assert world.case(case).status == "snoozed"
    assert len(world.rows("select * from uses where kind = 'macro'")) == 1
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert everything(world) == before


@pytest.mark.parametrize(
    ("broken", "said"), [("owner zoe", "zoe has left"), ("team Nowhere", "no team called Nowhere")]
)
def test_a_step_that_fails_leaves_nothing_done_and_is_never_reported_as_done(
    world: World, broken: str, said: str
) -> None:
    case = world.comes()
    with world.unit() as unit:
        people.team_id(unit, "Nowhere")
        people.add_agent(unit, "zoe", "Zoe")
    macro = keep(
        world,
        Macro("Two steps", texts=(MacroText("en", "Thanks."),), actions=read_lines(f"tag +x; {broken}")),
    )
    with world.unit() as unit:  # it was in order when it was written
        unit.session.execute(update(agents).where(agents.c.login == "zoe").values(active=False))
        unit.session.execute(update(teams).values(name="Elsewhere"))
    before = everything(world)
    assert said in shown(world, macro, case).problems[0]
    with pytest.raises(Problem, match=said):
        run(world, macro, case)
    assert everything(world) == before
    assert world.value("select count(*) from messages where kind = 'outbound'") == 0


def test_a_step_that_only_the_verb_refuses_takes_the_reply_back_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.comes()
    macro = keep(
        world, Macro("Two steps", texts=(MacroText("en", "Thanks."),), actions=read_lines("priority high"))
    )
    before = everything(world)

    def refuses(*_arguments: object) -> int:
        raise Refused("not now")

    monkeypatch.setattr("agentdesk.services.triage.set_priority", refuses)
    with pytest.raises(Refused, match="not now"):
        run(world, macro, case)
    assert everything(world) == before


def test_an_empty_place_stops_it_and_is_named(world: World) -> None:
    case = world.comes(sender="karen@example.com")
    macro = keep(world, Macro("Greeting", texts=(MacroText("en", "Hi {{ customer.first_name }},\nhello."),)))
    problems = shown(world, macro, case).problems
    assert len(problems) == 1
    assert "«customer.first_name» is empty here" in problems[0]
    with pytest.raises(Problem, match=r"customer\.first_name"):
        run(world, macro, case)
    assert world.value("select count(*) from messages where kind = 'outbound'") == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi Mette,\nit is on its way.", "Mette"),
        ("Hello,\nMette Sørensen has got it.", "Mette Sørensen"),
        ("Hello,\norder 77012 is on its way.", "77012"),
    ],
)
def test_another_customers_name_or_order_stops_it(world: World, text: str, said: str) -> None:
    world.comes(sender="Mette Sørensen <mette@example.dk>")
    case = world.comes(sender="Karen Holm <karen@example.com>", subject="Another")
    order(world, "77012", "mette@example.dk")
    macro = keep(world, Macro("Wrong", texts=(MacroText("en", text),)))
    assert said in shown(world, macro, case).problems[0]
    with pytest.raises(Problem, match=said):
        run(world, macro, case)


def test_the_customers_and_a_colleagues_own_names_stop_nothing(world: World) -> None:
    case = world.comes(sender="Karen Holm <karen@example.com>")
    with world.unit() as unit:
        unit.session.execute(update(agents).where(agents.c.login == "bo").values(name="Bo Lund"))
        unit.session.execute(insert(customers).values(name="Bo Lund"))
    macro = keep(world, Macro("Fine", texts=(MacroText("en", "Hi Karen,\nKaren Holm is known to Bo Lund."),)))
    assert shown(world, macro, case).problems == ()


def test_new_lines_are_shown_and_what_came_after_the_preview_stops_it(world: World) -> None:
    case = world.comes(sender="Karen Holm <karen@example.com>", message_id="<a@example.com>")
    first = world.value("select max(id) from messages")
    macro = keep(world, Macro("Thanks", texts=(MacroText("en", "Thanks."),)))
    world.later(minutes=1)
    world.comes("And hurry!", sender="Karen Holm <karen@example.com>", answers="a@example.com")
    preview = shown(world, macro, case, seen=first)
    assert [(one.who, one.text.strip()) for one in preview.new] == [("Karen Holm", "And hurry!")]
    with pytest.raises(replies.CaseMoved):
        run(world, macro, case, seen=first)
    assert run(world, macro, case, seen=preview.newest).message_id is not None


def test_without_a_text_it_hides_nothing_that_was_not_seen(world: World) -> None:
    case = world.comes(message_id="<a@example.com>")
    first = world.value("select max(id) from messages")
    macro = keep(world, Macro("Spam", actions=read_lines("status spam")))
    world.comes("Wait!", answers="a@example.com")
    with pytest.raises(Stale):
        run(world, macro, case, seen=first)
    assert world.case(case).status == "new"


@pytest.mark.parametrize(
    ("wrote", "mailbox", "wanted"),
    [("Hvor er min pakke? Jeg har ikke fået den endnu, og jeg er meget ked af det.", "en", "da"),
     ("Where is my parcel? I have been waiting for it for two weeks now.", "da", "en"),
     ("12", "da", "da"), ("12", "de", "en")],
)  # fmt: skip
def test_the_text_is_in_the_customers_language_then_the_mailboxs_then_english(
    world: World, wrote: str, mailbox: str, wanted: str
) -> None:
    channel = world.mailbox("other", "other@shop.example", language=mailbox)
    case = world.letter(wrote, to="other@shop.example", sender="Karen <karen@example.com>")
    world.receive(case, channel=channel)
    order(world, "10231", "karen@example.com")
    number = world.value("select max(id) from cases")
    assert shown(world, keep(world, LATE), number).language == wanted
    assert shown(world, 1, number, language="da").text.startswith("Hej Karen")


def test_files_go_along_and_come_back_with_nothing(world: World) -> None:
    case = world.comes()
    macro = Macro("With a file", texts=(MacroText("en", "Here it is."),), actions=read_lines("attach guide.txt"),
                  files=(Enclosure("guide.txt", "text/plain", b"fold it"),))  # fmt: skip
    ran = run(world, keep(world, macro), case)
    raw = codec.unpack(world.value("select data from raws where message_id = :i", i=ran.message_id))
    assert [one.filename for one in parse(raw).attachments] == ["guide.txt"]


def test_the_text_as_the_agent_changed_it_is_sent_as_it_stands_and_comes_back_as_a_draft(
    world: World,
) -> None:
    case = world.comes()
    macro = keep(world, Macro("Thanks", texts=(MacroText("en", "Thanks."),), actions=read_lines("tag +done")))
    ran = run(world, macro, case, body="Thanks a lot, {{ not a place }}.")
    assert "{{ not a place }}" in world.value("select text from messages where id = :i", i=ran.message_id)
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert world.draft_of("anna", case).body == "Thanks a lot, {{ not a place }}."


def test_when_the_customer_writes_during_the_hold_back_the_text_comes_to_the_composer(world: World) -> None:
    case = world.comes(message_id="<a@example.com>")
    run(world, keep(world, Macro("Thanks", texts=(MacroText("en", "Thanks."),))), case)
    world.comes("One more thing", answers="a@example.com")
    assert world.draft_of("anna", case).body == "Thanks."


def test_a_composers_text_is_sent_with_its_draft_and_the_actions_follow_in_the_same_stroke(
    world: World,
) -> None:
    case = world.comes()
    macro = keep(
        world, Macro("Thanks", texts=(MacroText("en", "Thanks."),), actions=read_lines("status resolved"))
    )
    saved = world.saves(world.typed(case, "Thanks, dear."))
    before = everything(world)
    with world.unit("anna") as unit:
        macros.send_edited(unit, macro, replace(world.typed(case, "Thanks, dear."), version=saved.version))
    assert world.case(case).status == "resolved"
    assert world.draft_of("anna", case) is None
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert everything(world) == before


def test_a_new_message_begins_with_a_macro_and_its_actions_are_done_to_the_new_case(world: World) -> None:
    order(world, "10231", "karen@example.com")
    typed = Typed("new", None, (Address("Karen Holm", "karen@example.com"),), subject="About 10231",
                  channel_id=world.channel, alone=True)  # fmt: skip
    macro = keep(world, LATE)
    with world.unit("anna") as unit:
        ran = macros.begin(unit, macro, typed)
    assert world.value("select text from messages where id = :i", i=ran.message_id).startswith(
        "Hi Karen\n\nOrder 10231"
    )
    assert world.case(ran.case_id).status == "snoozed"


@pytest.mark.parametrize(
    ("macro", "said"),
    [
        (Macro("", texts=(MacroText("en", "x"),)), "needs a name"),
        (Macro("Empty"), "needs a text, an action"),
        (
            Macro("x", texts=(MacroText("en", "{{ customer.nam }}"),)),
            "en: Line 1: there is no variable «customer.nam»",
        ),
        (Macro("x", texts=(MacroText("english", "x"),)), "is no language"),
        (Macro("x", actions=({"kind": "tag"},)), "names no tag"),
        (Macro("x", actions=({"kind": "stauts"},)), "did you mean status"),
        (Macro("x", actions=({"kind": "team", "value": "Nowhere"},)), "no team called Nowhere"),
        (Macro("x", actions=({"kind": "owner", "value": "zoe"},)), "no agent called zoe"),
        (Macro("x", actions=({"kind": "snooze", "value": "someday"},)), "not understood as a time"),
        (Macro("x", actions=({"kind": "attach", "file": "a.txt"},)), "no file a.txt"),
        (
            Macro("x", actions=({"kind": "status", "value": "open"}, {"kind": "snooze", "value": "monday"})),
            "leave out",
        ),
        (Macro("x", actions=({"kind": "status", "value": "open"},) * 2), "twice"),
        (Macro("x", actions=({"kind": "note", "text": "{{ nobody }}"},)), "no variable"),
        (Macro("x", scope="team", team="Nowhere", texts=(MacroText("en", "x"),)), "no team called Nowhere"),
    ],
)
def test_what_is_written_wrongly_is_refused_when_it_is_kept(world: World, macro: Macro, said: str) -> None:
    if world.store.dialect != "sqlite":
        pytest.skip("the same words on every database")
    with pytest.raises(Problem, match=said):
        keep(world, macro)
    assert world.rows("select id from macros") == []


def test_who_may_change_what_and_who_sees_what(world: World) -> None:
    world.agents["boss"] = Actor(world.agent("boss").id, "boss", "supervisor")
    with world.unit() as unit:
        team = people.team_id(unit, "GLS")
        unit.session.execute(insert(memberships).values(team_id=team, agent_id=world.agents["anna"].id))
    plain = Macro("Thanks", texts=(MacroText("en", "Thanks."),))
    with pytest.raises(Refused, match="supervisors and admins"):
        keep(world, plain, "anna")
    with pytest.raises(Refused, match="its members"):
        keep(world, replace(plain, scope="team", team="GLS"), "bo")
    everyone = keep(world, plain, "boss")
    team_s = keep(world, replace(plain, scope="team", team="GLS"), "anna")
    own = keep(world, replace(plain, scope="personal"), "anna")
    for macro in (everyone, team_s, own):
        with pytest.raises(Refused), world.unit("bo") as unit:
            macros.save(unit, replace(plain, scope="personal"), macro)
    with world.store.session() as session:
        seen = {
            who: {one.id for one in reads.visible(session, world.agents[who].id)} for who in ("anna", "bo")
        }
    assert seen == {"anna": {everyone, team_s, own}, "bo": {everyone}}


def test_a_colleagues_own_macro_is_neither_shown_nor_run_by_its_number(world: World) -> None:
    own = keep(world, Macro("Mine", scope="personal", texts=(MacroText("en", "Hi."),)), "bo")
    case = world.comes()
    with pytest.raises(NotFound):
        shown(world, own, case)
    with pytest.raises(NotFound):
        run(world, own, case)
    with pytest.raises(NotFound), world.unit("anna") as unit:
        macros.follow(unit, own, case, now=world.now)


def test_newer_text_is_not_overwritten_and_a_retired_macro_comes_back_by_undo(world: World) -> None:
    plain = Macro("Thanks", texts=(MacroText("en", "Thanks."),))
    macro = keep(world, plain)
    with world.unit() as unit:
        macros.save(unit, replace(plain, name="Many thanks"), macro, version=1)
    with pytest.raises(Stale), world.unit() as unit:
        macros.save(unit, plain, macro, version=1)
    world.agents["boss"] = Actor(world.agent("boss").id, "boss", "admin")
    with world.unit("boss") as unit:
        macros.keeping.retire(unit, macro)
    with world.store.session() as session:
        assert reads.visible(session, None) == ()
    with world.unit("boss") as unit:
        undo.undo_newest(unit)
    with world.store.session() as session:
        assert [one.name for one in reads.visible(session, None)] == ["Many thanks"]


def test_opening_hours_and_the_order_the_customer_named_are_filled_in(world: World) -> None:
    world.mailbox(hours="mon-fri 9-16, sat 10-14")
    case = world.comes(
        "Hello, it is about order 10102. Where is it? I have waited so long.",
        sender="Karen Holm <karen@example.com>",
    )
    for number in ("10102", "10231"):
        order(world, number, "karen@example.com")
    text = "{{ order.number }} {{ order.items }} {{ order.total }}; {{ hours.today }}; {{ hours.week }};"
    text += " {{ date.today }}"
    macro = keep(world, Macro("Facts", texts=(MacroText("en", text),)))
    made = shown(world, macro, case).text
    assert made == "10102 Lamp 10.00; 9–16; Monday to Friday 9–16, Saturday 10–14; 2 March"


def test_in_many_cases_each_is_whole_or_left_out_with_its_reason(world: World) -> None:
    named = world.comes(sender="Karen Holm <karen@example.com>")
    nameless = world.comes(sender="x@example.org", subject="Other")
    macro = keep(
        world,
        Macro("Hi", texts=(MacroText("en", "Hi {{ customer.first_name }}."),), actions=read_lines("tag +x")),
    )
    before = everything(world)
    begin = begun("macro", [Picked(named), Picked(nameless)])
    ended = bulk.run(lambda: world.unit("anna"), macros.on_each(macro, UTC), begin)
    assert (ended.progress.done, [one.case for one in ended.progress.refused]) == (1, [nameless])
    assert "customer.first_name" in ended.progress.refused[0].reason
    assert world.rows("select case_id from case_tags") == [(named,)]
    with world.unit("anna") as unit:
        assert undo.newest(unit) == ended.progress.stroke
    bulk.run(
        lambda: world.unit("anna"),
        bulk.takes_back(ended.progress.stroke),
        bulk_undo(world, ended.progress.stroke),
    )
    assert everything(world) == before


def bulk_undo(world: World, stroke: int) -> Any:
    with world.store.session() as session:
        return bulk.begin_undo(session, stroke)


def test_actions_are_typed_as_they_are_shown() -> None:
    lines = (
        "status pending; tag +delayed -new; snooze tomorrow 9 ends nothing; team GLS; owner me; priority urgent; "
        'note "one; two\\n«three» \\"four\\""; attach a b.pdf'
    )
    assert lines_of(read_lines(lines)) == lines
    assert read_lines(lines_of(read_lines(lines))) == read_lines(lines)


def test_the_house_may_write_a_macro_and_nobody_less(world: World) -> None:
    with world.store.unit(SYSTEM, world.now, "") as unit:
        assert macros.save(unit, Macro("Thanks", texts=(MacroText("en", "Thanks."),)))

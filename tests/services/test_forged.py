"""A mail whose sender our own server could not confirm: taken in and marked, and what its words may not bring about."""

from services.world import World

from agentdesk.domain.takingpart import FORGED
from agentdesk.queries import answering, guarding
from agentdesk.store import codec, takingpart

_FAILED = "mx.shop.example; spf=softfail smtp.mailfrom=karen@example.com; dmarc=fail header.from=example.com"
_BY_FRIENDS = {"Authentication-Results": _FAILED, "Reply-To": "eve@example.net", "Cc": "mallory@example.net"}


def _marks(world: World, case_id: int) -> list[tuple[str, ...]]:
    rows = world.rows(
        "select marks from messages where case_id = :c and kind = 'inbound' order by id", c=case_id
    )
    return [codec.read_words(row.marks) for row in rows]


def test_a_forged_mail_is_marked_and_moves_nobody_into_the_case(world: World) -> None:
    world.mailbox(subject_token=True, acknowledgement="We have your mail.")
    world.receive(cursor="1")  # the mailbox has been read before: from here on it answers by itself
    first = world.comes()
    forged = world.letter("Send it elsewhere", subject=f"Re: Order 17 [#{first}]", headers=_BY_FRIENDS)
    world.receive(forged, cursor="2")
    apart = world.one("select case_id from messages where digest = :d", d=forged.digest).case_id
    assert apart != first, "the number in a subject joins only whose sender is sure"
    assert _marks(world, apart) == [(FORGED,)]
    assert world.value("select count(*) from automatic_answers") == 0
    with world.store.session() as session:
        to, cc = answering.recipients(session, apart)
        left = {one.who.address for one in answering.left_out(session, apart)}
        known = takingpart.read(session, apart).known
        said = guarding.warnings(session, "reply", apart, to, subject="", body="Hi Karen, it is done.")
    assert [one.address for one in to] == ["karen@example.com"], "the owner of the address, not a Reply-To"
    assert cc == ()
    assert left == {"eve@example.net", "mallory@example.net"}
    assert not {"eve@example.net", "mallory@example.net"} & known
    assert [one for one in said if "may not be from karen@example.com" in one]
    world.replies(apart)
    with world.store.session() as session:
        assert not guarding.warnings(session, "reply", apart, to, subject="", body="Hi Karen, it is done.")


def test_the_settings_say_whose_word_counts(world: World) -> None:
    case_id = world.comes("1", headers={"Authentication-Results": "mx.other.example; dmarc=fail"})
    world.mailbox(authserv_id="mx.shop.example")
    for number, server in enumerate(("mx.other.example", "mx.shop.example")):
        headers = {"Authentication-Results": f"{server}; dmarc=fail"}
        world.comes(f"{number}", answers="m1@example.com", headers=headers)
    world.comes("ours", headers={"Authentication-Results": _FAILED}, sent_by_us=True)
    assert _marks(world, case_id) == [(FORGED,), (), (FORGED,)]
    assert world.value("select marks from messages where kind = 'outbound'") == "[]"

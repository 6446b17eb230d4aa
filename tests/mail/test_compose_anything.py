"""Whatever a letter says is what is read of it: three languages, hostile text, names, files, ids, history."""

# ruff: noqa: E501  tables of what is said

from datetime import UTC, datetime

from fuzz.promises import of_a_mail_of_ours
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain.mail import Address, Enclosure, Letter
from agentdesk.mail.compose import compose, plain_text
from agentdesk.mail.filenames import safe_name
from agentdesk.mail.parse import parse, part_content
from agentdesk.text.clean import clean_line

DATE = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPOKEN = {
    "da": ["Hej Åse", "Tak for din mail.", "Pakken er hos naboen: 2. th.", "Vi sender en ny i morgen, uden beregning.", "Skriv gerne, hvis den ikke kommer."],
    "de": ["Guten Tag", "Ihr Paket ist unterwegs, und wir prüfen es.", "Bitte schicken Sie uns ein Foto.", "Größe 42 ist ausverkauft."],
    "en": ["Hello there", "Your order left our warehouse today.", "Could you send a photo of the label?", "We are sorry it took so long."],
}  # fmt: skip
HOSTILE = st.text(
    st.one_of(
        st.characters(), st.sampled_from("\n\r\x00\x1b\x9b\u202e\u2028\x85\ud800=?_<>@,;:\"\\().- \tæøå€"), st.sampled_from("，＠＞；：")
    ),
    max_size=60,
)  # fmt: skip
INTROS = {
    "da": "Den 2026-11-21 10:12 skrev {}:",
    "de": "Am 2026-11-21 10:12 schrieb {}:",
    "en": "On 2026-11-21 10:12, {} wrote:",
}
mailboxes = st.from_regex(r"[a-z][a-z0-9.+_-]{0,20}@[a-z][a-z0-9-]{0,20}\.(dk|no|example)", fullmatch=True)
people = st.builds(
    Address, HOSTILE | st.sampled_from(["Lindqvist, Åse", 'Mette "M" S.', "日本 太郎", ""]), mailboxes
)
files = st.builds(
    Enclosure, HOSTILE | st.sampled_from(["kvittering æ.pdf", "CON", "../x"]), st.sampled_from(["application/pdf", "text/plain", "message/rfc822", "x"]) | HOSTILE,
    st.binary(max_size=200),
)  # fmt: skip
ids = st.from_regex(r"[A-Za-z0-9.$]{1,40}@[a-z0-9.]{1,40}", fullmatch=True)


@settings(max_examples=80)
@given(data=st.data(), language=st.sampled_from(sorted(SPOKEN)), quoted=HOSTILE | st.just(""))
def test_what_is_written_is_what_is_read(data: st.DataObject, language: str, quoted: str) -> None:
    paragraphs = data.draw(st.lists(st.sampled_from(SPOKEN[language]), min_size=1, max_size=5))
    named = data.draw(st.lists(people, min_size=2, max_size=6, unique_by=lambda one: one.key))
    references = tuple(data.draw(st.lists(ids, max_size=8, unique=True)))
    enclosures = tuple(data.draw(st.lists(files, max_size=3)))
    letter = Letter(
        named[0], tuple(named[1:3]), data.draw(HOSTILE), "\n\n".join(paragraphs), "own@shop.example", DATE, cc=tuple(named[3:]),
        reply_to=data.draw(st.none() | people), in_reply_to=references[-1] if references else None, references=references,
        signature=data.draw(st.sampled_from(["", "Anna\nNordbutik", "Venlig hilsen\nAnna"])), quoted=quoted,
        quoted_intro=INTROS[language].format(clean_line(data.draw(HOSTILE))[:40] or "Mette"), html=data.draw(st.booleans()),
        enclosures=enclosures, automatic=data.draw(st.booleans()),
    )  # fmt: skip
    raw = compose(letter)
    message = parse(raw)
    told = list(of_a_mail_of_ours(raw, message, (*letter.to, *letter.cc)))
    assert all(one.startswith("header") and letter.automatic for one in told), told
    assert message.text == plain_text(letter).strip("\n").rstrip()
    assert message.reply_text == letter.text
    assert message.subject == clean_line(letter.subject)
    assert message.sender is not None
    assert message.sender.key == letter.sender.key
    assert [one.key for one in message.reply_to] == ([letter.reply_to.key] if letter.reply_to else [])
    assert (message.message_id, message.references) == (letter.message_id, references)
    assert message.in_reply_to == references[-1:]
    assert message.date == DATE
    assert message.auto_submitted == letter.automatic
    assert [one.filename for one in message.attachments] == [
        safe_name(one.filename, kind.content_type, number)
        for number, (one, kind) in enumerate(zip(enclosures, message.attachments, strict=True), 1)
    ]
    assert [part_content(raw, one.part) for one in message.attachments] == [one.content for one in enclosures]
    assert raw.isascii()
    assert not message.charset_errors
    assert not message.defects

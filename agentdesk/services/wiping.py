"""Takes the words out of messages: of those that go all of them, of those that stay what names or quotes the gone.

Invariants: what goes leaves its row with times, kind and author of ours, so that counts stay; no bytes of it stay
anywhere (raw, files, index, outbox); its tombstones stand in the same commit; a message that stays is found by the
words it has now.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update

from agentdesk.domain.forgetting import MARK, PARTLY
from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address, Enclosure, Letter
from agentdesk.mail.parse import part_content
from agentdesk.mail.rebuild import contents, rebuilt
from agentdesk.services import indexing, tombstones
from agentdesk.services.post import plain_subject
from agentdesk.store import codec
from agentdesk.store.tables import attachments, awaited, messages, outbox, raws
from agentdesk.store.traces import files_of, parts
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.blanking import Blanking

_NOWHERE = "agentdesk.invalid"
_BLANK: dict[str, Any] = {
    "text": "", "reply_text": None, "subject": "", "facts": "{}", "digest": None, "marks": json.dumps([MARK]),
}  # fmt: skip
"""What a message says."""
_NOBODY: dict[str, Any] = {
    "to": "[]", "cc": "[]", "bcc": "[]", "message_id": None, "in_reply_to": "[]", "references": "[]",
}  # fmt: skip
"""Whom it went between; of a mail of ours its sender stays."""
_COLUMNS = ("from_name", "from_address", "to", "cc", "bcc", "subject", "text", "reply_text", "message_id",
            "in_reply_to", "references", "facts")  # fmt: skip
Subjects = Collection[tuple[int, str]]
"""Subjects that somebody who goes has worded: the case, and the subject without its marks of a reply."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What those who went have said, and the ids of their mails: what remains is looked through for both."""

    said: tuple[str, ...]
    ids: frozenset[str]


def subjects_of(unit: UnitOfWork, case_ids: Iterable[int], gone: Collection[int]) -> set[tuple[int, str]]:
    """The subjects in these cases that were first written in a message that goes."""
    going = set(gone)
    seen: set[tuple[int, str]] = set()
    theirs: set[tuple[int, str]] = set()
    for part in parts(case_ids):
        query = select(messages.c.id, messages.c.case_id, messages.c.subject).where(
            messages.c.case_id.in_(part), messages.c.subject != ""
        )
        for row in unit.session.execute(query.order_by(messages.c.at, messages.c.id)):
            key = (row.case_id, plain_subject(row.subject))
            if key not in seen and row.id in going:
                theirs.add(key)
            seen.add(key)
    return theirs


# -- what goes -------------------------------------------------------------------------------------------------------


def wipe(unit: UnitOfWork, ids: Collection[int], *, people_too: bool) -> Gone:
    """Nothing that these messages say stays; with `people_too` nobody they went between either.

    The replies among them must not be on their way (`services.forgetting` stops them).
    """
    said: list[str] = []
    known: set[str] = set()
    waited: set[tuple[int, str]] = set()
    indexing.forget(unit, ids)
    for part in parts(ids):
        for row in unit.session.execute(select(messages).where(messages.c.id.in_(part))):
            said += (row.text, row.reply_text or "", row.subject)
            known |= {row.message_id} - {None}
            if people_too:
                names = {*codec.read_words(row.in_reply_to), *codec.read_words(row.references)}
                places = {row.case_id, row.origin_case_id} - {None}
                waited |= {(place, name) for place in places for name in names}
            _bury(unit, row)
        unit.session.execute(delete(raws).where(raws.c.message_id.in_(part)))
        unit.session.execute(delete(attachments).where(attachments.c.message_id.in_(part)))
        _empty_rows(unit, part, people_too)
    if people_too:
        for begun in range(0, len(known), 400):
            some = sorted(known)[begun : begun + 400]
            unit.session.execute(delete(awaited).where(awaited.c.message_id.in_(some)))
        for case_id, name in sorted(waited):
            here = (awaited.c.message_id == name, awaited.c.case_id == case_id)
            unit.session.execute(delete(awaited).where(*here))
    return Gone(tuple(text for text in said if text), frozenset(known))


def _empty_rows(unit: UnitOfWork, part: list[int], people_too: bool) -> None:
    here = messages.c.id.in_(part)
    unit.session.execute(update(messages).where(here).values(_BLANK))
    of_reply: dict[str, Any] = {"draft": "{}", "last_error": "", "copied": True}  # nothing is left to file
    if people_too:
        unit.session.execute(update(messages).where(here).values(_NOBODY))
        theirs = (here, messages.c.kind != "outbound")
        unit.session.execute(update(messages).where(*theirs).values(from_name="", from_address=""))
        of_reply["recipients"] = "[]"
    unit.session.execute(update(outbox).where(outbox.c.message_id.in_(part)).values(of_reply))
    indexing.index(unit, part)


def sender_of(row: Any) -> str:
    """The address in a message's From, whoever stands behind it."""
    return str((json.loads(row.facts).get("from") or {}).get("address") or row.from_address)


def _bury(unit: UnitOfWork, row: Any) -> None:
    tombstones.bury(unit, "digest", [row.digest or ""])
    tombstones.bury(unit, "mail", [tombstones.identity(row.message_id, sender_of(row), row.sent_at)])
    if row.kind == "outbound":
        tombstones.bury(unit, "message id", [row.message_id or ""])


# -- what stays ------------------------------------------------------------------------------------------------------


class Rewriting:
    """Goes through messages of others, one after another."""

    def __init__(self, unit: UnitOfWork, blanking: Blanking, gone: Gone, subjects: Subjects) -> None:
        self._unit, self._blanking, self._gone, self._subjects = unit, blanking, gone, set(subjects)

    def run(self, ids: Collection[int], *, quotes: bool) -> list[int]:
        """Take addresses (and with `quotes` their words) out of these messages; returns those that were changed."""
        changed: list[int] = []
        for part in parts(ids):
            files = files_of(self._unit.session, part)
            for row in self._unit.session.execute(select(messages).where(messages.c.id.in_(part))).all():
                changed += [row.id] * self._one(row, files.get(row.id, []), quotes)
        return changed

    def _one(self, row: Any, files: list[Any], quotes: bool) -> bool:
        values = {
            name: value for name, value in self._values(row, quotes).items() if getattr(row, name) != value
        }
        data = self._unit.session.scalar(select(raws.c.data).where(raws.c.message_id == row.id))
        raw = None if data is None else codec.unpack(data)
        named = raw is not None and not values and any(map(self._blanking.holds, contents(raw)))
        if not values and not named:
            return False
        indexing.forget(self._unit, [row.id])
        if raw is not None:
            self._rebuild(row._asdict() | values, raw, files)
        values["marks"] = codec.words(dict.fromkeys((*codec.read_words(row.marks), PARTLY)))
        self._unit.session.execute(update(messages).where(messages.c.id == row.id).values(values))
        indexing.index(self._unit, [row.id])
        self._reply(row)
        return True

    def _values(self, row: Any, quotes: bool) -> dict[str, Any]:
        blanking = self._blanking
        values: dict[str, Any] = {name: blanking.value(getattr(row, name) or "") for name in _COLUMNS}
        values["reply_text"] = None if row.reply_text is None else blanking.text(row.reply_text)
        values["message_id"] = None if row.message_id is None else values["message_id"]
        values["text"] = blanking.text(row.text)
        if quotes:
            values["text"], values["reply_text"] = blanking.body(row.text, row.reply_text)
        for name in ("in_reply_to", "references"):
            kept = [one for one in codec.read_words(values[name]) if one not in self._gone.ids]
            values[name] = codec.words(kept)
        if (row.case_id, plain_subject(row.subject)) in self._subjects:
            values["subject"] = ""
        return values

    def _rebuild(self, row: dict[str, Any], raw: bytes, files: list[Any]) -> None:
        """New bytes with the words that are left, and the files in which nobody is named."""
        kept: list[tuple[int, Enclosure]] = []
        for file in files:
            content = part_content(raw, file.part)
            if self._blanking.holds(content) or any(self._gone_in(content)):
                self._unit.session.execute(delete(attachments).where(attachments.c.id == file.id))
                continue
            name = self._blanking.text(file.filename)
            kept.append((file.id, Enclosure(name, file.content_type, content)))
        data, places = rebuilt(_letter(row), [file for _id, file in kept])
        for (file_id, file), place in zip(kept, places, strict=True):
            values = {"part": place, "filename": file.filename}
            self._unit.session.execute(update(attachments).where(attachments.c.id == file_id).values(values))
        self._unit.session.execute(delete(raws).where(raws.c.message_id == row["id"]))
        self._unit.session.execute(insert(raws).values(message_id=row["id"], data=codec.pack(data)))

    def _gone_in(self, content: bytes) -> Iterable[bool]:
        """A mail that went along as a file names itself by its id."""
        return (one.encode("utf-8", "replace") in content for one in self._gone.ids)

    def _reply(self, row: Any) -> None:
        """What the outbox keeps of a reply that went to them among others."""
        found = self._unit.session.execute(select(outbox).where(outbox.c.message_id == row.id)).one_or_none()
        if found is None:
            return
        left = [one for one in codec.read_words(found.recipients) if not self._blanking.is_theirs(one)]
        values = {"recipients": codec.words(left), "last_error": self._blanking.text(found.last_error)}
        if found.state != Delivery.CANCELLED:
            values["draft"] = "{}"
        self._unit.session.execute(update(outbox).where(outbox.c.id == found.id).values(values))


def _letter(row: dict[str, Any]) -> Letter:
    return Letter(
        sender=Address(row["from_name"], row["from_address"]), to=codec.read_people(row["to"]),
        cc=codec.read_people(row["cc"]), subject=row["subject"], text=row["text"],
        date=moment(row["sent_at"] or row["at"]),
        message_id=row["message_id"] or f"message-{row['id']}@{_NOWHERE}",
        in_reply_to=next(iter(codec.read_words(row["in_reply_to"])), None),
        references=codec.read_words(row["references"]),
    )  # fmt: skip

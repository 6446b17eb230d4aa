"""Takes mails out of an open folder: together, else one by one, else with the reason why this one cannot be had.

Invariant: a mail that is asked for and still lies in the folder comes out of here, whole or empty with its reason (it
goes to the quarantine, where a person sees it); only one that was expunged meanwhile does not. Bodies are taken with
PEEK, so nothing is marked as seen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from agentdesk.channels.contract import ChannelDown
from agentdesk.channels.email.imap import Client
from agentdesk.channels.email.trouble import is_for_now, server_words
from agentdesk.config.language import _, ngettext

LARGEST: Final = 150_000_000
"""Bytes of a mail that is still fetched; no provider takes in a larger one, and reading it could fill the memory."""
_WANTED = ["INTERNALDATE", "BODY.PEEK[]"]
_OTHERS: Final = 5
"""How many other mails of a folder are tried before it is said that the server gives out none at all."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail, or why there is none: then `trouble` is a sentence and `raw` is empty."""

    uid: int
    raw: bytes
    at: datetime | None = None
    trouble: str = ""


def take(client: Client, host: str, uids: Sequence[int], count: int) -> list[Taken]:
    """The mails with these UIDs, in this order, out of a folder of `count` mails.

    One alone is asked for its size first. Raises ChannelDown when the server gives out none at the moment.
    """
    if len(uids) == 1 and (size := sizes_of(client, uids).get(uids[0], 0)) > LARGEST:
        return [Taken(uids[0], b"", trouble=_too_large(size))]
    answers = _ask(client, uids, _WANTED)
    found = {uid: answers[uid] for uid in uids if _is_whole(answers, uid)}
    refused: dict[int, str] = {}
    if lacking := [uid for uid in uids if uid not in found]:
        client.noop()  # lets the server tell what was expunged
        for uid in client.search(["UID", ",".join(map(str, lacking))]):
            try:
                answers = client.fetch([uid], _WANTED)
            except (IMAPClientAbortError, ProtocolError):
                raise
            except IMAPClientError as error:
                if is_for_now(error):
                    raise
                refused[uid] = _refusal(error)
            else:
                if _is_whole(answers, uid):
                    found[uid] = answers[uid]
                else:
                    refused[uid] = _refusal(None)
    if refused and not found and not gives_others(client, uids, count):
        raise ChannelDown(
            _("{host} does not give out its messages at the moment; it will be tried again.").format(
                host=host
            )
        )
    return [
        Taken(uid, found[uid][b"BODY[]"], _utc(found[uid].get(b"INTERNALDATE")))
        if uid in found
        else Taken(uid, b"", trouble=refused[uid])
        for uid in uids
        if uid in found or uid in refused
    ]


def gives_others(client: Client, but: Collection[int], count: int) -> bool:
    """Whether the server gives out any mail of the open folder besides these: then the fault is theirs, not its."""
    numbers = sorted({1 + (count - 1) * step // (_OTHERS - 1) for step in range(_OTHERS)}) if count else []
    for number in numbers:
        try:
            others = [uid for uid in client.search([str(number)]) if uid not in but]
            answers = client.fetch(others, ["BODY.PEEK[HEADER]"])
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError:
            continue
        if any(isinstance(answers.get(uid, {}).get(b"BODY[HEADER]"), bytes) for uid in others):
            return True
    return False


def sizes_of(client: Client, uids: Sequence[int]) -> dict[int, int]:
    """What the server says of their sizes; one mail it stumbles over must not hide the others'."""
    answers = _ask(client, uids, ["RFC822.SIZE"])
    sizes = {uid: answers.get(uid, {}).get(b"RFC822.SIZE") for uid in uids}
    return {uid: size for uid, size in sizes.items() if isinstance(size, int)}


def _refusal(answer: object) -> str:
    """Why a mail is not here, for the quarantine."""
    if answer is None:
        return _("The server names this mail but gives nothing of it; look for it in the mailbox itself.")
    return _("The server does not give out this mail (it says: {words}); look for it in the mailbox itself.").format(
        words=server_words(answer)
    )  # fmt: skip


def _too_large(size: int) -> str:
    """Why a mail was not even asked for."""
    return _(
        "This mail of {size} MB is larger than the {most} MB that are fetched; look for it in the mailbox itself."
    ).format(size=round(size / 1e6), most=round(LARGEST / 1e6))


def broke_off(count: int) -> str:
    """Why a mail was given up."""
    return ngettext(
        "The connection broke off {count} time while this mail was fetched; look for it in the mailbox itself.",
        "The connection broke off {count} times while this mail was fetched; look for it in the mailbox itself.",
        count,
    ).format(count=count)


def _ask(client: Client, uids: Sequence[int], wanted: Sequence[str]) -> dict[int, dict[bytes, Any]]:
    """All of them at once. One that was expunged or is damaged can make the answer to all of them a NO."""
    try:
        answers: dict[int, dict[bytes, Any]] = client.fetch(uids, wanted)
    except (IMAPClientAbortError, ProtocolError):
        raise
    except IMAPClientError as error:
        if is_for_now(error):
            raise
        return {}
    return answers


def _is_whole(answers: dict[int, dict[bytes, Any]], uid: int) -> bool:
    return isinstance(answers.get(uid, {}).get(b"BODY[]"), bytes)


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if isinstance(at, datetime) else None

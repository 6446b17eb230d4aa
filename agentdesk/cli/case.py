"""`agentdesk case`: the words of every act on cases, and the reads; the acts themselves stand in `case_acts`.

Invariant: a list that is cut says so and how to see the rest; the cursor is opaque to whoever gets it.
"""

import argparse
import base64
import binascii
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from agentdesk.cli import case_acts, case_export, case_joining, changing, shapes, stroke
from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, json_line, named, say, span, tell
from agentdesk.cli.parser import Parser, act, amount, line, number, seconds, words
from agentdesk.config.language import _, ngettext
from agentdesk.domain import advice
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.problems import Usage
from agentdesk.domain.query import parse
from agentdesk.domain.queue import Place
from agentdesk.domain.rows import CaseRow, MessageRow, Thread

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PAGE = 50
_CAP = 1000
"""A total is exact up to here unless it is asked for."""


def add(parser: Parser) -> None:
    """All acts on cases."""
    acts = parser.acts()
    _add_reads(acts)
    _add_writing(acts)
    act(acts, "claim", case_acts.claim, _("take the most urgent free case"))
    changing.add(acts)
    snooze = act(acts, "snooze", case_acts.snooze, _("hide a case until a time"))
    snooze.add_argument("id", type=number, metavar=_("NUMBER"))
    when = _("ISO 8601, or words: tomorrow 9, monday, in 3 days, 2h, 24/12")
    snooze.add_argument("--until", nargs="+", required=True, metavar=_("WHEN"), help=when)
    snooze.add_argument(
        "--ends", choices=("answer", "thanks", "never"), default="answer",
        help=_("what opens it before: an answer, an answer that is more than thanks, or nothing"),
    )  # fmt: skip
    stroke.add_undo(acts)
    case_export.add(acts)
    case_joining.add(acts)


def _add_reads(acts: "argparse._SubParsersAction[Parser]") -> None:
    several = act(acts, "list", list_, _("cases, most urgent first"))
    several.add_argument(
        "--limit", type=amount, metavar=_("N"), help=_("at most so many; {n} unless told").format(n=_PAGE)
    )
    several.add_argument(
        "--after", default="", metavar=_("CURSOR"), help=_("go on where an earlier list ended")
    )
    several.add_argument(
        "--query",
        type=line,
        default="",
        metavar=_("QUERY"),
        help=_("words and filters as in agentdesk search --help: is:open tag:vip owner:me"),
    )
    several.add_argument("--count", action="store_true", help=_("count exactly, however many there are"))
    several.add_argument(
        "--jsonl", action="store_true", help=_("one case a line, all of them unless --limit says less")
    )
    one = act(acts, "show", show, _("one case whole"))
    one.add_argument("id", type=number, metavar=_("NUMBER"))


def _add_writing(acts: "argparse._SubParsersAction[Parser]") -> None:
    new = act(acts, "new", case_acts.new, _("write to a customer first"))
    new.add_argument(
        "--to", action="append", required=True, metavar=_("ADDRESS"), help=_("may be given again")
    )
    new.add_argument("--subject", type=line, required=True, metavar=_("WORDS"))
    new.add_argument(
        "--channel", type=line, default="", metavar=_("NAME"), help=_("the mailbox it is sent from")
    )
    reply = act(acts, "reply", case_acts.reply, _("answer everybody in a case"))
    reply.add_argument("id", type=number, metavar=_("NUMBER"))
    after = reply.add_mutually_exclusive_group()
    after.add_argument("--resolve", action="store_true", help=_("and end the case"))
    after.add_argument(
        "--wake", nargs="+", metavar=_("WHEN"), help=_("hide the case until then, or until somebody answers")
    )
    for one in (new, reply):
        one.add_argument(
            "--cc", action="append", default=[], metavar=_("ADDRESS"), help=_("may be given again")
        )
        text = one.add_mutually_exclusive_group(required=True)
        text.add_argument("--text", type=words, metavar=_("TEXT"))
        text.add_argument(
            "--body-file", metavar=_("FILE"), help=_("the text stands there; - is standard input")
        )
        text.add_argument(
            "--macro", type=line, metavar=_("MACRO"), help=_("its text, and its actions after it")
        )
        one.add_argument(
            "--hold",
            type=seconds,
            metavar=_("SECONDS"),
            help=_("hold it back so long, not as the channel does"),
        )
        one.add_argument("--anyway", action="store_true", help=_("send it whatever speaks against it"))
    note = act(acts, "note", case_acts.note, _("leave a note that only colleagues see"))
    note.add_argument("id", type=number, metavar=_("NUMBER"))
    text = note.add_mutually_exclusive_group(required=True)
    text.add_argument("--text", type=words, metavar=_("TEXT"))
    text.add_argument("--body-file", metavar=_("FILE"), help=_("the text stands there; - is standard input"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


# -- the reads --------------------------------------------------------------------------------------------------------


def list_(args: argparse.Namespace, context: Context, more: dict[str, object] | None = None) -> int:
    """A page of cases, or with --jsonl all of them line by line; `more` goes into the document."""
    from agentdesk.queries import heads, queue  # noqa: PLC0415

    now = context.clock()
    after = _read_cursor(args.after) if args.after else None
    store = context.store()
    me, zone = _asking(args, context)
    if args.jsonl:
        return _lines(args, context, after)
    with store.session() as session:
        want = queue.Want("all", after, args.limit or _PAGE)
        page = queue.page(session, me, want, args.query, micros(now), zone=zone)
        rows = heads.heads(session, [row.id for row in page.rows])
        logins = heads.logins(session)
        total, exact = _total(session, args, context)
    following = _cursor(page.next) if page.next is not None else None
    if args.json:
        listed = [shapes.case(row, logins) for row in rows]
        document((more or {}) | {"cases": listed, "total": total, "total_exact": exact, "next": following})
        return 0
    if args.count:
        say(f"{total}")
        return 0
    for row in rows:
        say(_row(row, logins, now))
    _say_rest(len(rows), total, exact=exact, following=following)
    return 0


def _lines(args: argparse.Namespace, context: Context, after: Place | None) -> int:
    from agentdesk.queries import heads, queue  # noqa: PLC0415

    left = args.limit
    now = micros(context.clock())
    me, zone = _asking(args, context)
    while left is None or left > 0:
        want = queue.Want("all", after, min(500, left or 500))
        with context.store().session() as session:
            page = queue.page(session, me, want, args.query, now, zone=zone)
            rows = heads.heads(session, [row.id for row in page.rows])
            logins = heads.logins(session)
        for row in rows:
            json_line(shapes.case(row, logins))
        if page.next is None:
            break
        after, left = page.next, None if left is None else left - len(rows)
    return 0


def _asking(args: argparse.Namespace, context: Context) -> tuple[int, tzinfo]:
    """Who asks, where the query says "me", and in which zone its days lie."""
    me = context.agent().id if parse(args.query).asks_for_me else 0
    return me, context.zone()


def _total(session: "Connection", args: argparse.Namespace, context: Context) -> tuple[int, bool]:
    from agentdesk.queries import queue  # noqa: PLC0415

    limit = 1 << 60 if args.count else _CAP + 1
    me, zone = _asking(args, context)
    found = queue.count_query(session, args.query, micros(context.clock()), limit, me=me, zone=zone)
    return (found, True) if args.count or found <= _CAP else (_CAP, False)


def show(args: argparse.Namespace, context: Context) -> int:
    """One case with everything in it."""
    from agentdesk.queries import cases, heads, people  # noqa: PLC0415
    from agentdesk.queries import orders as order_reads  # noqa: PLC0415

    now = context.clock()
    with context.store().session() as session:
        thread = cases.thread(session, args.id, 0, micros(now))
        changes = cases.changes_of(session, args.id)
        logins = heads.logins(session)
        channels = {row.name: row.id for row in people.channels_all(session)}
        orders = order_reads.of_case(session, args.id)
    if not args.json:
        _say_thread(thread, logins, context)
        return 0
    earlier = thread.customer.earlier if thread.customer is not None else ()
    document(
        shapes.case(thread.case, logins)
        | {
            "messages": [shapes.message(one, channels) for one in thread.messages],
            "drafts": [shapes.draft(one, logins) for one in thread.drafts],
            "orders": [shapes.order(one, now) for one in orders],
            "woke": shapes.woke(thread.woke),
            "earlier_cases": [shapes.earlier(one) for one in earlier],
            "changes": [shapes.change(one) for one in changes],
        }
    )
    return 0


# -- what a person reads ----------------------------------------------------------------------------------------------


def _row(row: CaseRow, logins: dict[int, str], now: datetime) -> str:
    parts = [
        f"#{row.id}",
        named(row.status.value),
        row.customer or _("nobody known"),
        row.subject or _("no subject"),
    ]
    if row.due_at is not None:
        late = now > row.due_at
        words_ = _("{time} over") if late else _("{time} left")
        parts.append(words_.format(time=span(now - row.due_at if late else row.due_at - now)))
    elif row.waiting_since is not None:
        parts.append(_("waits {time}").format(time=span(now - row.waiting_since)))
    if row.owner_id is not None:
        parts.append(_("owner {login}").format(login=logins.get(row.owner_id, "")))
    return " · ".join([*parts, *row.tags])


def _say_rest(shown: int, total: int, *, exact: bool, following: str | None) -> None:
    if not total:
        tell(_("No case."))
    elif following is not None:
        count = f"{total}" if exact else _("more than {n}").format(n=total)
        tell(
            _("{shown} of {count} cases; the rest: --after {cursor}").format(
                shown=shown, count=count, cursor=following
            )
        )
    else:
        tell(ngettext("{n} case.", "{n} cases.", shown).format(n=shown))


def _say_thread(thread: Thread, logins: dict[int, str], context: Context) -> None:
    zone, row = context.zone(), thread.case
    say(f"#{row.id} {row.subject}")
    facts = [
        (_("status"), named(row.status.value)), (_("snoozed until"), at(row.snooze_until, zone)),
        (_("priority"), named(row.priority.value)), (_("owner"), logins.get(row.owner_id or 0, "")),
        (_("team"), row.team), (_("tags"), ", ".join(row.tags)), (_("due"), at(row.due_at, zone)),
        (_("waiting since"), at(row.waiting_since, zone)),
        (_("customer"), ", ".join([row.customer, *(one for one in row.addresses if one != row.customer)])),
        (_("merged into"), f"#{row.merged_into}" if row.merged_into else ""),
        (_("related"), ", ".join(f"#{one}" for one in row.related)),
    ]  # fmt: skip
    for name, value in facts:
        if value:
            say(f"{name}: {value}")
    if thread.woke is not None:
        words_ = (
            _("Snoozed until {when}; they wrote meanwhile.") if thread.woke.answered
            else _("Snoozed until {when}; nobody answered.")
        )  # fmt: skip
        say(words_.format(when=at(thread.woke.until, zone)))
    for message in thread.messages:
        _say_message(message, context)
    for draft in thread.drafts:
        say()
        say(_("draft of {login}:").format(login=logins.get(draft.agent_id, "")))
        say(draft.body)


def _say_message(row: MessageRow, context: Context) -> None:
    zone = context.zone()
    when = at(row.sent_at or row.at, zone)
    say()
    match row.kind:
        case "note":
            say(_("note of {agent}, {when}").format(agent=row.agent, when=when))
        case "outbound":
            state = named(row.delivery.value) if row.delivery is not None else ""
            who = row.agent or row.sender.name or row.sender.address
            say(_("reply of {who}, {when}, {state}").format(who=who, when=when, state=state))
        case "system":
            say(when)
        case _kind:
            who = " ".join(filter(None, (row.sender.name, row.sender.address and f"<{row.sender.address}>")))
            say(_("from {who}, {when}").format(who=who or _("nobody known"), when=when))
    if row.side is not None:
        say(_("aside, in side conversation {number}: the customer does not see it").format(number=row.side))
    if row.origin is not None:
        say(_("written in #{number}").format(number=row.origin))
    if row.marks:
        say(", ".join(_(mark) for mark in row.marks))
    for mark in row.marks:
        if mark in advice.MARKED:
            say(_(advice.MARKED[mark]))
    if row.report is not None or row.delivery is Delivery.BOUNCED:
        say(_(advice.bounced(row.report or row.error)))
    if row.error:
        say(row.error)
    say(row.reply_text)
    for one in row.attachments:
        say(_("attachment: {name}, {size} bytes").format(name=one.filename, size=one.size))


# -- cursors ----------------------------------------------------------------------------------------------------------


def _cursor(place: Place) -> str:
    packed = f"{place.due}.{place.waiting}.{place.id}".encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _read_cursor(text: str) -> Place:
    try:
        due, waiting, case_id = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).split(b".")
        return Place(int(due), int(waiting), int(case_id))
    except (ValueError, binascii.Error):
        raise Usage(_("This is not a cursor: give --after what an earlier list gave as next.")) from None

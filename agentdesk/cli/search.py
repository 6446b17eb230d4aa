"""`agentdesk search`: every message that a query finds, newest first or by relevance.

Invariant: a page that is cut says so and how to see the rest; text from mails is printed clean, on one line.
"""

import argparse

from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, named, say, tell
from agentdesk.cli.parser import Parser, amount, line, with_json
from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.hits import Hit, HitPage
from agentdesk.domain.instants import iso, micros
from agentdesk.domain.problems import Usage
from agentdesk.domain.query import parse

_PAGE = 20
LANGUAGE = N_("""
words                 all of them, in any message of any time; accents, æ ø å and case do not matter
"two words"           one right behind the other
pak*                  words that begin so
from: to: subject:    who wrote, who got it, the subject: from:mette, subject:"order 17"
customer: order:      the customer by name or address; an order's number
tag: owner: team: channel:   owner:me, owner:nobody, team:none
status:               new open pending snoozed resolved closed spam
is:                   open waiting unassigned mine overdue unread done merged, or a status
before: after:        2026-11-21, 21/11, yesterday, monday, 3d, 2w
-word -tag:x          must not be
a or:b, ( … )         one of both; brackets group
""")
"""The query language on one page; names are the same in every tongue."""


def add(parser: Parser) -> None:
    """The words of the command."""
    parser.epilog = _(LANGUAGE)
    parser.add_argument("query", nargs="+", type=line, metavar=_("QUERY"))
    parser.add_argument(
        "--limit", type=amount, metavar=_("N"), help=_("at most so many; {n} unless told").format(n=_PAGE)
    )
    parser.add_argument(
        "--after", default="", metavar=_("CURSOR"), help=_("go on where an earlier search ended")
    )
    parser.add_argument(
        "--by",
        choices=("newest", "relevance"),
        default="newest",
        help=_("what comes first; the newest unless told"),
    )
    with_json(parser)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Search."""
    from agentdesk.queries import searching  # noqa: PLC0415

    query = " ".join(args.query)
    if not query.strip():
        raise Usage(_("Say what to look for: agentdesk search lampe, or agentdesk search --help."))
    me = context.agent().id if parse(query).asks_for_me else 0
    asked = searching.Asked(query, args.by, args.limit or _PAGE, args.after or None)
    with context.store().session() as session:
        page = searching.hits(session, asked, micros(context.clock()), me, context.zone())
    if args.json:
        document({"hits": [shape(one) for one in page.hits], "total": page.total, "total_exact": page.exact,
                  "next": page.next, "ranked_among": page.ranked_among or None})  # fmt: skip
        return 0
    for one in page.hits:
        _say(one, context)
    _say_rest(page)
    return 0


def shape(hit: Hit) -> dict[str, object]:
    """A hit as the contract has it; `ranges` are the places of the words in the snippet."""
    return {
        "case": hit.case_id, "message": hit.message, "message_id": hit.message_id, "kind": hit.kind,
        "subject": hit.subject, "from": hit.who, "customer": hit.customer, "status": hit.status.value,
        "snippet": hit.snippet, "ranges": [list(one) for one in hit.ranges], "at": iso(hit.at),
        "score": round(hit.score, 6),
    }  # fmt: skip


def _say(hit: Hit, context: Context) -> None:
    facts = (f"#{hit.case_id}", named(hit.status.value), at(hit.at, context.zone()), hit.who, hit.subject)
    say(" · ".join(one for one in facts if one))
    say(f"  {hit.snippet}")


def _say_rest(page: HitPage) -> None:
    if not page.hits:
        tell(_("Nothing was found."))
        return
    count = f"{page.total}" if page.exact else _("more than {n}").format(n=page.total)
    if page.ranked_among:
        tell(_("These are the best of the {n} newest; --by newest shows all.").format(n=page.ranked_among))
    if page.next is not None:
        tell(_("{shown} of {count} hits; the rest: --after {cursor}").format(
            shown=len(page.hits), count=count, cursor=page.next))  # fmt: skip
    else:
        tell(ngettext("{n} hit.", "{n} hits.", len(page.hits)).format(n=len(page.hits)))

"""`agentdesk agent`: the colleagues: who works here, what they have chosen, and what becomes of it when one leaves."""

import argparse
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from agentdesk.cli import shapes
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, named, result, say, tell
from agentdesk.cli.parser import Parser, act, amount, line, words
from agentdesk.config.language import _, ngettext
from agentdesk.domain.instants import micros
from agentdesk.domain.people import ROLES
from agentdesk.domain.problems import Usage

if TYPE_CHECKING:
    from agentdesk.domain.handover import Estate, Handed
    from agentdesk.domain.preferences import Preferences
    from agentdesk.store.unit import Actor


def add(parser: Parser) -> None:
    """All acts on agents."""
    acts = parser.acts()
    all_ = act(acts, "list", list_, _("the colleagues"))
    all_.add_argument("--all", action="store_true", dest="gone", help=_("those who have left, too"))
    new = act(acts, "add", add_agent, _("add a colleague"))
    _facts(new, role="agent", capacity=6, text="")
    change = act(acts, "set", set_agent, _("change a colleague, or what they have chosen for themselves"))
    _facts(change, role=None, capacity=None, text=None)
    change.add_argument("--back", action="store_true", help=_("one who has left works here again"))
    change.add_argument("--language", metavar=_("CODE"), help=_("en, da or nb; empty: that of the machine"))
    change.add_argument("--timezone", type=line, metavar=_("ZONE"), help=_("like Europe/Copenhagen"))
    change.add_argument("--theme", type=line, metavar=_("NAME"))
    change.add_argument("--signature", type=words, metavar=_("TEXT"), help=_("under every mail"))
    change.add_argument("--bell", choices=("on", "off"), help=_("ring when a customer writes in an own case"))
    change.add_argument("--after-send", choices=("stay", "next"), help=_("where the desk goes after a send"))
    change.add_argument(
        "--key", action="append", default=[], type=line, metavar=_("COMMAND=KEY"),
        help=_("give a command another key; COMMAND= gives the usual one back"),
    )  # fmt: skip
    leave = act(acts, "leave", leave_for_good, _("somebody leaves: hand their work over"))
    leave.add_argument("login", type=line, metavar=_("LOGIN"))
    to = leave.add_mutually_exclusive_group(required=True)
    to.add_argument("--to", type=line, default="", metavar=_("AGENT"), help=_("who receives everything"))
    to.add_argument(
        "--team", type=line, default="", metavar=_("TEAM"), help=_("which team receives the cases")
    )
    leave.add_argument("--rehearse", action="store_true", help=_("only say what would be handed over"))


def _facts(parser: Parser, *, role: str | None, capacity: int | None, text: str | None) -> None:
    parser.add_argument("login", type=line, metavar=_("LOGIN"), help=_("small letters and digits"))
    parser.add_argument("--name", type=line, default=text, metavar=_("NAME"), help=_("as customers read it"))
    parser.add_argument("--email", type=line, default=text, metavar=_("ADDRESS"))
    parser.add_argument("--role", choices=ROLES, default=role)
    parser.add_argument(
        "--team", type=line, default="", metavar=_("TEAM"), help=_("made when there is none of that name")
    )
    parser.add_argument(
        "--capacity", type=amount, default=capacity, metavar=_("N"), help=_("cases at a time")
    )


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """All who are active; with --all those who have left, too."""
    from agentdesk.queries import people  # noqa: PLC0415

    with context.store().session() as session:
        rows = people.agents_all(session, gone=args.gone)
        teams = people.teams_of(session)
    if args.json:
        document({"agents": [shapes.agent(row) | {"teams": list(teams.get(row.id, ()))} for row in rows]})
        return 0
    for row in rows:
        facts = [row.login, row.name, named(row.role), *teams.get(row.id, ())]
        say(" · ".join([*facts, *([] if row.active else [_("has left")])]))
    if not rows:
        tell(_("There is no agent yet: add one with agentdesk agent add."))
    return 0


def add_agent(args: argparse.Namespace, context: Context) -> int:
    """Add one."""
    from agentdesk.services import people as staff  # noqa: PLC0415

    with context.store().unit(_actor(context), context.clock(), DESK) as unit:
        staff.add_agent(
            unit,
            args.login,
            args.name,
            email=args.email,
            role=args.role,
            team=args.team,
            capacity=args.capacity,
        )
    return result(
        args.json,
        {"agent": _shape(context, args.login)},
        _("{login} may work here now.").format(login=args.login),
    )


def set_agent(args: argparse.Namespace, context: Context) -> int:
    """Change what is known of one, or what they have chosen; agents may change their own choices."""
    from agentdesk.queries import people  # noqa: PLC0415
    from agentdesk.services import people as staff  # noqa: PLC0415

    names = ("name", "email", "role", "capacity")
    facts = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    with context.store().session() as session:
        agent_id = next(
            (row.id for row in people.agents_all(session, gone=True) if row.login == args.login), 0
        )
        before = people.preferences_of(session, agent_id)
    chosen = _chosen(args, before)
    if not (facts or args.team or args.back or chosen != before):
        raise Usage(_("Say what to change; --help lists what there is."))
    with context.store().unit(_actor(context), context.clock(), DESK) as unit:
        if facts or args.team or args.back or not agent_id:
            staff.set_agent(unit, args.login, team=args.team, back=args.back, **facts)
        if chosen != before:
            staff.set_preferences(unit, agent_id, chosen)
    return result(
        args.json, {"agent": _shape(context, args.login)}, _("{login} is changed.").format(login=args.login)
    )


def _chosen(args: argparse.Namespace, before: "Preferences") -> "Preferences":
    names = ("language", "timezone", "theme", "signature", "after_send")
    values: dict[str, Any] = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if args.bell is not None:
        values["bell"] = args.bell == "on"
    keys = dict(before.keys)
    for pair in args.key:
        command, equals, key = pair.partition("=")
        if not equals:
            raise Usage(_("That is not a command and a key: write them like resolve=f9."))
        keys.pop(command, None)
        if key:
            keys[command] = key
    if args.key:
        values["keys"] = _fitting(keys)
    return replace(before, **values)


def _fitting(keys: dict[str, str]) -> dict[str, str]:
    """The keys, when the desk can work with them. Raises Problem naming the two commands that want one key."""
    from agentdesk.tui.commands import COMMANDS  # noqa: PLC0415  the table of commands, for whoever changes it
    from agentdesk.tui.keys import Keymap  # noqa: PLC0415

    Keymap(COMMANDS, keys)
    return keys


def leave_for_good(args: argparse.Namespace, context: Context) -> int:
    """Hand everything of one who leaves over, a hundred cases a commit; safe to repeat when it was broken off."""
    from agentdesk.queries import handover as counts  # noqa: PLC0415
    from agentdesk.services import handover  # noqa: PLC0415

    store, actor = context.store(), _actor(context)
    with store.session() as session:
        before = counts.estate(session, args.login, micros(context.clock()))
    shape = {"login": args.login, "to": args.to or None, "team": args.team or None, "estate": asdict(before)}
    if args.rehearse:
        return result(args.json, shape | {"handed": None}, _said(before))
    if before.desk_open:
        tell(_("{name}'s desk is open now; what is typed there from here on is not handed over.").format(
            name=before.name))  # fmt: skip
    total, after = {"cases": 0, "drafts": 0, "items": 0}, 0
    heir = ""
    while True:
        with store.unit(actor, context.clock(), DESK) as unit:
            done: Handed = handover.leave_for_good(
                unit, args.login, agent=args.to, team=args.team, after=after
            )
        for name in total:
            total[name] += getattr(done, name)
        heir = done.heir
        if done.after is None:
            break
        after = done.after
    text = ngettext("{n} case handed over to {to}; the texts went to {heir}.",
                    "{n} cases handed over to {to}; the texts went to {heir}.", total["cases"])  # fmt: skip
    shape |= {"handed": total | {"heir": heir}, "agent": _shape(context, args.login)}
    return result(args.json, shape, text.format(n=total["cases"], to=args.to or args.team, heir=heir))


def _said(before: "Estate") -> str:
    facts = (
        (_("cases"), before.cases), (_("of these in the queue"), before.waiting), (_("drafts"), before.drafts),
        (_("personal macros"), before.macros), (_("personal snippets"), before.snippets),
        (_("personal views"), before.views), (_("replies that still leave"), before.held),
    )  # fmt: skip
    lines = [f"{before.name} ({before.login})", *(f"{what}: {count}" for what, count in facts)]
    if before.desk_open:
        lines.append(_("their desk is open now"))
    return "\n".join(lines)


def _actor(context: Context) -> "Actor":
    """Who is named, else whoever signed in to the database; the owner of a store needs no name."""
    from agentdesk.queries import people  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM, Actor  # noqa: PLC0415

    if context.named_login:
        return context.actor()
    with context.store().session() as session:
        row = people.signed_in(session)
    return SYSTEM if row is None else Actor(row.id, row.login, row.role)


def _shape(context: Context, login: str) -> dict[str, Any]:
    from agentdesk.queries import people  # noqa: PLC0415

    with context.store().session() as session:
        row = next(row for row in people.agents_all(session, gone=True) if row.login == login)
        chosen = people.preferences_of(session, row.id)
        teams = people.teams_of(session).get(row.id, ())
    kept = {"theme": chosen.theme, "signature": chosen.signature, "keys": dict(chosen.keys), "bell": chosen.bell,
            "after_send": chosen.after_send or None}  # fmt: skip
    return shapes.agent(row) | {"teams": list(teams)} | kept

"""Rows that tests of the widgets show: a believable morning in a Danish shop, and views of any length."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agentdesk.domain.lifecycle import Delivery, Priority, Status
from agentdesk.domain.mail import Address
from agentdesk.domain.queue import FAR, Counts, Place, QueuePage, QueueRow
from agentdesk.domain.rows import CaseRow, CustomerRow, EarlierCase, FileRow, MessageRow, Thread

NOW = datetime(2026, 11, 23, 10, 52, 7, tzinfo=UTC)
ME = 1


def row(
    number: int,
    customer: str = "Mette Sørensen",
    subject: str = "Hvor er min pakke?",
    *,
    due: float | None = None,
    waits: float | None = 60,
    snoozed: float | None = None,
    kind: str = "email",
    owner: str = "",
    tags: tuple[str, ...] = (),
    status: Status = Status.OPEN,
    priority: Priority = Priority.NORMAL,
    delivery: Delivery | None = None,
    unread: int = 1,
    presence: str = "",
    writing: bool = False,
) -> QueueRow:
    """A case; `due` and `snoozed` in seconds from now, `waits` in seconds until now."""
    due_at = None if due is None else NOW + timedelta(seconds=due)
    since = None if waits is None else NOW - timedelta(seconds=waits)
    place = Place(_micros(due_at), _micros(since), number)
    until = None if snoozed is None else NOW + timedelta(seconds=snoozed)
    owner_id = ME if owner == "Anna" else 2 if owner else None
    return QueueRow(
        number, 1, subject, status, priority, customer, kind, owner_id, owner, tags, due_at, since, until, place,
        delivery, unread, presence, writing,
    )  # fmt: skip


def _micros(at: datetime | None) -> int:
    return FAR if at is None else int(at.timestamp() * 1_000_000)


def morning() -> tuple[QueueRow, ...]:
    """The queue of the sketches."""
    hour = 3600.0
    rows = (
        row(48213, "Mette Sørensen", "Hvor er min pakke? Ordre 10231", due=130, owner="Anna", priority=Priority.HIGH),
        row(48190, "Ola Nordmann", "Returetikett virker ikke", due=275, kind="chat", presence="Bjarke", writing=True),
        row(48177, "Emily Clarke", "Charged twice for order 10197", due=1080, tags=("vip",)),
        row(48102, "Jürgen Weiß", "Falsche Größe: Regenjacke", due=-41 * 60, tags=("returns",)),
        row(48215, "Freja Lund", "Faktura mangler for ordre 10244", waits=2 * hour, unread=2),
        row(48099, "Håkon Strøm", "Re: Gavekortet virker ikke", waits=3 * hour, delivery=Delivery.BOUNCED),
        row(48230, "Kirsten Møller-Andersen", "Kan jeg ændre leveringsadressen på ordre 10251?", due=4800),
        row(48231, "王小明", "關於訂單 10252 的問題", waits=900),
        row(48050, "Søren Bæk", "Pære knust ved levering", waits=None, owner="Camilla", delivery=Delivery.SENT,
            status=Status.PENDING, unread=0),
        row(48041, "Ida Bæk", "Retur af sengetøj", waits=None, snoozed=22 * hour, status=Status.SNOOZED, unread=0),
    )  # fmt: skip
    return tuple(sorted(rows, key=lambda one: one.place))


def message(
    number: int,
    text: str,
    *,
    kind: str = "inbound",
    minutes: float = 0,
    delivery: Delivery | None = None,
    reply_text: str | None = None,
    files: Sequence[tuple[str, int]] = (),
    marks: tuple[str, ...] = (),
    error: str = "",
    name: str = "Mette Sørensen",
    agent: str = "",
    held: float | None = None,
) -> MessageRow:
    """A message written so many minutes ago."""
    at = NOW - timedelta(minutes=minutes)
    mine = kind in ("outbound", "note") and not agent
    return MessageRow(
        number, kind, "support@nordbutik", "email", Address(name, "mette@example.dk"), (), (), at, None, "", text,
        text if reply_text is None else reply_text, f"{number}@example.dk", (), (), delivery, error,
        None if held is None else NOW + timedelta(seconds=held),
        tuple(FileRow(n, title, "image/jpeg", size, inline=False) for n, (title, size) in enumerate(files)),
        marks, mine, agent,
    )  # fmt: skip


def conversation() -> tuple[MessageRow, ...]:
    """The messages of the sketch."""
    first = "Hej, jeg bestilte en lampe den 12. november.\nDen skulle være kommet i fredags. Hvor er den?"
    quoted = "\n\nDen 12. nov. 2026 skrev Nordbutik:\n" + "\n".join(f"> linje {n}" for n in range(12))
    return (
        message(1, first + quoted, reply_text=first, minutes=3 * 1440 - 250),
        message(2, "Hej Mette,\n\njeg spørger GLS og vender tilbage inden kl. 12.\n\nVenlig hilsen\nAnna, Nordbutik",
                kind="outbound", minutes=158, delivery=Delivery.SENT),
        message(3, "GLS: pakken ligger i Taulov, omdirigeres. Ny levering i morgen mellem 15 og 17.",
                kind="note", minutes=157),
        message(4, "Tak! Jeg er hjemme i aften efter kl. 17.", minutes=1, files=(("foto.jpg", 212_000),)),
        message(5, "Så siger vi det, Mette.", kind="outbound", minutes=0, delivery=Delivery.HELD, held=7),
    )  # fmt: skip


def case(number: int = 48213, subject: str = "Hvor er min pakke? Ordre 10231", version: int = 1) -> CaseRow:
    """The case of the sketch."""
    return CaseRow(
        number, version, subject, Status.OPEN, None, Priority.HIGH, 1, "email", "support@nordbutik",
        "support@nordbutik.example", 7, "Mette Sørensen", ("mette@example.dk",), ME, "Anna", 1, "Support",
        ("delivery",), None, NOW, NOW, NOW, 5, None, (), "da",
    )  # fmt: skip


def customer() -> CustomerRow:
    """Mette."""
    earlier = (
        EarlierCase(40111, "Pære knust", Status.RESOLVED, datetime(2026, 3, 2, tzinfo=UTC)),
        EarlierCase(
            39020, "Bytte lampe til den store model", Status.RESOLVED, datetime(2026, 1, 14, tzinfo=UTC)
        ),
        EarlierCase(48100, "Faktura for lampen", Status.PENDING, datetime(2026, 11, 20, tzinfo=UTC)),
        EarlierCase(20011, "Tilbud på 40 lamper", Status.CLOSED, datetime(2024, 6, 3, tzinfo=UTC)),
    )
    return CustomerRow(
        7,
        "Mette Sørensen",
        ("mette@example.dk", "+45 28 12 34 56"),
        "da",
        datetime(2023, 10, 1, tzinfo=UTC),
        9,
        earlier,
    )


def thread(messages: tuple[MessageRow, ...] | None = None, number: int = 48213, version: int = 1) -> Thread:
    """The case with its messages."""
    told = conversation() if messages is None else messages
    return Thread(case(number, version=version), told, customer(), (), (("Bjarke", "viewing"),))


def counts() -> Counts:
    """The top line of the sketch."""
    return Counts(4, 31, 18, 12, 3, NOW - timedelta(hours=3, minutes=10), 4, 6)


class Store:
    """A view of `size` cases that are made up when they are asked for, in the order of their numbers."""

    def __init__(self, size: int) -> None:
        self.size = size

    def row(self, number: int) -> QueueRow:
        """Case `number`, due that many seconds from now."""
        return row(number + 1, f"Kunde {number}", f"Ordre {number} er ikke kommet", due=3600 + number)

    def page(self, after: Place | None, *, limit: int, skip: int = 0, reverse: bool = False) -> QueuePage:
        """A keyset page, as the store reads it."""
        if reverse:
            stop = self.size if after is None else after.id - 1
            numbers = range(stop - 1 - skip, max(-1, stop - 1 - skip - limit), -1)
            ended = stop - skip - limit <= 0
        else:
            start = (0 if after is None else after.id) + skip
            numbers = range(start, min(self.size, start + limit))
            ended = start + limit >= self.size
        rows = tuple(self.row(number) for number in numbers)
        return QueuePage(rows, None if ended or not rows else rows[-1].place)

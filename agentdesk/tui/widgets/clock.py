"""Clocks and dates in words: what stands in the clock column, how long something took, when something was.

Invariant: pure; the time is handed in. A clock is at most six cells wide, in every language.
"""

from datetime import datetime, tzinfo

from agentdesk.config.language import N_, _
from agentdesk.domain.queue import QueueRow
from agentdesk.text.cells import fit

COLUMN = 6
"""Cells of the clock column."""

SECONDS_SHOWN = 600
"""A clock under ten minutes counts seconds, any other counts minutes."""

SOON = 3600
"""What is due within the hour is at risk, on every screen."""

_DAYS = (N_("mon"), N_("tue"), N_("wed"), N_("thu"), N_("fri"), N_("sat"), N_("sun"))
_MONTHS = (N_("jan"), N_("feb"), N_("mar"), N_("apr"), N_("may"), N_("jun"),
           N_("jul"), N_("aug"), N_("sep"), N_("oct"), N_("nov"), N_("dec"))  # fmt: skip


def clock(row: QueueRow, now: datetime) -> tuple[str, str]:
    """The text of the row's clock and its tone: time left, time over, the wait, or that it is snoozed."""
    if row.snooze_until is not None and row.snooze_until > now:
        return fit(_("snooze"), COLUMN), "dim"
    if row.due_at is not None:
        left = int((row.due_at - now).total_seconds())
        if left < 0:
            return fit("-" + _short(-left), COLUMN), "red"
        return fit(_left(left), COLUMN), "amber" if left < SOON else "text"
    if row.waiting_since is not None:
        waited = max(0, int((now - row.waiting_since).total_seconds()))
        return fit(_("w {time}").format(time=_rough(waited)), COLUMN), "text"
    return "", "dim"


def lasting(seconds: float) -> str:
    """How long, in one rough unit: 8 s, 41 min, 3 h, 2 d."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _("{n} s").format(n=whole)
    if whole < 3600:
        return _("{n} min").format(n=whole // 60)
    if whole < 48 * 3600:
        return _("{n} h").format(n=whole // 3600)
    return _("{n} d").format(n=whole // 86400)


def ago(at: datetime, now: datetime) -> str:
    """How long since, in one rough unit: just now, 5 m ago, 3 h ago, 12 d ago."""
    seconds = max(0, int((now - at).total_seconds()))
    return _("{time} ago").format(time=_rough(seconds)) if seconds >= 60 else _("just now")


def moment(at: datetime, zone: tzinfo, *, short: bool = False) -> str:
    """Day and time in the agent's zone: mon 23 nov 09:14, or 23 nov 09:14 where there is little room."""
    local = at.astimezone(zone)
    day = f"{local.day:2} {_(_MONTHS[local.month - 1])} {local:%H:%M}"
    return day.strip() if short else f"{_(_DAYS[local.weekday()])} {day}"


def day(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A date: 2 mar this year, mar 2024 before."""
    local = at.astimezone(zone)
    month = _(_MONTHS[local.month - 1])
    return f"{local.day} {month}" if local.year == now.astimezone(zone).year else f"{month} {local.year}"


def until(at: datetime, now: datetime, zone: tzinfo) -> str:
    """When something comes back: 15:30 today, tue 09:00 within a week, 24 nov later."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    days = (local.date() - today.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if 0 < days < 7:
        return f"{_(_DAYS[local.weekday()])} {local:%H:%M}"
    return day(at, now, zone)


def _left(seconds: int) -> str:
    if 3600 <= seconds < 10 * 3600:
        return _("{hours} h {minutes:02}").format(hours=seconds // 3600, minutes=seconds % 3600 // 60)
    return _short(seconds)


def _short(seconds: int) -> str:
    if seconds < SECONDS_SHOWN:
        return f"{seconds // 60}:{seconds % 60:02}"
    return _rough(seconds)


def _rough(seconds: int) -> str:
    if seconds < 3600:
        return _("{n} m").format(n=seconds // 60)
    if seconds < 48 * 3600:
        return _("{n} h").format(n=seconds // 3600)
    return _("{n} d").format(n=min(999, seconds // 86400))

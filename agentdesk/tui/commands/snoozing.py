"""The times that snooze offers, in the agent's own zone."""

from datetime import datetime, timedelta

from agentdesk.config.language import _


def at_nine(day: datetime) -> datetime:
    """Nine in the morning of that day."""
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


def next_monday(now: datetime) -> datetime:
    """Nine in the morning of the Monday to come, never today."""
    return at_nine(now + timedelta(days=7 - now.weekday()))


def meaning(text: str, now: datetime) -> str:
    """What is typed means this time. Raises Problem when it means none."""
    from agentdesk.domain.when import read  # noqa: PLC0415  only who types a time needs it

    until = read(text, now)
    return _("hidden until {when}").format(when=f"{until:%A %d.%m.%Y %H:%M}")

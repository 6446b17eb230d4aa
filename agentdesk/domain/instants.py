"""Times as the store keeps them: whole microseconds since 1970, UTC.

Invariant: a datetime that leaves here is aware and UTC.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware time."""
    return (at - _EPOCH) // _TICK


def moment(value: int) -> datetime:
    """The aware UTC time of so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)


def moment_or_none(value: int | None) -> datetime | None:
    """The same, where the time may not be set."""
    return None if value is None else moment(value)


def iso(at: datetime) -> str:
    """ISO 8601 in UTC to the second, as the command line prints times."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

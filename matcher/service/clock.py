"""Moments are stored in UTC and shown in Chinese time; a day begins and ends in China."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_CHINA = ZoneInfo("Asia/Shanghai")


def now() -> str:
    """This moment in UTC, as it is stored."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def shown_moment(stamp: str) -> str:
    """A stored UTC moment in Chinese time, to the minute.

    >>> shown_moment("2026-11-23T04:05:06+00:00")
    '2026-11-23 12:05'
    """
    try:
        return datetime.fromisoformat(stamp).astimezone(_CHINA).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return stamp


def day_of(stamp: str) -> date:
    """The day in China of a stored UTC moment.

    >>> day_of("2026-11-23T17:05:06+00:00")
    datetime.date(2026, 11, 24)
    """
    return datetime.fromisoformat(stamp).astimezone(_CHINA).date()

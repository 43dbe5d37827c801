"""Time is a port: code asks a Clock, tests hold it still.

Instants are aware and in UTC; the calendar date is that of Việt Nam, where every school is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SCHOOL_TIME = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one home of the system clock


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until somebody moves it; ships for tests and replays."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant

    def advance(self, step: timedelta) -> None:
        """Move forward by `step`."""
        self.instant += step


def school_date(instant: datetime) -> date:
    """The calendar date in Việt Nam at `instant`.

    >>> school_date(datetime(2026, 11, 20, 18, 0, tzinfo=UTC)).isoformat()
    '2026-11-21'
    """
    return instant.astimezone(SCHOOL_TIME).date()

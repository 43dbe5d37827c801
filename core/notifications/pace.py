"""When a channel may speak: quiet hours and pace. Pure; the counts live in the database, for all to see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.notifications.domain import Urgency
from core.values.clock import SCHOOL_TIME


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours, in school time, in which only replies, emergencies and news of this moment go out (giờ yên lặng).

    They may pass midnight; equal ends mean that there are none.
    """

    start: time = time(21, 30)
    end: time = time(6, 0)

    def covers(self, instant: datetime) -> bool:
        """Whether `instant` lies in them; the end itself does not."""
        at = instant.astimezone(SCHOOL_TIME).time()
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    def ends_after(self, instant: datetime) -> datetime:
        """When the hours that cover `instant` end, in school time.

        >>> from datetime import UTC
        >>> QuietHours().ends_after(datetime(2026, 1, 1, 15, tzinfo=UTC)).strftime("%d/%m %H:%M")
        '02/01 06:00'
        """
        local = instant.astimezone(SCHOOL_TIME)
        ending = datetime.combine(local.date(), self.end, SCHOOL_TIME)
        return ending if ending > local else ending + timedelta(days=1)

    def least_urgent(self, instant: datetime) -> Urgency:
        """The least urgency that may go out at `instant`."""
        return Urgency.NEWS if self.covers(instant) else Urgency.NORMAL


@dataclass(frozen=True, slots=True)
class Pace:
    """A token bucket: `per_second` messages on average, at most `burst` at once (nhịp gửi)."""

    per_second: float
    burst: int = 1

    def __post_init__(self) -> None:
        if self.per_second <= 0 or self.burst < 1:
            raise ValueError("a pace lets at least one message through")

    @property
    def interval(self) -> timedelta:
        """The time in which one token grows."""
        return timedelta(seconds=1 / self.per_second)


LanePace = Callable[[str], Pace | None]
"""The pace of one address of a channel beside the channel's own, or None for an address without one."""


def available(pace: Pace, spent_until: datetime, now: datetime) -> int:
    """How many tokens the bucket holds. `spent_until` is the instant at which it is full again.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> available(Pace(10, burst=5), noon + timedelta(seconds=0.3), noon)
    2
    """
    missing = max(spent_until - now, timedelta())
    return max(0, int((pace.interval * pace.burst - missing) / pace.interval + 1e-6))


def spend(pace: Pace, spent_until: datetime, now: datetime, tokens: int) -> datetime:
    """The new `spent_until` after `tokens` were taken at `now`."""
    return max(spent_until, now) + pace.interval * tokens


def wait_for_one(pace: Pace, spent_until: datetime, now: datetime) -> timedelta:
    """How long until the bucket holds a token."""
    return max(timedelta(), spent_until - now - pace.interval * (pace.burst - 1))

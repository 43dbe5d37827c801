"""How often a key may ask: two fixed windows, a minute and a school day. Pure; the counters lie in PostgreSQL.

Windows begin on the clock (at :00 of each minute; at midnight in Việt Nam), so every process agrees on them without
talking. A caller may thus spend two minutes' worth within two seconds around a boundary; the day's window bounds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.values.clock import SCHOOL_TIME, school_date

MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Quota:
    """How often a key may ask (hạn mức)."""

    per_minute: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Counters:
    """What was used in the newest windows that anything was counted in (bộ đếm)."""

    minute: datetime
    minute_used: int
    day: date
    day_used: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one more request passes, what is left, and the counters to keep (kết quả xét hạn mức).

    `reset` is in whole seconds, at least 1: when the window that is nearest to its end of quota starts anew.
    """

    allowed: bool
    remaining: int
    reset: int
    window: str
    counters: Counters


def minute_of(now: datetime) -> datetime:
    """The minute in which `now` lies.

    >>> minute_of(datetime(2026, 11, 21, 7, 5, 59, 999, tzinfo=UTC)).isoformat()
    '2026-11-21T07:05:00+00:00'
    """
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def consider(quota: Quota, before: Counters, now: datetime) -> Verdict:
    """Count one request at `now`, or refuse it; a refused request uses nothing up.

    A clock that runs behind another process's never reopens a window that this one has left.

    >>> full = Counters(datetime(2026, 11, 21, 7, 5, tzinfo=UTC), 2, date(2026, 11, 21), 9)
    >>> consider(Quota(2, 10), full, datetime(2026, 11, 21, 7, 5, 18, tzinfo=UTC)).reset
    42
    """
    counters = _current(before, now)
    left_minute = quota.per_minute - counters.minute_used
    left_day = quota.per_day - counters.day_used
    by_day = left_day <= 0 or left_day < left_minute
    window, left = ("day", left_day) if by_day else ("minute", left_minute)
    reset = _seconds_left(counters, now, window)
    if left <= 0:
        return Verdict(allowed=False, remaining=0, reset=reset, window=window, counters=counters)
    used = Counters(counters.minute, counters.minute_used + 1, counters.day, counters.day_used + 1)
    return Verdict(allowed=True, remaining=left - 1, reset=reset, window=window, counters=used)


def _current(before: Counters, now: datetime) -> Counters:
    minute, day = minute_of(now), school_date(now)
    new_minute, new_day = minute > before.minute, day > before.day
    return Counters(
        minute if new_minute else before.minute,
        0 if new_minute else before.minute_used,
        day if new_day else before.day,
        0 if new_day else before.day_used,
    )


def _seconds_left(counters: Counters, now: datetime, window: str) -> int:
    if window == "minute":
        ends = counters.minute + timedelta(seconds=MINUTE_SECONDS)
    else:
        ends = datetime.combine(counters.day + timedelta(days=1), time(), SCHOOL_TIME)
    return max(1, -int(-(ends - now).total_seconds() // 1))

"""Two fixed windows: never more than allowed in either, and never a refusal while both have room."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.answers.keys.quota import Counters, Quota, consider, minute_of
from core.values.clock import school_date

START = datetime(2026, 11, 21, 16, 57, tzinfo=UTC)  # three minutes before midnight in Việt Nam
NEVER = Counters(datetime(2000, 1, 1, tzinfo=UTC), 0, date(2000, 1, 1), 0)
quotas = st.builds(Quota, st.integers(1, 8), st.integers(1, 20))
steps = st.lists(st.floats(0, 40, allow_nan=False), max_size=80)


@given(quotas, steps)
def test_what_passes_is_exactly_what_both_windows_have_room_for(quota: Quota, pauses: list[float]) -> None:
    now, counters = START, NEVER
    minutes: Counter[datetime] = Counter()
    days: Counter[date] = Counter()
    for pause in pauses:
        now += timedelta(seconds=pause)
        room = minutes[minute_of(now)] < quota.per_minute and days[school_date(now)] < quota.per_day
        verdict = consider(quota, counters, now)
        counters = verdict.counters
        assert verdict.allowed is room
        if verdict.allowed:
            minutes[minute_of(now)] += 1
            days[school_date(now)] += 1
            left = min(quota.per_minute - minutes[minute_of(now)], quota.per_day - days[school_date(now)])
            assert verdict.remaining == left
        else:
            assert verdict.remaining == 0
        assert 1 <= verdict.reset <= 86_400


@given(quotas, steps)
def test_whoever_waits_as_long_as_told_passes_in_the_end(quota: Quota, pauses: list[float]) -> None:
    now, counters = START, NEVER
    for pause in pauses:
        now += timedelta(seconds=pause)
        verdict = consider(quota, counters, now)
        counters = verdict.counters
        if not verdict.allowed:
            again = consider(quota, counters, now + timedelta(seconds=verdict.reset))
            assert again.allowed or again.window != verdict.window


@given(st.floats(-3600, 0, allow_nan=False))
def test_a_clock_that_runs_behind_reopens_no_window(behind: float) -> None:
    full = Counters(minute_of(START), 3, school_date(START), 3)
    assert not consider(Quota(3, 100), full, START + timedelta(seconds=behind)).allowed


def test_the_day_ends_at_midnight_in_viet_nam() -> None:
    full = Counters(minute_of(START), 0, school_date(START), 5)
    verdict = consider(Quota(10, 5), full, START)
    assert (verdict.window, verdict.reset) == ("day", 180)
    assert consider(Quota(10, 5), full, START + timedelta(minutes=3)).allowed

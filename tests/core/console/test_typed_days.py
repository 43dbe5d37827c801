"""Days as staff type them, the day first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.console.typed_days import BadDayError, read_day, read_day_or_none, write_day
from core.console.typed_times import read_time


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_what_a_field_shows_is_read_as_the_same_day(day: date) -> None:
    assert read_day(write_day(day)) == day


@pytest.mark.parametrize("typed", ["1/12/2026", "01/12/2026", "1-12-26", " 01.12.2026 ", "1 / 12 / 2026"])
def test_the_day_stands_before_the_month(typed: str) -> None:
    assert read_day(typed) == date(2026, 12, 1)


@pytest.mark.parametrize(
    "typed", ["31/02/2026", "12/31/2026", "mai", "0/1/2026", "1/12", "20261201", "1/12/1926x"]
)
def test_what_is_no_day_is_told_and_an_empty_field_is_none(typed: str) -> None:
    with pytest.raises(BadDayError):
        read_day_or_none(typed)
    assert read_day_or_none("  ") is None


def test_a_time_lost_in_fifty_thousand_spaces_is_refused_and_keeps_nobody_waiting() -> None:
    with pytest.raises(ValueError, match="no time"):
        read_time(f"7{' ' * 50_000}x")

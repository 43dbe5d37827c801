"""A month and its days, and classes too small to be told by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.checkins.monthly.service import DaysCome
from core.console.report_texts import GONE, class_lines
from core.reports.domain import FEWEST, Month, Period, arrivals, gone
from core.students.domain import Place
from core.values.ids import ClassId, StudentId, new_id

MONDAY = date(2026, 11, 23)
DAYS = tuple(MONDAY + timedelta(days=n) for n in range(5))
EVER = timedelta(days=10_000)


def places(*sizes: int) -> list[Place]:
    """Classes of these sizes, named by their number."""
    return [
        Place(StudentId(new_id()), ClassId(UUID(int=number)), f"{number}A", MONDAY, None)
        for number, size in enumerate(sizes, 1)
        for _ in range(size)
    ]


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-1", "1999-12", "2026-11-01", "٢٠٢٦-11", "x"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="month"):
        Month.parse(text)


@given(st.dates(date(2000, 2, 1), date(2099, 11, 30)))
def test_whole_months_follow_one_another_without_a_gap_in_time(day: date) -> None:
    month = Month(day.replace(day=1))
    whole = Period.of(month, date(2100, 1, 1))
    assert Month.parse(month.name) == month == month.next.previous
    assert whole.is_whole
    assert whole.until == Period.of(month.next, date(2100, 1, 1)).since
    assert day in whole.days


def test_of_a_month_that_is_not_over_only_whole_days_are_told() -> None:
    november = Month.parse("2026-11")
    so_far = Period.of(november, date(2026, 11, 22))
    assert (so_far.last, so_far.is_whole, len(so_far.days)) == (date(2026, 11, 21), False, 21)
    assert so_far.until == datetime(2026, 11, 21, 17, 0, tzinfo=UTC), "midnight in Việt Nam"
    assert Period.of(november, date(2026, 11, 1)).days == ()


@given(st.lists(st.integers(0, 12), max_size=8))
def test_no_line_and_no_rest_tells_of_fewer_pupils_than_five(sizes: list[int]) -> None:
    found = arrivals(places(*sizes), {}, DAYS, DAYS[-1])
    assert found.school.pupils == sum(sizes)
    assert all(one.pupils >= FEWEST for one in found.classes)
    rest = sum(sizes) - sum(one.pupils for one in found.classes)
    if found.small is not None:
        assert found.small.pupils == rest >= FEWEST
    elif found.classes:
        assert rest == 0, "what a class is less than the school would tell of a few"


def test_small_classes_stand_in_one_line_and_the_lines_make_up_the_school() -> None:
    roll = places(6, 3, 4, 7)
    came = {one.student_id: DaysCome(on_time=3, late=1, by_staff=1) for one in roll}
    lines = class_lines(arrivals(roll, came, DAYS, DAYS[-1]))
    assert [(name, line.pupils) for name, line in lines] == [
        ("1A", 6),
        ("4A", 7),
        ("Các lớp nhỏ", 7),
        ("Toàn trường", 20),
    ]
    whole = lines[-1][1]
    assert (whole.on_time, whole.late, whole.by_staff, whole.awaited) == (60, 20, 20, 100)
    assert whole.share == 0.8


def test_a_pupil_is_awaited_from_the_first_day_on_the_roll_until_leaving() -> None:
    one, other = places(1), places(1)
    left = Place(one[0].student_id, one[0].class_id, "1A", DAYS[1], DAYS[3])
    found = arrivals([left, *other], {}, DAYS, DAYS[-1]).school
    assert (found.pupils, found.awaited) == (1, 2 + 5)
    early = {left.student_id: DaysCome(on_time=4)}
    assert arrivals([left], early, DAYS, DAYS[-1]).school.share == 1.0, "who came was awaited"


def test_what_retention_took_from_a_month_is_named_and_has_words() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert gone(since, since + timedelta(days=33)) == (), "whole until the third day of the next month"
    assert gone(since, since + timedelta(days=41)) == ("answered",)
    assert set(gone(since, since + EVER)) == set(GONE)

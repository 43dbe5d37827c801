"""What a calendar says of a day, for any entries; and that entries of a school never meet."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit.service import Audit
from core.db.transaction import Database
from core.schools.calendar.domain import (
    MOST_DAYS,
    Calendar,
    CalendarError,
    Lessons,
    NewSpan,
    Span,
    SpanKind,
    SpanNotFoundError,
)
from core.schools.calendar.service import Calendars
from core.schools.domain import SchoolSettingsError
from core.schools.service import Schools
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring

SUNDAY = date(2026, 11, 22)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def span(
    first: date, last: date | None = None, kind: SpanKind = SpanKind.OFF, name: str = "Nghỉ Tết"
) -> NewSpan:
    return NewSpan(kind, name, first, last or first)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Entries one after the other, as the service keeps them."""
    calendar = Calendar(saturdays=draw(st.sampled_from([None, True, False])))
    for first in draw(st.lists(DAYS, max_size=6)):
        kind, more = draw(st.sampled_from(SpanKind)), timedelta(days=draw(st.integers(0, 20)))
        new = span(first, first + more, kind)
        try:
            calendar.check_room(new)
        except CalendarError:
            continue
        calendar = Calendar((*calendar.spans, Span(new_id(), new)), calendar.saturdays)
    return calendar


@given(calendars(), DAYS)
def test_what_comes_is_what_is_not_over_today_earliest_first(calendar: Calendar, today: date) -> None:
    coming = calendar.coming(today)
    assert [one.first_on for one in coming] == sorted(one.first_on for one in coming)
    assert set(coming) == {one.span for one in calendar.spans if not one.span.last_on < today}
    assert all(one.span in calendar.coming(one.span.last_on) for one in calendar.spans), (
        "on its last day, too"
    )


def test_nobody_works_on_holidays_and_in_a_short_break_but_in_summer_the_office_does() -> None:
    tet, summer = span(date(2027, 2, 3), date(2027, 2, 14)), span(date(2027, 6, 1), date(2027, 8, 20))
    swapped = span(date(2027, 4, 30), kind=SpanKind.LESSONS)
    calendar = Calendar(tuple(Span(new_id(), one) for one in (tet, summer, swapped)))
    days = [(2, 3), (2, 14), (2, 15), (5, 1), (7, 1), (4, 30)]
    found = [calendar.rests(date(2027, *day)) for day in days]
    assert found == [True, True, False, True, False, False]
    assert calendar.makes_up(date(2027, 4, 30))
    assert not calendar.makes_up(date(2027, 2, 3))


@given(calendars(), DAYS)
def test_the_schools_own_word_on_a_day_is_what_is_told_of_it(calendar: Calendar, on: date) -> None:
    written = [one.span for one in calendar.spans if one.span.first_on <= on <= one.span.last_on]
    day = calendar.day(on)
    if written:
        off = written[0].kind is SpanKind.OFF
        assert (day.lessons, day.is_own) == (Lessons.NO if off else Lessons.YES, True)
    elif on.weekday() == 6:
        assert day.lessons is Lessons.NO


@given(calendars(), DAYS)
def test_lessons_go_on_on_the_first_day_that_is_not_off_and_on_none_when_that_is_not_known(
    calendar: Calendar, on: date
) -> None:
    again = calendar.lessons_again(on)
    after = (calendar.day(on + timedelta(days=ahead)) for ahead in range(1, 200))
    first = next(day for day in after if day.lessons is not Lessons.NO)
    assert again == (first.on if first.lessons is Lessons.YES else None)


@given(calendars(), DAYS)
def test_unknown_are_only_saturdays_nobody_spoke_of_summer_and_the_weeks_of_moving_holidays(
    calendar: Calendar, on: date
) -> None:
    if calendar.day(on).lessons is Lessons.UNKNOWN:
        saturday = (on.weekday(), calendar.saturdays) == (5, None)
        assert saturday or on.month in {1, 2, 3, 4, 6, 7, 8, 9}


@pytest.mark.parametrize(
    ("on", "written", "lessons"),
    [
        (date(2027, 2, 22), (), Lessons.UNKNOWN),
        (date(2027, 2, 22), (span(date(2027, 2, 3), date(2027, 2, 12)),), Lessons.YES),
        (date(2027, 2, 22), (span(date(2027, 2, 5)),), Lessons.UNKNOWN),
        (date(2027, 4, 15), (), Lessons.UNKNOWN),
        (date(2027, 4, 15), (span(date(2027, 4, 16)),), Lessons.YES),
        (date(2027, 7, 1), (), Lessons.UNKNOWN),
        (date(2027, 7, 1), (span(date(2027, 7, 1), kind=SpanKind.LESSONS),), Lessons.YES),
        (date(2026, 11, 23), (), Lessons.YES),
    ],
)
def test_while_tet_is_not_written_down_no_weekday_around_it_is_said_to_have_lessons(
    on: date, written: tuple[NewSpan, ...], lessons: Lessons
) -> None:
    assert Calendar(tuple(Span(new_id(), one) for one in written)).day(on).lessons is lessons


@pytest.mark.parametrize(
    ("first", "days", "name", "field"),
    [
        (SUNDAY, 0, " ", "name"),
        (SUNDAY, 0, "x" * 81, "name"),
        (SUNDAY, -1, "Tết", "last_on"),
        (SUNDAY, MOST_DAYS, "Hè", "length"),
    ],
)
def test_a_span_that_makes_no_sense_is_refused(first: date, days: int, name: str, field: str) -> None:
    with pytest.raises(CalendarError) as refused:
        NewSpan(SpanKind.OFF, name, first, first + timedelta(days=days))
    assert refused.value.params["field"] == field


@pytest.fixture
def calendars_of(clock: FixedClock, keyring: Keyring) -> Calendars:
    return Calendars(clock, Audit(keyring, clock))


async def test_an_entry_is_written_corrected_and_taken_back_and_other_schools_see_nothing(
    database: Database, school_id: SchoolId, clock: FixedClock, calendars_of: Calendars
) -> None:
    other = SchoolId(new_id())
    for one in (school_id, other):
        async with database.transaction(one) as tx:
            await Schools(clock).add(tx, "Trường Hoa Phượng")
    async with database.transaction(school_id) as tx:
        span_id = await calendars_of.add(tx, span(date(2026, 12, 1)), "staff:x")
        await calendars_of.change(tx, span_id, span(date(2026, 12, 1), date(2026, 12, 3)), "staff:x")
        await calendars_of.set_saturdays(tx, "staff:x", lessons=True)
        kept = await calendars_of.read(tx)
        assert (kept.spans[0].span.last_on, kept.saturdays) == (date(2026, 12, 3), True)
        with pytest.raises(CalendarError) as refused:
            await calendars_of.add(tx, span(date(2026, 12, 3)), "staff:x")
        assert refused.value.params == {"field": "overlap", "name": "Nghỉ Tết"}
        with pytest.raises(CalendarError):
            await calendars_of.add(tx, span(date(2062, 12, 3)), "staff:x")
        actions = {one.action for one in await calendars_of.audit.list_recent(tx)}
    assert actions >= {"schools.day_added", "schools.day_changed", "schools.saturdays_set"}
    async with database.transaction(other) as tx:
        assert not (await calendars_of.read(tx)).is_told
        for attempt in (
            calendars_of.remove(tx, span_id, "x"),
            calendars_of.change(tx, span_id, span(SUNDAY), "x"),
        ):
            with pytest.raises(SpanNotFoundError):
                await attempt
    async with database.transaction(school_id) as tx:
        await calendars_of.remove(tx, span_id, "staff:x")
        assert (await calendars_of.read(tx)).spans == ()


async def test_two_who_write_the_same_days_at_once_leave_one_entry(
    database: Database, school_id: SchoolId, clock: FixedClock, calendars_of: Calendars
) -> None:
    async with database.transaction(school_id) as tx:
        await Schools(clock).add(tx, "Trường Hoa Phượng")

    written: list[str] = []

    async def write(name: str) -> None:
        with suppress(CalendarError):
            async with database.transaction(school_id) as tx:
                await calendars_of.add(tx, span(date(2026, 12, 1), name=name), "staff:x")
            written.append(name)

    async with asyncio.TaskGroup() as group:
        for name in ("Tết", "Bão"):
            group.create_task(write(name))
    assert len(written) == 1


async def test_a_time_at_which_nobody_can_be_missed_is_refused(
    database: Database, school_id: SchoolId, clock: FixedClock, calendars_of: Calendars
) -> None:
    async with database.transaction(school_id) as tx:
        await Schools(clock).add(tx, "Trường Hoa Phượng")
        for moment in (time(6, 59), time(15, 1)):
            with pytest.raises(SchoolSettingsError):
                await calendars_of.set_absent_after(tx, moment, "staff:x")
        await calendars_of.set_absent_after(tx, time(7, 45), "staff:x")
        assert (await Schools(clock).get(tx)).absent_after == time(7, 45)
        await calendars_of.set_absent_after(tx, None, "staff:x")
        assert (await Schools(clock).get(tx)).absent_after is None

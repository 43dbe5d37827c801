"""A school's own days: off, made up for, and its Saturdays; from them, what is known of any day. Pure.

Nothing is guessed: it is not known whether there are lessons on a Saturday that nobody spoke of, in summer, and around
Tết and Giỗ Tổ, which follow the moon, while the school wrote neither down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from core.errors import CoreError, NotFoundError

MAX_NAME = 80
MOST_DAYS = 120
"""The longest span: a summer holiday; what is longer is a slip in the year."""
LONGEST_REST = timedelta(days=21)
"""A break such as Tết; in a longer one, summer, there are no lessons but the office works and fees fall due."""
MOST_AHEAD = timedelta(days=2 * 366)
_SATURDAY, _SUNDAY = 5, 6
_LOOK_AHEAD = 2 * MOST_DAYS
PUBLIC_HOLIDAYS: dict[tuple[int, int], str] = {
    (1, 1): "Tết Dương lịch",
    (4, 30): "Ngày Chiến thắng 30/4",
    (5, 1): "Quốc tế Lao động 1/5",
    (9, 2): "Quốc khánh 2/9",
}
"""Labour Code 2019, article 112: those on fixed days of the year, off everywhere."""

_MOVING = (((1, 14), (2, 28), 5), ((3, 29), (4, 29), 1))
"""Between which days Tết with the days before and after it, and Giỗ Tổ (10/3 of the lunar year), can lie, and how many
days off at least the school has there: while it wrote down fewer, an ordinary day between them is not sure."""
_SUMMER = ((6, 1), (9, 4))
"""No school year reaches into these days by right: it ends by 31 May and opens on 5 September."""


class CalendarError(CoreError):
    """A span that makes no sense; `field` says what of it: name, last_on, length, year, overlap."""

    code = "schools.bad_span"
    http_status = 422


class SpanNotFoundError(NotFoundError):
    """The school's calendar has no such entry."""

    code = "schools.span_not_found"


class SpanKind(StrEnum):
    """What an entry of the calendar says."""

    OFF = "off"
    LESSONS = "lessons"
    """Lessons on days that would have none (học bù)."""


class Lessons(StrEnum):
    """What is known of a day."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class NewSpan:
    """Days in a row that the school speaks of, the last one included (đợt nghỉ, đợt học bù).

    Raises:
        CalendarError: when it has no name, ends before it begins, or lasts longer than a summer.
    """

    kind: SpanKind
    name: str
    first_on: date
    last_on: date

    def __post_init__(self) -> None:
        if not 0 < len(self.name) <= MAX_NAME or self.name != " ".join(self.name.split()):
            raise CalendarError(field="name")
        if self.last_on < self.first_on:
            raise CalendarError(field="last_on")
        if (self.last_on - self.first_on).days >= MOST_DAYS:
            raise CalendarError(field="length")

    def covers(self, on: date) -> bool:
        """Whether it speaks of a day."""
        return self.first_on <= on <= self.last_on

    def meets(self, other: NewSpan) -> bool:
        """Whether both speak of the same day."""
        return self.first_on <= other.last_on and other.first_on <= self.last_on

    def check_year(self, today: date) -> None:
        """Stop a slip in the year.

        Raises:
            CalendarError: when it is over for a year, or more than two years ahead.
        """
        if not today - MOST_AHEAD / 2 <= self.last_on <= today + MOST_AHEAD:
            raise CalendarError(field="year")


@dataclass(frozen=True, slots=True)
class Span:
    """An entry of the calendar, with its id (mục lịch)."""

    id: UUID
    span: NewSpan


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of one day; `name` is that of the days off, of the holiday, or of the lessons made up."""

    on: date
    lessons: Lessons
    name: str = ""
    is_own: bool = False
    """Whether the school itself wrote this day down; else it is a Sunday, a holiday or an ordinary day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a school said of its days (lịch trường). `saturdays` is None while nobody said it.

    >>> tet = NewSpan(SpanKind.OFF, "Tết Đinh Mùi", date(2027, 2, 3), date(2027, 2, 12))
    >>> calendar = Calendar((Span(UUID(int=1), tet),), saturdays=False)
    >>> calendar.day(date(2027, 2, 8)).name, calendar.lessons_again(date(2027, 2, 8)).isoformat()
    ('Tết Đinh Mùi', '2027-02-15')
    """

    spans: tuple[Span, ...] = ()
    saturdays: bool | None = None

    @property
    def is_told(self) -> bool:
        """Whether the school wrote anything at all; before that it is no source for an answer."""
        return bool(self.spans) or self.saturdays is not None

    def day(self, on: date) -> Day:
        """What is known of a day: the school's word first, then Sundays, holidays and Saturdays."""
        if span := self._span(on):
            lessons = Lessons.NO if span.kind is SpanKind.OFF else Lessons.YES
            return Day(on, lessons, span.name, is_own=True)
        holiday = PUBLIC_HOLIDAYS.get((on.month, on.day), "")
        if holiday or on.weekday() == _SUNDAY:
            return Day(on, Lessons.NO, holiday)
        if on.weekday() == _SATURDAY:
            known = {True: Lessons.YES, False: Lessons.NO, None: Lessons.UNKNOWN}
            return Day(on, known[self.saturdays], is_own=self.saturdays is not None)
        return Day(on, Lessons.YES if self._is_sure(on) else Lessons.UNKNOWN)

    def rests(self, on: date) -> bool:
        """Whether nobody works at the school by what is known: a holiday, or a break of its own that is no season.

        Weekends are not asked: who works then, and whom one may disturb, others know.

        >>> [Calendar().rests(date(2026, 9, day)) for day in (1, 2)]
        [False, True]
        """
        span = self._span(on)
        if span is None:
            return (on.month, on.day) in PUBLIC_HOLIDAYS
        return span.kind is SpanKind.OFF and span.last_on - span.first_on < LONGEST_REST

    def makes_up(self, on: date) -> bool:
        """Whether the school put lessons on this day that would have none."""
        span = self._span(on)
        return span is not None and span.kind is SpanKind.LESSONS

    def _span(self, on: date) -> NewSpan | None:
        return next((one.span for one in self.spans if one.span.covers(on)), None)

    def _is_sure(self, on: date) -> bool:
        """Whether an ordinary day of the week has lessons for certain."""
        if _SUMMER[0] <= (on.month, on.day) <= _SUMMER[1]:
            return False
        return all(
            not start <= (on.month, on.day) <= end or self._days_off(on.year, start, end) >= fewest
            for start, end, fewest in _MOVING
        )

    def _days_off(self, year: int, start: tuple[int, int], end: tuple[int, int]) -> int:
        """How many days the school wrote down as off between two days of a year."""
        first, last = date(year, *start), date(year, *end)
        off = (one.span for one in self.spans if one.span.kind is SpanKind.OFF)
        shared = (min(span.last_on, last) - max(span.first_on, first) for span in off)
        return sum(max(0, days.days + 1) for days in shared)

    def lessons_again(self, after: date) -> date | None:
        """The first day of lessons after a day; None when an unknown day comes first, or none for long."""
        for ahead in range(1, _LOOK_AHEAD + 1):
            day = self.day(after + timedelta(days=ahead))
            if day.lessons is not Lessons.NO:
                return day.on if day.lessons is Lessons.YES else None
        return None

    def coming(self, today: date) -> tuple[NewSpan, ...]:
        """What is not over yet, earliest first."""
        left = (one.span for one in self.spans if one.span.last_on >= today)
        return tuple(sorted(left, key=lambda span: span.first_on))

    def check_room(self, new: NewSpan, replaces: UUID | None = None) -> None:
        """Stop an entry that speaks of a day of another one.

        Raises:
            CalendarError: with the name of the other.
        """
        for one in self.spans:
            if one.id != replaces and one.span.meets(new):
                raise CalendarError(field="overlap", name=one.span.name)

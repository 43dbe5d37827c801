"""A month, which part of it is told, and how figures of pupils become figures of classes. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.answers.asked.domain import AskedCounts
from core.answers.asked.service import KEEP_GOOD
from core.broadcasts.monthly import AnnouncedFigures
from core.checkins.monthly.service import DaysCome, GateFigures
from core.conversations.monthly.service import TalkFigures
from core.fees.monthly.service import FeeFigures
from core.guardians.progress.domain import ProvenFigures
from core.rights.retention import RULES
from core.schools.calendar.domain import Calendar, Lessons
from core.students.domain import Place
from core.values.clock import SCHOOL_TIME
from core.values.ids import StudentId

FEWEST = 5
"""A class with fewer pupils is not told by itself: its figures would be those of children whom everybody knows."""
STILL_LAST_MONTH = 3
"""Until this day of a month, the month that heads report on is the one before."""
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar (tháng), by its first day.

    Raises:
        ValueError: when it does not begin on a first day.
    """

    first: date

    def __post_init__(self) -> None:
        if self.first.day != 1:
            raise ValueError("a month begins on its first day")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read it as addresses carry it, of this century.

        Raises:
            ValueError: when it is none.

        >>> Month.parse("2026-11").next.name
        '2026-12'
        """
        found = _MONTH.fullmatch(text)
        if found is None:
            raise ValueError("a month is written 2026-11")
        return cls(date(int(found[1]), int(found[2]), 1))

    @classmethod
    def to_report(cls, today: date) -> Month:
        """The month that somebody who names none wants to see.

        >>> Month.to_report(date(2026, 12, 3)).name, Month.to_report(date(2026, 12, 4)).name
        ('2026-11', '2026-12')
        """
        mine = cls(today.replace(day=1))
        return mine.previous if today.day <= STILL_LAST_MONTH else mine

    @property
    def name(self) -> str:
        """As addresses carry it."""
        return f"{self.first:%Y-%m}"

    @property
    def next(self) -> Month:
        """The month after."""
        return Month((self.first + 31 * _DAY).replace(day=1))

    @property
    def previous(self) -> Month:
        """The month before."""
        return Month((self.first - _DAY).replace(day=1))


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a month that are over: `before` is not included (kỳ báo cáo)."""

    month: Month
    before: date

    @classmethod
    def of(cls, month: Month, today: date) -> Period:
        """What of a month can be told today: whole days only, so every figure ends at one moment.

        >>> Period.of(Month(date(2026, 11, 1)), date(2026, 11, 22)).before.isoformat()
        '2026-11-22'
        """
        return cls(month, max(month.first, min(month.next.first, today)))

    @property
    def is_whole(self) -> bool:
        """Whether the month is over."""
        return self.before == self.month.next.first

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it; none on the first day of a month."""
        return tuple(self.month.first + n * _DAY for n in range((self.before - self.month.first).days))

    @property
    def last(self) -> date:
        """Its last day; of a month that has only begun, the day before it."""
        return self.before - _DAY

    @property
    def since(self) -> datetime:
        """When it begins: midnight in school time."""
        return datetime.combine(self.month.first, time.min, SCHOOL_TIME)

    @property
    def until(self) -> datetime:
        """When it ends, not included."""
        return datetime.combine(self.before, time.min, SCHOOL_TIME)


@dataclass(frozen=True, slots=True)
class SchoolDays:
    """The days with lessons, and those of which nobody said it, by the school's calendar (ngày học)."""

    lessons: tuple[date, ...] = ()
    unknown: tuple[date, ...] = ()

    @classmethod
    def of(cls, calendar: Calendar, days: Iterable[date]) -> SchoolDays:
        """Sort days."""
        known = [calendar.day(on) for on in days]
        return cls(
            tuple(one.on for one in known if one.lessons is Lessons.YES),
            tuple(one.on for one in known if one.lessons is Lessons.UNKNOWN),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """Arrivals of a class or of several; figures are days of pupils (dòng đi học).

    `awaited` is how many there would be, had everybody come on every day; `by_staff` is part of those who came.
    """

    name: str
    pupils: int
    awaited: int
    on_time: int
    late: int
    by_staff: int

    @property
    def share(self) -> float:
        """Of those awaited, who came; 1 where nobody was."""
        return (self.on_time + self.late) / self.awaited if self.awaited else 1.0


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Arrivals by class (số liệu đi học); `small` are the small classes in one line."""

    school: Line
    classes: tuple[Line, ...] = ()
    small: Line | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is told of a month (báo cáo tháng)."""

    period: Period
    days: SchoolDays
    arrivals: Arrivals
    gates: GateFigures
    asked: AskedCounts
    talks: TalkFigures
    fees: FeeFigures
    proven: ProvenFigures
    announced: AnnouncedFigures
    gone: tuple[str, ...] = ()
    """Of which tables retention has removed rows of this month; `answered` for answered questions."""


def arrivals(
    places: Sequence[Place], came: Mapping[StudentId, DaysCome], days: Collection[date], last: date
) -> Arrivals:
    """Add pupils up to classes; in `places` classes stand in their order. Those on the roll on `last` are counted.

    Who came on more days than the roll knew the pupil was awaited on those.
    """
    by_class: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_class[place.class_name].append(place)
    lines = [_line(name, some, came, days, last) for name, some in by_class.items()]
    lines = [one for one in lines if one.pupils or one.awaited]
    small = [one for one in lines if one.pupils < FEWEST]
    told = [one for one in lines if one.pupils >= FEWEST]
    while small and told and sum(one.pupils for one in small) < FEWEST:
        least = min(told, key=lambda one: one.pupils)  # else the whole less the classes would tell of a few
        told.remove(least)
        small.append(least)
    enough = sum(one.pupils for one in small) >= FEWEST
    return Arrivals(_sum(lines), tuple(told), _sum(small) if enough else None)


def gone(since: datetime, now: datetime) -> tuple[str, ...]:
    """Which figures from `since` on are too small by now, because what they count is not kept so long."""
    keeps = {rule.table: rule.keep for rule in RULES if rule.table in _COUNTED} | {"answered": KEEP_GOOD}
    return tuple(name for name in (*_COUNTED, "answered") if since < now - keeps[name])


_COUNTED = ("check_ins", "leave_notes", "chat_turns", "chat_handovers", "asked_questions")


def _line(
    name: str, places: Iterable[Place], came: Mapping[StudentId, DaysCome], days: Collection[date], last: date
) -> Line:
    pupils = awaited = on_time = late = by_staff = 0
    for place in places:
        mine = came.get(place.student_id, DaysCome())
        pupils += place.is_on_roll(last)
        awaited += max(mine.days, sum(place.is_on_roll(on) for on in days))
        on_time, late, by_staff = on_time + mine.on_time, late + mine.late, by_staff + mine.by_staff
    return Line(name, pupils, awaited, on_time, late, by_staff)


def _sum(lines: Collection[Line]) -> Line:
    return Line(
        "",
        sum(one.pupils for one in lines),
        sum(one.awaited for one in lines),
        sum(one.on_time for one in lines),
        sum(one.late for one in lines),
        sum(one.by_staff for one in lines),
    )

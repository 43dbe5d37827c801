"""A school and the times of its day. The time zone is fixed: every school is in Việt Nam."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from core.errors import CoreError, NotFoundError
from core.values.clock import SCHOOL_TIME
from core.values.ids import SchoolId

MAX_NAME = 120
LATEST_WORD_HOURS = 8


class SchoolNotFoundError(NotFoundError):
    """No school has this id."""

    code = "schools.not_found"


class SchoolSettingsError(CoreError):
    """A school's name or day times make no sense; `field` says which."""

    code = "schools.bad_settings"
    http_status = 422


@dataclass(frozen=True, slots=True)
class DayTimes:
    """When a school day opens, starts and from when a pupil is late, in school time (giờ vào học).

    Raises:
        SchoolSettingsError: when they are not in order.

    >>> DayTimes().late_at(date(2026, 11, 23)).isoformat()
    '2026-11-23T07:15:00+07:00'
    """

    opens: time = time(6, 0)
    starts: time = time(7, 0)
    late_after: time = time(7, 15)

    def __post_init__(self) -> None:
        if any(moment.tzinfo for moment in (self.opens, self.starts, self.late_after)):
            raise SchoolSettingsError(field="day")
        if not self.opens <= self.starts <= self.late_after:
            raise SchoolSettingsError(field="day")

    def late_at(self, day: date) -> datetime:
        """The instant after which a pupil is late on `day`, aware, in school time."""
        return datetime.combine(day, self.late_after, SCHOOL_TIME)

    def is_late(self, instant: datetime) -> bool:
        """Whether somebody who arrives at `instant` is late that day."""
        local = instant.astimezone(SCHOOL_TIME)
        return local > self.late_at(local.date())


@dataclass(frozen=True, slots=True)
class School:
    """A school (trường)."""

    id: SchoolId
    name: str
    day: DayTimes
    absent_after: time | None = None
    """From when teachers are told of pupils who have not come; None where the school wants no such word."""


def check_name(name: str) -> str:
    """A school's name without spare spaces.

    Raises:
        SchoolSettingsError: when it is empty or too long.
    """
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= MAX_NAME:
        raise SchoolSettingsError(field="name")
    return tidy


def check_absent_after(moment: time | None, day: DayTimes) -> None:
    """Stop a time at which nobody can be missed: before lessons start, or more than half a day later.

    Raises:
        SchoolSettingsError: when it is such a time.
    """
    if moment is None:
        return
    latest = time(min(day.starts.hour + LATEST_WORD_HOURS, 23), day.starts.minute)
    if not day.starts <= moment <= latest:
        raise SchoolSettingsError(field="absent_after")

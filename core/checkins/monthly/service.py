"""Adds up what kiosks saw. It knows no class and no calendar, and changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core.checkins.monthly import repository
from core.db.transaction import Tx
from core.values.clock import school_date
from core.values.ids import StudentId


@dataclass(frozen=True, slots=True)
class DaysCome:
    """On how many days a pupil came (số ngày đến trường); `by_staff` is part of both."""

    on_time: int = 0
    late: int = 0
    by_staff: int = 0

    @property
    def days(self) -> int:
        """All of them."""
        return self.on_time + self.late


@dataclass(frozen=True, slots=True)
class GateFigures:
    """What the kiosks had to do (số liệu cổng); `waiting` is part of `needed_staff`."""

    tries: int = 0
    needed_staff: int = 0
    waiting: int = 0
    leave_notes: int = 0


async def days_come(tx: Tx, days: Collection[date]) -> Mapping[StudentId, DaysCome]:
    """Of each pupil who came on any of these days: how often, and how."""
    found = await repository.days_come(tx, days) if days else {}
    return {student_id: DaysCome(*counts) for student_id, counts in found.items()}


async def at_gates(tx: Tx, since: datetime, until: datetime) -> GateFigures:
    """Tries of the days from `since` to `until`, both midnights in school time, and notes of leave written then."""
    tries = await repository.tries(tx, school_date(since), school_date(until))
    return GateFigures(*tries, await repository.leave_notes(tx, since, until))

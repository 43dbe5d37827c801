"""Puts the figures of the slices together. It counts nothing itself, writes nothing, and tells nobody's name."""

from __future__ import annotations

from dataclasses import dataclass

from core.answers.asked.service import AskedQuestions
from core.broadcasts.monthly import announced
from core.checkins.monthly.service import at_gates, days_come
from core.conversations.monthly.service import talks
from core.db.transaction import Tx
from core.fees.monthly.service import fees
from core.guardians.progress.service import proven
from core.reports.domain import Month, Period, Report, SchoolDays, arrivals, gone
from core.schools.calendar.service import Calendars
from core.students.service import Students
from core.values.clock import Clock, school_date


@dataclass(frozen=True, slots=True)
class Reports:
    """The monthly reports of a school (báo cáo tháng)."""

    clock: Clock
    students: Students
    calendars: Calendars
    asked: AskedQuestions

    async def of(self, tx: Tx, month: Month) -> Report:
        """The report of a month, as far as its days are over.

        Raises:
            ValueError: when the month has not begun.
        """
        now = self.clock.now()
        today = school_date(now)
        if month.first > today:
            raise ValueError("the month has not begun")
        period = Period.of(month, today)
        since, until = period.since, period.until
        days = SchoolDays.of(await self.calendars.read(tx), period.days)
        places = await self.students.list_places(tx)
        return Report(
            period=period,
            days=days,
            arrivals=arrivals(places, await days_come(tx, days.lessons), days.lessons, period.last),
            gates=await at_gates(tx, since, until),
            asked=await self.asked.counts(tx, since, until),
            talks=await talks(tx, since, until),
            fees=await fees(tx, since, until),
            proven=await proven(tx, since, until),
            announced=await announced(tx, since, until),
            gone=gone(since, now),
        )

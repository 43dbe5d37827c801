"""Looks every hour, in every school, for fees whose last day is near. A failure is logged and tried again.

On Sundays and on days on which the school rests nobody is reminded: what falls due then is told before.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, time, timedelta

import structlog

from core.db.transaction import Database
from core.fees.collecting import Collecting
from core.schools.calendar.domain import Calendar
from core.schools.calendar.service import Calendars
from core.schools.service import Schools
from core.values.clock import SCHOOL_TIME, Clock
from core.values.ids import SchoolId
from core.work.rounds import each, rounds

log = structlog.get_logger(__name__)
EVERY = timedelta(hours=1)
_A_DAY, _SUNDAY = timedelta(days=1), 6
DAYS_BEFORE = 3
"""Days off are not counted."""
BATCH = 100
"""So many invoices are reminded of in one transaction."""
FROM, TO = time(8), time(19)
"""When a guardian may be reminded of money, in school time."""


@dataclass(frozen=True, slots=True)
class FeeReminders:
    """The hourly look (nhắc nộp)."""

    database: Database
    schools: Schools
    calendars: Calendars
    collecting: Collecting
    clock: Clock

    async def once(self) -> int:
        """One look at every school; says how many invoices are due soon."""
        local = self.clock.now().astimezone(SCHOOL_TIME)
        if not FROM <= local.time() < TO:
            return 0
        today = local.date()

        async def look(school_id: SchoolId) -> int:
            async with self.database.transaction(school_id) as own:
                calendar = await self.calendars.read(own)
                if _is_off(calendar, today):
                    return 0
                due = await self.collecting.due_soon(own, today, _horizon(calendar, today))
            told = 0
            for first in range(0, len(due), BATCH):
                async with self.database.transaction(school_id) as own:
                    told += await self.collecting.remind(own, due[first : first + BATCH])
            return told

        async with self.database.platform() as tx:
            schools = await self.schools.list_schools(tx)
        due = await each("fee_reminders", (school.id for school in schools), look)
        log.info("fee_reminders", due=due)
        return due

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("fee_reminders", self.once, lambda: asyncio.sleep(EVERY.total_seconds()))


def _horizon(calendar: Calendar, today: date) -> date:
    """The last day of which is told today: `DAYS_BEFORE` days ahead, without those on which nobody is told."""
    day, left = today, DAYS_BEFORE
    while left:
        day += _A_DAY
        left -= not _is_off(calendar, day)
    return day


def _is_off(calendar: Calendar, on: date) -> bool:
    return calendar.rests(on) or (on.weekday() == _SUNDAY and not calendar.makes_up(on))

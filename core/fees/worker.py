"""Looks every hour, in every school, for fees whose last day is near. A failure is logged and tried again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import time, timedelta

import structlog

from core.db.transaction import Database
from core.fees.collecting import Collecting
from core.schools.service import Schools
from core.values.clock import SCHOOL_TIME, Clock
from core.values.ids import SchoolId
from core.work.rounds import each, rounds

log = structlog.get_logger(__name__)
EVERY = timedelta(hours=1)
DAYS_BEFORE = timedelta(days=3)
BATCH = 100
"""So many invoices are reminded of in one transaction."""
FROM, TO = time(8), time(19)
"""When a guardian may be reminded of money, in school time."""


@dataclass(frozen=True, slots=True)
class FeeReminders:
    """The hourly look (nhắc nộp)."""

    database: Database
    schools: Schools
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
                due = await self.collecting.due_soon(own, today, today + DAYS_BEFORE)
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

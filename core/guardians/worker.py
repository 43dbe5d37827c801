"""Looks every hour, in every school, for rights that have ended. A failure is logged and tried again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.db.transaction import Database
from core.guardians.lapses import Lapses
from core.schools.service import Schools
from core.values.ids import SchoolId
from core.work.rounds import each, rounds

log = structlog.get_logger(__name__)
EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LapseWorker:
    """The hourly look (rà soát định kỳ)."""

    database: Database
    schools: Schools
    lapses: Lapses

    async def once(self) -> int:
        """One look at every school; says how many guardianships ended."""
        async with self.database.platform() as tx:
            schools = await self.schools.list_schools(tx)
        ended = await each("lapses", (school.id for school in schools), self._look)
        log.info("lapses", ended=ended)
        return ended

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("lapses", self.once, lambda: asyncio.sleep(EVERY.total_seconds()))

    async def _look(self, school_id: SchoolId) -> int:
        async with self.database.transaction(school_id) as own:
            return sum((await self.lapses.once(own)).values())

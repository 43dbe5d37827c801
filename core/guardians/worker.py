"""Looks every hour, in every school, for rights that have ended. A failure is logged and tried again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.db.transaction import DATABASE_FAULTS, Database
from core.guardians.lapses import Lapses
from core.schools.service import Schools

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
        ended = 0
        for school in schools:
            async with self.database.transaction(school.id) as own:
                ended += sum((await self.lapses.once(own)).values())
        return ended

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                log.info("lapses", ended=await self.once())
            except DATABASE_FAULTS as error:
                log.warning("lapses_failed", error=type(error).__name__)
            await asyncio.sleep(EVERY.total_seconds())

"""Takes the daily look at every school that wants it, each minute. A failure is logged and tried again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from core.checkins.absence.service import Absences
from core.db.transaction import Database
from core.values.ids import SchoolId
from core.work.rounds import each, rounds

_EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class AbsenceWatch:
    """The look for who did not come, by the clock (theo dõi vắng)."""

    database: Database
    absences: Absences

    async def once(self) -> int:
        """One look at every school that wants it; says how many messages were made."""
        async with self.database.platform() as tx:
            schools = await self.absences.schools.list_schools(tx)
        wanting = (one.id for one in schools if one.absent_after is not None)
        return await each("absence", wanting, self._look)

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("absence", self.once, lambda: asyncio.sleep(_EVERY_SECONDS))

    async def _look(self, school_id: SchoolId) -> int:
        async with self.database.transaction(school_id) as tx:
            return await self.absences.look(tx)

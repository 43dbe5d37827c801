"""Looks again and again whether somebody waits too long, and tells the next staff. Several processes may run it.

What is raised is decided and written under the lock of its row in one transaction, so nobody is told twice
and nothing is lost when a process dies.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from core.conversations.desk.overdue import Overdue
from core.conversations.desk.service import HandoverDesk
from core.db.transaction import Database
from core.values.ids import SchoolId
from core.work.rounds import each, rounds

EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Escalation:
    """The watch over open hand-overs (người nhắc)."""

    database: Database
    desk: HandoverDesk

    async def once(self) -> int:
        """Look at every school once; says how many hand-overs were raised or ended."""
        async with self.database.platform() as tx:
            schools = await self.desk.schools_with_open(tx)
        return await each("escalation", schools, self._look)

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("escalation", self.once, lambda: asyncio.sleep(EVERY_SECONDS))

    async def _look(self, school: UUID) -> int:
        async with self.database.transaction(SchoolId(school)) as own:
            return await Overdue(self.desk).look(own)

"""Looks again and again whether somebody waits too long, and tells the next staff. Several processes may run it.

What is raised is decided and written under the lock of its row in one transaction, so nobody is told twice
and nothing is lost when a process dies.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog

from core.conversations.desk.service import HandoverDesk
from core.db.transaction import DATABASE_FAULTS, Database
from core.values.ids import SchoolId

log = structlog.get_logger(__name__)
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
        done = 0
        for school in schools:
            async with self.database.transaction(SchoolId(school)) as own:
                done += await self.desk.raise_overdue(own)
        return done

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.once()
            except DATABASE_FAULTS as error:
                log.warning("escalation_failed", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

"""Forgets what has served its time: handled facts and delivered messages, once an hour.

Personal data does not lie in queues for ever. Check-ins, fees and the audit trail are records of their own and
are not touched here. A failure is logged and tried again at the next hour; it never ends the program.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.db.transaction import Database
from core.devices.commands.service import Commands
from core.enrolments.service import Enrolments
from core.inbox.service import Inbox
from core.notifications.service import Notifications
from core.rights.forgetting import Forgetting
from core.values.ids import SchoolId
from core.work.rounds import each, rounds

log = structlog.get_logger(__name__)
KEEP = timedelta(days=30)
"""Longer than any channel or bank repeats itself, shorter than a school term."""
EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The hourly cleaning (dọn dẹp định kỳ)."""

    database: Database
    inbox: Inbox
    notifications: Notifications
    enrolments: Enrolments | None = None
    commands: Commands | None = None
    forgetting: Forgetting | None = None

    async def once(self, keep: timedelta = KEEP) -> tuple[int, int]:
        """Forget handled facts and delivered messages older than `keep`; says how many of each."""
        async with self.database.platform() as tx:
            if self.commands is not None:
                await self.commands.forget(tx, keep)
            return await self.inbox.forget(tx, keep), await self.notifications.forget(tx, keep)

    async def faces(self) -> int:
        """Delete enrolled faces that may not stay: consent withdrawn, schooling ended. Says of how many pupils."""
        if self.enrolments is None:
            return 0
        async with self.database.platform() as tx:
            schools = await self.enrolments.schools(tx)
        return await each("faces", schools, self._sweep)

    async def aged(self) -> int:
        """Delete what has served its time (`core.rights.retention`); says how many rows."""
        return sum((await self.forgetting.once()).values()) if self.forgetting is not None else 0

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("upkeep", self._all, lambda: asyncio.sleep(EVERY.total_seconds()))

    async def _all(self) -> None:
        facts, messages = await self.once()
        log.info("upkeep", facts=facts, messages=messages, faces=await self.faces())
        log.info("upkeep_by_age", rows=await self.aged())

    async def _sweep(self, school_id: SchoolId) -> int:
        if self.enrolments is None:
            return 0
        async with self.database.transaction(school_id) as own:
            return await self.enrolments.sweep(own)

"""Writes the messages of announcements that are due, batch by batch. Several processes may run it.

Between two batches another announcement, an emergency say, gets its turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from core.broadcasts import repository
from core.broadcasts.service import BATCH, NOTIFY_CHANNEL, Broadcasts
from core.db.notify import Listener
from core.db.transaction import Database
from core.values.ids import SchoolId
from core.work.rounds import each, rounds

LOOK_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class BroadcastWorker:
    """Expands announcements until it is cancelled (người gửi thông báo)."""

    database: Database
    database_url: str = field(repr=False)
    broadcasts: Broadcasts
    batch: int = BATCH

    async def once(self) -> int:
        """One batch of every announcement that is due; says how many have more to come."""
        async with self.database.platform() as tx:
            due = await repository.list_due(tx, self.broadcasts.clock.now())
        return await each("broadcasts", due, self._expand)

    async def report(self) -> int:
        """Keep the reports of announcements that have come to their end; says how many."""
        async with self.database.platform() as tx:
            ended = await repository.list_unreported(tx)
        return await each("broadcast_reports", ended, self._keep_report)

    async def run(self) -> None:
        """Until cancelled."""
        async with Listener(self.database_url, NOTIFY_CHANNEL).listening() as listener:
            await rounds("broadcasts", self._all, lambda: listener.get(within=LOOK_EVERY_SECONDS))

    async def _all(self) -> None:
        while await self.once():
            pass
        await self.report()

    async def _expand(self, due: tuple[UUID, UUID]) -> int:
        school, broadcast_id = due
        async with self.database.transaction(SchoolId(school)) as own:
            return await self.broadcasts.expand(own, broadcast_id, self.batch)

    async def _keep_report(self, ended: tuple[UUID, UUID]) -> int:
        school, broadcast_id = ended
        async with self.database.transaction(SchoolId(school)) as own:
            return await self.broadcasts.keep_report(own, broadcast_id)

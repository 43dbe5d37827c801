"""Writes the messages of announcements that are due, batch by batch. Several processes may run it.

Between two batches another announcement, an emergency say, gets its turn.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from core.broadcasts import repository
from core.broadcasts.service import BATCH, NOTIFY_CHANNEL, Broadcasts
from core.db.notify import Listener
from core.db.transaction import DATABASE_FAULTS, Database
from core.values.ids import SchoolId

log = structlog.get_logger(__name__)
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
        more = 0
        for school, broadcast_id in due:
            async with self.database.transaction(SchoolId(school)) as own:
                more += await self.broadcasts.expand(own, broadcast_id, self.batch)
        return more

    async def report(self) -> int:
        """Keep the reports of announcements that have come to their end; says how many."""
        async with self.database.platform() as tx:
            ended = await repository.list_unreported(tx)
        kept = 0
        for school, broadcast_id in ended:
            async with self.database.transaction(SchoolId(school)) as own:
                kept += await self.broadcasts.keep_report(own, broadcast_id)
        return kept

    async def run(self) -> None:
        """Until cancelled."""
        async with Listener(self.database_url, NOTIFY_CHANNEL).listening() as listener:
            while True:
                try:
                    while await self.once():
                        pass
                    await self.report()
                except DATABASE_FAULTS as error:
                    log.warning("broadcasts_failed", error=type(error).__name__)
                await listener.get(within=LOOK_EVERY_SECONDS)

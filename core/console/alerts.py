"""The console as a channel of notifications: an alert is delivered when open pages were told to look."""

from __future__ import annotations

from dataclasses import dataclass

from core.checkins.service import NOTIFY_CHANNEL
from core.db.notify import notify
from core.db.transaction import Database
from core.notifications.domain import Delivered, Outgoing


@dataclass(frozen=True, slots=True)
class ConsoleChannel:
    """Wakes the pages of the school; what they show they read themselves (kênh của trang quản lý)."""

    database: Database

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Ring once."""
        async with self.database.transaction(outgoing.school_id) as tx:
            await notify(tx, NOTIFY_CHANNEL, str(outgoing.school_id))
        return Delivered()

"""What became of the many messages of one cause, and taking back those that are not sent yet."""

from __future__ import annotations

from dataclasses import dataclass

from core.db.transaction import Tx
from core.notifications.campaigns import repository
from core.notifications.domain import NotificationStatus
from core.values.clock import Clock


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages of a channel stand where, and why, when they failed (thống kê gửi)."""

    channel: str
    status: NotificationStatus
    failure: str
    messages: int


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Messages whose dedupe keys begin alike."""

    clock: Clock

    async def withdraw(self, tx: Tx, dedupe_prefix: str) -> int:
        """Do not send what is still queued; what is on its way or sent stays so. Says how many."""
        return await repository.withdraw(tx, dedupe_prefix, self.clock.now())

    async def tally(self, tx: Tx, dedupe_prefix: str) -> tuple[Tally, ...]:
        """How many stand where, by channel and reason."""
        rows = await repository.breakdown(tx, dedupe_prefix)
        return tuple(
            Tally(channel, NotificationStatus(status), failure, total)
            for channel, status, failure, total in rows
        )

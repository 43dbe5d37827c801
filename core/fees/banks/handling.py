"""Handles what a bank feed told: once, in one transaction with everything that follows from it."""

from __future__ import annotations

from dataclasses import dataclass

from core.db.transaction import Database
from core.fees.banks.feeds import Feeds
from core.fees.collecting import Collecting
from core.inbox.domain import InboxEvent
from core.inbox.service import Inbox


@dataclass(frozen=True, slots=True)
class BankNotices:
    """The inbox handler of the sources `bank.…` (xử lý báo có)."""

    database: Database
    inbox: Inbox
    collecting: Collecting
    feeds: Feeds

    async def __call__(self, event: InboxEvent) -> None:
        """Take the money of one notice in.

        Raises:
            UnreadableNoticeError, NoSuchFeedError: the worker parks it, where staff find it; nothing is lost.
        """
        feed = self.feeds.get(event.school_id, event.source.removeprefix("bank."))
        money = feed.received(event.payload)
        async with self.database.transaction(event.school_id) as tx:
            for one in money:
                await self.collecting.take(tx, one)
            await self.inbox.complete(tx, event)

"""An outbox, a channel that notes what it is given, and workers that are quick to notice things."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from core.db.transaction import Database, inside_transaction
from core.notifications.delivery import DeliveryWorker
from core.notifications.domain import Delivered, NewNotification, Outgoing, Recipient
from core.notifications.ports import Channel
from core.notifications.service import Notifications
from core.values.clock import FixedClock
from core.values.ids import NotificationId, SchoolId
from core.vault.keyring import Keyring
from tests.support.queues import QUICK, QueueTest


@dataclass
class Recorder:
    """A channel outside the machine: it notes what came and behaves as a test says."""

    behave: Callable[[Outgoing], Awaitable[None]] | None = None
    sent: list[Outgoing] = field(default_factory=list)
    calls_it: str = "m{}"

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        assert not inside_transaction()
        if self.behave is not None:
            await self.behave(outgoing)
        self.sent.append(outgoing)
        return Delivered(self.calls_it.format(len(self.sent)))

    @property
    def keys(self) -> list[str]:
        return [one.dedupe_key for one in self.sent]


@dataclass
class PostOffice(QueueTest):
    """What an outbox test needs at hand."""

    table = "notifications"
    notifications: Notifications

    def new(self, dedupe_key: str, address: str = "chat-1", **fields: Any) -> NewNotification:
        """A message over the channel "telegram" unless `channel` says otherwise."""
        given = {"key": "test.text", "params": {"n": 1}, **fields}
        return NewNotification(
            recipient=Recipient(given.pop("channel", "telegram"), address), dedupe_key=dedupe_key, **given
        )

    async def enqueue(self, *new: NewNotification) -> tuple[NotificationId, ...]:
        """Enqueue in a transaction of its own."""
        async with self.database.transaction(self.school_id) as tx:
            return await self.notifications.enqueue(tx, *new)

    def worker(self, channel: Channel | None = None, **fields: Any) -> DeliveryWorker:
        """A worker with `channel` for "telegram"."""
        channels: Mapping[str, Channel] = {"telegram": channel} if channel is not None else {}
        made = DeliveryWorker(self.database, self.url, self.notifications, self.clock, channels, limits=QUICK)
        return replace(made, **fields)


@pytest.fixture
def office(
    database: Database, database_url: str, keyring: Keyring, clock: FixedClock, school_id: SchoolId
) -> PostOffice:
    return PostOffice(database, database_url, clock, school_id, Notifications(keyring, clock))

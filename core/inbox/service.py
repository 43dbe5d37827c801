"""Records outside facts and marks them handled; claiming and retrying are `core.inbox.worker`'s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from core.db.notify import notify
from core.db.transaction import PlatformTx, Tx
from core.inbox import repository
from core.inbox.domain import (
    InboxEvent,
    InboxHealth,
    Incoming,
    LeaseLostError,
    ParkedEvent,
    ParkedEventNotFoundError,
    Recorded,
)
from core.values.clock import Clock
from core.values.ids import InboxId, new_id
from core.vault.keyring import Keyring

NOTIFY_CHANNEL = "inbox"
CONTENT_LABEL = "inbox.content"
_LANE_LABEL = "inbox.lane"


@dataclass(frozen=True, slots=True)
class Inbox:
    """The durable inbox of every school (hộp thư đến)."""

    keyring: Keyring
    clock: Clock

    async def record(self, tx: Tx, incoming: Incoming) -> Recorded:
        """Keep a fact until it is handled; a second one with the same source and external id changes nothing.

        The worker wakes when the transaction commits.

        Raises:
            ValueError: when the payload is not JSON, or source or external id is empty.
        """
        recorded = await self._insert(tx, incoming, "queued")
        if not recorded.duplicate:
            await notify(tx, NOTIFY_CHANNEL, incoming.source)
        return recorded

    async def record_all(self, tx: Tx, facts: Sequence[Incoming]) -> int:
        """Record many in one statement, as `record` does each; says how many were new.

        Raises:
            ValueError: when a payload is not JSON, or a source or external id is empty.
        """
        rows = [self._columns(tx, incoming, "queued") for incoming in facts]
        return len(await repository.insert_events(tx, rows, NOTIFY_CHANNEL)) if rows else 0

    async def record_handled(self, tx: Tx, incoming: Incoming) -> Recorded:
        """Record a fact that the caller handles in this very transaction, for example a kiosk's report.

        Of two transactions with the same fact, the second waits for the first and then sees a duplicate.
        """
        return await self._insert(tx, incoming, "done")

    async def complete(self, tx: Tx, event: InboxEvent) -> None:
        """Mark the event handled, in the transaction of its effect, so that both commit or neither.

        Raises:
            LeaseLostError: when another worker took it over; let it pass, so that the effect is rolled back.
        """
        if not await repository.finish(tx, event.id, event.lease, self.clock.now()):
            raise LeaseLostError

    async def list_parked(self, tx: Tx, limit: int = 100) -> tuple[ParkedEvent, ...]:
        """The events that were given up, oldest first."""
        return tuple(
            ParkedEvent(
                id=InboxId(row.id),
                source=row.source,
                external_id=row.external_id,
                attempts=row.attempts,
                failure=row.failure or "",
                received_at=row.received_at,
                parked_at=row.finished_at or row.received_at,
            )
            for row in await repository.list_parked(tx, limit)
        )

    async def health(self, tx: Tx, late: datetime) -> InboxHealth:
        """Whether what comes in is handled: what has waited since before `late`, and what was given up."""
        return await repository.health(tx, late)

    async def requeue(self, tx: Tx, event_id: InboxId) -> None:
        """Give a parked event all its tries again; later events of its chat may have been handled meanwhile.

        Raises:
            ParkedEventNotFoundError: when no parked event of this school has that id.
        """
        if not await repository.requeue(tx, event_id, self.clock.now()):
            raise ParkedEventNotFoundError
        await notify(tx, NOTIFY_CHANNEL)

    async def forget_chat(self, tx: Tx, source: str, ordering_key: str) -> None:
        """Keep of what was handled or given up of one chat no more than that it came."""
        keys = self.keyring.for_school(tx.school_id)
        lane = keys.blind_index(f"{source}\x00{ordering_key}", _LANE_LABEL)
        nothing = keys.seal(content_of("", {}), CONTENT_LABEL)
        await repository.forget_lane(tx, lane, nothing, self.clock.now())

    async def forget(self, tx: PlatformTx, older_than: timedelta) -> int:
        """Delete what was handled longer ago than `older_than`; a duplicate that late counts as new."""
        return await repository.forget_finished(tx, self.clock.now() - older_than)

    async def _insert(self, tx: Tx, incoming: Incoming, status: str) -> Recorded:
        values = self._columns(tx, incoming, status)
        event_id = InboxId(values["id"])
        if await repository.insert_event(tx, values):
            return Recorded(event_id, duplicate=False)
        first = await repository.find_id(tx, incoming.source, incoming.external_id)
        assert first is not None, "a conflicting row is committed, hence visible"
        return Recorded(InboxId(first), duplicate=True)

    def _columns(self, tx: Tx, incoming: Incoming, status: str) -> dict[str, Any]:
        if not incoming.source or not incoming.external_id:
            raise ValueError("a fact has a source and an external id")
        now = self.clock.now()
        keys = self.keyring.for_school(tx.school_id)
        return {
            "id": new_id(),
            "source": incoming.source,
            "external_id": incoming.external_id,
            "lane": keys.blind_index(f"{incoming.source}\x00{incoming.ordering_key}", _LANE_LABEL),
            "content": keys.seal(content_of(incoming.ordering_key, incoming.payload), CONTENT_LABEL),
            "status": status,
            "received_at": now,
            "attempt_at": now,
            "finished_at": now if status == "done" else None,
        }


def content_of(ordering_key: str, payload: Mapping[str, Any]) -> str:
    """What is sealed of an event.

    Raises:
        ValueError: when the payload is not JSON.
    """
    try:
        return orjson.dumps({"key": ordering_key, "payload": payload}).decode()
    except TypeError as error:
        raise ValueError("a payload must be JSON") from error

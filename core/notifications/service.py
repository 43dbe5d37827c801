"""Enqueues what people must be told, and says what became of it; `core.notifications.delivery` sends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from core.db.notify import notify
from core.db.transaction import PlatformTx, Tx
from core.notifications import repository
from core.notifications.campaigns import repository as campaigns
from core.notifications.domain import (
    About,
    ChannelHealth,
    DeliveryReport,
    NewNotification,
    Notification,
    NotificationStatus,
    ParkedNotificationNotFoundError,
    Recipient,
    Urgency,
)
from core.notifications.lanes import repository as waiting
from core.notifications.ports import Gate, Verdict
from core.notifications.tables import NotificationRow
from core.values.clock import Clock
from core.values.ids import NotificationId, StudentId, new_id
from core.vault.keyring import Keyring, SchoolKeys, SealedDataError

NOTIFY_CHANNEL = "outbox"
_CONTENT_LABEL = "notification.content"
_LANE_LABEL = "notification.lane"
UNREADABLE: tuple[type[Exception], ...] = (
    SealedDataError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
"""What a stored message raises that was damaged, or written by a version that we no longer know."""
_NOBODY = "?"
"""Stands for the address of one that cannot be read: it is still listed, so that staff see it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What is sealed of a message."""

    address: str = field(repr=False)
    params: dict[str, Any] = field(repr=False)
    fallbacks: tuple[Recipient, ...] = ()
    about: tuple[About, ...] = ()


@dataclass(frozen=True, slots=True)
class Notifications:
    """The durable outbox of every school (hộp thư đi)."""

    keyring: Keyring
    clock: Clock
    gate: Gate | None = None

    async def enqueue(self, tx: Tx, *new: NewNotification) -> tuple[NotificationId, ...]:
        """Write what is to be told, in the transaction of the fact it tells of; one INSERT for all.

        One whose dedupe key is already recorded changes nothing and gives the id of the first. Messages to
        one address go out in the order given, the more urgent first. Delivery wakes at the commit. What the
        gate (people's preferences) holds back has no id.

        Raises:
            ValueError: when params are not JSON.
        """
        return await self.pass_on(tx, *(await self.gate.admit(tx, new) if self.gate else new))

    async def pass_on(self, tx: Tx, *new: NewNotification) -> tuple[NotificationId, ...]:
        """Write what the gate admitted before: a message that goes another way, say."""
        if not new:
            return ()
        ids = [NotificationId(new_id()) for _ in new]
        columns = self._columns(tx, new, ids)
        inserted = await repository.insert_all(tx, columns, self.clock.now(), NOTIFY_CHANNEL)
        if len(inserted) == len(new):
            return tuple(ids)
        known = await repository.ids_by_dedupe_key(tx, [one.dedupe_key for one in new])
        return tuple(NotificationId(known[one.dedupe_key]) for one in new)

    async def known(self, tx: Tx, dedupe_keys: Sequence[str]) -> frozenset[str]:
        """Those of these dedupe keys that were written and are still on record: in the outbox or for a digest."""
        held = await self.gate.known(tx, dedupe_keys) if self.gate else frozenset()
        return held | frozenset(await repository.ids_by_dedupe_key(tx, dedupe_keys))

    async def take_back(self, tx: Tx, dedupe_prefixes: Sequence[str]) -> frozenset[str]:
        """Do not tell what is no longer so, of all whose dedupe keys begin with any of these.

        What waits in the outbox, was given up there or waits for a digest is closed. Gives the dedupe keys of what
        went out before, or is on its way: whoever that was for knows it, and is told of the change.
        """
        gone = await campaigns.take_back(tx, dedupe_prefixes, self.clock.now())
        return gone | (await self.gate.take_back(tx, dedupe_prefixes) if self.gate else frozenset())

    async def forget_chat(self, tx: Tx, recipient: Recipient) -> None:
        """Send a chat nothing more of what waits for it, and keep of what it was sent no more than that it was."""
        keys = self.keyring.for_school(tx.school_id)
        nothing = keys.seal(orjson.dumps({"to": _NOBODY, "params": {}}).decode(), _CONTENT_LABEL)
        await waiting.forget_chat(tx, self._lane(keys, recipient), nothing, self.clock.now())
        if self.gate is not None:
            await self.gate.forget_chat(tx, recipient)

    async def foresee(self, tx: Tx, *new: NewNotification) -> tuple[Verdict, ...]:
        """What `enqueue` would do with each; it writes nothing."""
        return await self.gate.judge(tx, new) if self.gate else (Verdict.NOW,) * len(new)

    async def list_recent(
        self, tx: Tx, recipient: Recipient | None = None, limit: int = 50
    ) -> tuple[Notification, ...]:
        """The newest messages, newest first: of one address (a chat's history), or of the whole school."""
        lane = None if recipient is None else self._lane(self.keyring.for_school(tx.school_id), recipient)
        return self._read(tx, await repository.list_latest(tx, limit, lane=lane))

    async def list_parked(self, tx: Tx, limit: int = 100) -> tuple[Notification, ...]:
        """The messages that were given up, newest first; `failure` says why."""
        return self._read(tx, await repository.list_latest(tx, limit, status=NotificationStatus.PARKED))

    async def requeue(self, tx: Tx, notification_id: NotificationId) -> None:
        """Give a parked message all its tries again.

        Raises:
            ParkedNotificationNotFoundError: when no parked message of this school has that id.
        """
        channel = await repository.requeue(tx, notification_id, self.clock.now())
        if channel is None:
            raise ParkedNotificationNotFoundError
        await notify(tx, NOTIFY_CHANNEL, channel)

    async def report(self, tx: Tx, dedupe_prefix: str = "") -> DeliveryReport:
        """How many messages stand where: all, or those whose dedupe key begins so (one announcement, say)."""
        return DeliveryReport(**await repository.count_by_status(tx, dedupe_prefix))

    async def health(self, tx: Tx, late: datetime, lately: datetime) -> tuple[ChannelHealth, ...]:
        """The channels with trouble: what has waited since before `late`, and what was given up since `lately`."""
        return await repository.list_trouble(tx, late, lately)

    async def forget(self, tx: PlatformTx, older_than: timedelta) -> int:
        """Delete what was sent or expired longer ago than `older_than`; says how many."""
        return await repository.forget_finished(tx, self.clock.now() - older_than)

    async def resume(self, tx: Tx, recipient: Recipient) -> int:
        """Somebody wrote: what waited for that may go now; says how many messages did."""
        lane = self._lane(self.keyring.for_school(tx.school_id), recipient)
        woken = await waiting.resume(tx, lane, self.clock.now())
        if woken:
            await notify(tx, NOTIFY_CHANNEL, recipient.channel)
        return woken

    def fingerprint(self, tx: Tx, recipient: Recipient) -> str:
        """A name for an address, the same each time, that tells nothing of it: for dedupe keys."""
        return self._lane(self.keyring.for_school(tx.school_id), recipient).hex()

    def opened(self, keys: SchoolKeys, content: bytes) -> Opened:
        """What a stored message says and to whom."""
        stored = orjson.loads(keys.open(content, _CONTENT_LABEL))
        fallbacks = tuple(Recipient(channel, address) for channel, address in stored.get("then", ()))
        return Opened(stored["to"], stored["params"], fallbacks, read_about(stored.get("about", ())))

    def _columns(
        self, tx: Tx, new: Sequence[NewNotification], ids: Sequence[NotificationId]
    ) -> dict[str, list[Any]]:
        keys = self.keyring.for_school(tx.school_id)
        now = self.clock.now()
        return {
            "ids": list(ids),
            "channels": [one.recipient.channel for one in new],
            "lanes": [self._lane(keys, one.recipient) for one in new],
            "keys": [one.key for one in new],
            "contents": [keys.seal(_content_of(one), _CONTENT_LABEL) for one in new],
            "dedupe_keys": [one.dedupe_key for one in new],
            "urgencies": [int(one.urgency) for one in new],
            "not_befores": [max(now, one.not_before or now) for one in new],
            "expiries": [one.expires_at for one in new],
        }

    @staticmethod
    def _lane(keys: SchoolKeys, recipient: Recipient) -> bytes:
        return keys.blind_index(f"{recipient.channel}\x00{recipient.address}", _LANE_LABEL)

    def _read(self, tx: Tx, rows: Sequence[NotificationRow]) -> tuple[Notification, ...]:
        keys = self.keyring.for_school(tx.school_id)
        return tuple(self._notification(keys, row) for row in rows)

    def _notification(self, keys: SchoolKeys, row: NotificationRow) -> Notification:
        try:
            opened = self.opened(keys, row.content)
        except UNREADABLE:
            opened = Opened(_NOBODY, {})
        return Notification(
            id=NotificationId(row.id),
            recipient=Recipient(row.channel, opened.address or _NOBODY),
            key=row.key,
            params=opened.params,
            dedupe_key=row.dedupe_key,
            urgency=Urgency(row.urgency),
            status=NotificationStatus(row.status),
            attempts=row.attempts,
            failure=row.failure,
            message_id=row.message_id,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )


def _content_of(one: NewNotification) -> str:
    try:
        then = [(other.channel, other.address) for other in one.fallbacks]
        about = [(str(part.student_id), part.subject) for part in one.about]
        content = {"to": one.recipient.address, "params": one.params, "then": then, "about": about}
        return orjson.dumps(content).decode()
    except TypeError as error:
        raise ValueError(f"the params of {one.key} must be JSON") from error


def read_about(stored: Iterable[Sequence[str]]) -> tuple[About, ...]:
    """Whose data a stored message tells."""
    return tuple(About(StudentId(UUID(student_id)), subject) for student_id, subject in stored)

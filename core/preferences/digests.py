"""Makes one message a day of what was kept for it. Several processes may run it.

Items are emptied in the transaction in which their digest enters the outbox: told once, or not yet. That they were told
is kept, because a reminder is looked for again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.db.transaction import Database, Tx
from core.notifications.domain import BY_PHONE, NewNotification, Recipient
from core.notifications.ports import StillTold
from core.notifications.service import Notifications, read_about
from core.preferences import repository
from core.preferences.service import Preferences
from core.preferences.waiting import CONTENT
from core.values.clock import SCHOOL_TIME
from core.values.ids import SchoolId
from core.vault.keyring import SealedDataError
from core.work.rounds import each, rounds

EVERY_SECONDS = 20.0
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Digests:
    """The daily digests of every school (bản tin gộp)."""

    database: Database
    preferences: Preferences
    notifications: Notifications
    still_told: StillTold | None = None
    at_once: int = _AT_ONCE

    async def once(self) -> int:
        """Send the digests that are due, those that cannot be made left where they are; says how many."""
        now, done, after = self.preferences.clock.now(), 0, None
        while True:
            async with self.database.platform() as tx:
                due = await repository.list_due(tx, now, self.at_once, after)
            done += await each("digests", due, self._send)
            if len(due) < self.at_once:
                return done
            after = due[-1]

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("digests", self.once, lambda: asyncio.sleep(EVERY_SECONDS))

    async def _send(self, due: tuple[UUID, bytes]) -> bool:
        school, lane = due
        async with self.database.transaction(SchoolId(school)) as own:
            return await self._send_one(own, lane)

    async def _send_one(self, tx: Tx, lane: bytes) -> bool:
        now = self.preferences.clock.now()
        taken = await repository.lock_due(tx, (lane,), now)
        if not taken:
            return False
        keys = self.preferences.keyring.for_school(tx.school_id)
        # One that cannot be read stays where it is; the others of its chat are told.
        texts = [(id_, keys.read(content, CONTENT)) for id_, content in taken]
        read: list[tuple[UUID, dict[str, Any]]] = [(id_, orjson.loads(text)) for id_, text in texts if text]
        if not read:
            raise SealedDataError("nothing of a digest can be read")
        await repository.empty(tx, [id_ for id_, _ in read], keys.seal("", CONTENT))
        kept = [item for _, item in read]
        ways = [Recipient(*way) for way in kept[-1]["ways"]]
        # A day's summary is worth no money: it falls back on no phone.
        ways = [one for one in ways if one.channel not in BY_PHONE] or ways
        for place, first in enumerate(ways, 1):
            items = [one for one in kept if await self._may_be_told(tx, first, one)]
            if items:
                digest = _digest(first, tuple(ways[place:]), items, (f"digest:{read[0][0]}", now))
                await self.notifications.enqueue(tx, digest)
                return True
        return False

    async def _may_be_told(self, tx: Tx, way: Recipient, item: Mapping[str, Any]) -> bool:
        """Whether the day has not changed whom this may be told."""
        about = read_about(item.get("about", ()))
        return self.still_told is None or not about or await self.still_told(tx, way, about)


def _digest(
    first: Recipient, others: tuple[Recipient, ...], items: list[dict[str, Any]], once: tuple[str, datetime]
) -> NewNotification:
    """One message of many; `once` is its dedupe key and the time."""
    params = {
        "date": once[1].astimezone(SCHOOL_TIME).strftime("%d/%m/%Y"),
        "items": [{"key": one["key"], "params": one["params"]} for one in items],
    }
    about = dict.fromkeys(part for one in items for part in read_about(one.get("about", ())))
    return NewNotification(first, "digest.daily", params, once[0], fallbacks=others, about=tuple(about))

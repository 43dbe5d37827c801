"""Counts failed attempts and makes whoever fails often wait.

The same is done for a number on the roll and for one that is not. A number or an address is kept as a keyed
fingerprint only. Addresses are shared (a school's wireless network, a carrier's gateway), so they may fail often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from core.db.transaction import Tx
from core.guardians.attempts import repository
from core.guardians.codes import FREE_ATTEMPTS, LONGEST_WAIT, Attempts
from core.values.clock import Clock
from core.values.ids import ChatAccountId, DeviceId
from core.vault.keyring import Keyring, SchoolKeys

LABEL = "guardian.attempts"
FREE_FOR = {"account": FREE_ATTEMPTS, "device": 20, "number": 10, "ip": 60}
LONGEST_FOR = {"ip": timedelta(minutes=15)}
"""A stranger on the school's own network must not shut all its families out for a day."""
KEPT_FOR = timedelta(days=2)
"""Longer than the longest wait."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Who tries: each part that is known is counted on its own (ai đang thử)."""

    account_id: ChatAccountId | None = None
    device_id: DeviceId | None = None
    number: str = field(default="", repr=False)
    ip: str = field(default="", repr=False)

    def ids(self, keys: SchoolKeys) -> dict[UUID, str]:
        """The ids under which it is counted, and what each is."""
        named: dict[UUID, str] = {}
        if self.account_id is not None:
            named[self.account_id] = "account"
        if self.device_id is not None:
            named[self.device_id] = "device"
        for kind, value in (("number", self.number), ("ip", self.ip)):
            if value:
                named[UUID(bytes=keys.blind_index(f"{kind}:{value}", LABEL)[:16])] = kind
        return named


@dataclass(frozen=True, slots=True)
class Count:
    """What is counted for one try, locked until the transaction ends (bộ đếm)."""

    kinds: Mapping[UUID, str]
    attempts: Mapping[UUID, Attempts]

    def blocked_until(self, now: datetime) -> datetime | None:
        """Until when nobody may try, or None."""
        waits = [
            one.blocked_until for one in self.attempts.values() if one.is_blocked(now) and one.blocked_until
        ]
        return max(waits, default=None)


@dataclass(frozen=True, slots=True)
class Throttle:
    """Lets people try, but not for ever (giới hạn số lần thử)."""

    keyring: Keyring
    clock: Clock

    async def lock(self, tx: Tx, tried: Tried) -> Count:
        """What was counted so far; tries of the same one wait for each other."""
        kinds = tried.ids(self.keyring.for_school(tx.school_id))
        return Count(kinds, await repository.lock(tx, list(kinds)))

    async def failed(self, tx: Tx, count: Count) -> datetime | None:
        """Count one more failure; returns until when nobody may try now."""
        now = self.clock.now()
        after = {
            id_: one.failed(now, FREE_FOR[kind], LONGEST_FOR.get(kind, LONGEST_WAIT))
            for id_, one in count.attempts.items()
            for kind in (count.kinds[id_],)
        }
        await repository.save(tx, after, now)
        return max((one.blocked_until for one in after.values() if one.blocked_until), default=None)

    async def succeeded(self, tx: Tx, count: Count) -> None:
        """Begin anew; but an address is not cleared, or one right answer would pay for many wrong ones."""
        cleared = {id_: Attempts() for id_, kind in count.kinds.items() if kind != "ip"}
        await repository.save(tx, cleared, self.clock.now())

    async def forget(self, tx: Tx) -> int:
        """Drop what was last counted long ago; says how many."""
        return await repository.forget(tx, self.clock.now() - KEPT_FOR)

"""Reads the data keys of schools before a transaction needs them, and makes and retires them.

Before its first statement every transaction takes a shared lock for its school and looks whether keys changed;
a change takes the lock alone. So no transaction ever sees an index made under a key that it does not know.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from uuid import UUID

from core.db.transaction import PlatformTx
from core.keys import repository
from core.keys.domain import KeyState
from core.keys.tables import VaultKeyRow
from core.values.clock import Clock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import DataKey, HeldKeys, Keyring, MasterKey, SealedDataError


@dataclass(slots=True)
class _Seen:
    change: int = 0


@dataclass(frozen=True, slots=True)
class DataKeys:
    """The data keys of every school (khóa dữ liệu)."""

    keyring: Keyring
    clock: Clock
    _seen: _Seen = field(default_factory=_Seen)

    async def prepare(self, tx: PlatformTx, school_id: SchoolId | None) -> None:
        """What `Database` calls first in every transaction; None is one that spans schools."""
        await self._load(tx, await repository.ready(tx.session, lock_of(school_id)))

    async def refresh(self, tx: PlatformTx) -> None:
        """Read what changed, for a transaction that was not prepared."""
        await self._load(tx, await repository.last_change(tx.session))

    async def begin(self, tx: PlatformTx, school_id: SchoolId) -> DataKey:
        """The key that new values are sealed with from now on; the same one when a change is under way.

        A school without data keys of its own gets its derived ones wrapped first, so that an old master key
        can be thrown away.
        """
        await repository.exclude_others(tx, (lock_of(None), lock_of(school_id)))
        rows = await repository.list_keys(tx.session, frozenset({school_id}))
        if rows and rows[0].state == KeyState.SEALING:
            return self._unwrap(rows[0])
        if not rows:
            derived = self.keyring.derived(school_id).known
            for number, key in enumerate(derived):
                state = KeyState.RETIRED if number else KeyState.ACTIVE
                await self._add(tx, school_id, key, -number, state, indexing=not number)
        fresh = DataKey.fresh()
        version = rows[0].version + 1 if rows else 1
        await self._add(tx, school_id, fresh, version, KeyState.SEALING, indexing=False)
        return fresh

    async def finish(self, tx: PlatformTx, school_id: SchoolId) -> None:
        """The newest key is the only one in use; the caller holds the school and has moved everything."""
        rows = await repository.list_keys(tx.session, frozenset({school_id}))
        await repository.retire(tx, school_id, rows[0].id, self.clock.now())

    async def first(self, tx: PlatformTx, school_id: SchoolId) -> None:
        """A key of its own for a school that has no data yet; a second call changes nothing."""
        await repository.exclude_others(tx, (lock_of(None), lock_of(school_id)))
        if not await repository.list_keys(tx.session, frozenset({school_id})):
            await self._add(tx, school_id, DataKey.fresh(), 1, KeyState.ACTIVE, indexing=True)

    async def rewrap(self, tx: PlatformTx) -> int:
        """Wrap every data key by the present master key; how many were not."""
        await repository.exclude_others(tx, (lock_of(None),))
        stale = 0
        rows = await repository.list_keys(tx.session, await repository.schools_with_keys(tx))
        for row in rows:
            if row.master_id != self.keyring.current.key_id:
                school_id = SchoolId(row.school_id)
                wrapped = self._unwrap(row).wrapped(self.keyring.current, school_id)
                master_id = self.keyring.current.key_id
                await repository.change_key(tx, school_id, row.id, wrapped=wrapped, master_id=master_id)
                stale += 1
        return stale

    async def _load(self, tx: PlatformTx, change: int) -> None:
        if change <= self._seen.change:
            return
        schools = await repository.changed_since(tx.session, self._seen.change)
        rows: dict[UUID, list[VaultKeyRow]] = {}
        for row in await repository.list_keys(tx.session, schools):
            rows.setdefault(row.school_id, []).append(row)
        for school_id, own in rows.items():
            self.keyring.held[SchoolId(school_id)] = self._held(SchoolId(school_id), own)
        self._seen.change = change

    def _held(self, school_id: SchoolId, rows: list[VaultKeyRow]) -> HeldKeys:
        keys = [self._unwrap(row) for row in rows]
        indexing = next(key for key, row in zip(keys, rows, strict=True) if row.indexing)
        told = {key.key_id for key in keys}
        derived = [one for one in self.keyring.derived(school_id).known if one.key_id not in told]
        return HeldKeys(keys[0], indexing, (*keys, *derived))

    def _unwrap(self, row: VaultKeyRow) -> DataKey:
        for master in (self.keyring.current, *self.keyring.previous):
            if master.key_id == row.master_id:
                return _unwrapped(master, SchoolId(row.school_id), row)
        raise SealedDataError("the master key that wrapped a data key is not set")

    async def _add(
        self,
        tx: PlatformTx,
        school_id: SchoolId,
        key: DataKey,
        version: int,
        state: KeyState,
        *,
        indexing: bool,
    ) -> None:
        now, master = self.clock.now(), self.keyring.current
        values = {
            "id": new_id(),
            "version": version,
            "state": state.value,
            "indexing": indexing,
            "key_id": key.key_id,
            "master_id": master.key_id,
            "wrapped": key.wrapped(master, school_id),
            "created_at": now,
            "retired_at": now if state is KeyState.RETIRED else None,
        }
        await repository.add_key(tx, school_id, values)


def _unwrapped(master: MasterKey, school_id: SchoolId, row: VaultKeyRow) -> DataKey:
    return DataKey.unwrapped(master, school_id, row.key_id, row.wrapped)


def lock_of(school_id: SchoolId | None) -> int:
    """The advisory lock of a school's keys; None is that of transactions which span schools."""
    text = b"vault " + (school_id.bytes if school_id else b"platform")
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big", signed=True)

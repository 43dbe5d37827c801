"""Changes the data key of a school while it works: `rotate-keys`.

New values are sealed with the new key at once; old ones are moved in batches, each its own transaction; at the
end one short transaction, alone in the school, makes the blind indexes anew. Every step finds out by itself what
is left, so a killed run is taken up by the next one. What cannot be read stays as it is and is counted: one damaged
value must not keep a school from a new key.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

import structlog

from core.db.transaction import DATABASE_FAULTS, Database, PlatformTx
from core.keys import repository
from core.keys.domain import INDEXES, LANES, SEALED, IndexColumn, SealedColumn
from core.keys.service import DataKeys, lock_of
from core.values.ids import SchoolId
from core.vault.keyring import PLATFORM, SchoolKeys, SealedDataError

log = structlog.get_logger(__name__)
BATCH = 500
_PAUSE_SECONDS = 0.05
_MOST_WAITS = 200
_MOST_ALONE = 20
_DAMAGED_AT_MOST = 10
"""So many values may be unreadable with none beside them that can be read; more means that the key is not ours."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a change of keys did (kết quả đổi khóa)."""

    resealed: int
    reindexed: int
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class Rotation:
    """Changes keys (đổi khóa)."""

    database: Database
    keys: DataKeys
    batch: int = BATCH

    async def rotate(self, school_id: SchoolId) -> Rotated:
        """Give a school a new data key and move everything to it."""
        async with self.database.bare() as tx:
            await self.keys.rewrap(tx)
        async with self.database.bare() as tx:
            key = await self.keys.begin(tx, school_id)
        resealed = unreadable = 0
        for column in SEALED:
            moved, lost = await self._reseal(school_id, column, key.key_id)
            resealed, unreadable = resealed + moved, unreadable + lost
            if lost:
                log.warning("rotation_unreadable", table=column.table, column=column.column, rows=lost)
        return Rotated(resealed, await self._finish(school_id, key.key_id), unreadable)

    async def _reseal(self, school_id: SchoolId, column: SealedColumn, key_id: bytes) -> tuple[int, int]:
        """Move one column, batch by batch; rows that somebody holds are tried again a little later.

        Says how many were moved, and how many cannot be read.

        Raises:
            SealedDataError: when nothing at all can be read.
            TimeoutError: when rows stay locked.
        """
        moved = waits = 0
        where, lost = (column.table, column.column), set[UUID]()
        while True:
            old = repository.Old(school_id, key_id, lost)
            async with self.database.transaction(school_id) as tx:
                taken = await repository.take_old(tx, where, old, self.batch)
                own = self.keys.keyring.for_school(school_id)
                read = [(id_, _read(own, sealed, column.label)) for id_, sealed in taken]
                fresh = [(id_, own.seal(value, column.label)) for id_, value in read if value is not None]
                await repository.write(tx, school_id, where, fresh)
                left = 0 if taken else await repository.count_old(tx, where, old)
            moved += len(fresh)
            lost |= {id_ for id_, value in read if value is None}
            if not moved and len(lost) > _DAMAGED_AT_MOST:
                raise SealedDataError(f"nothing in {column.table} opens: is the right master key set?")
            if not taken and not left:
                return moved, len(lost)
            if not taken:
                waits += 1
                if waits > _MOST_WAITS:
                    raise TimeoutError("rows of this school stay locked")
                await asyncio.sleep(_PAUSE_SECONDS)

    async def _finish(self, school_id: SchoolId, key_id: bytes) -> int:
        """Make the indexes anew with the school to ourselves; tried again when it is busy."""
        for attempt in range(_MOST_ALONE):
            try:
                return await self._alone(school_id, key_id)
            except DATABASE_FAULTS as error:
                log.info("rotation_waits", attempt=attempt, error=type(error).__name__)
        raise TimeoutError("this school is never quiet for a moment")

    async def _alone(self, school_id: SchoolId, key_id: bytes) -> int:
        async with self.database.bare() as tx:
            await repository.exclude_others(tx, (lock_of(None), lock_of(school_id)))
            await self.keys.refresh(tx)
            count = await self._reindex(tx, school_id, key_id)
            await self.keys.finish(tx, school_id)
        return count

    async def _reindex(self, tx: PlatformTx, school_id: SchoolId, key_id: bytes) -> int:
        own = self.keys.keyring.for_school(school_id)
        count = await _move_lanes(tx, own, key_id)
        for column in INDEXES:
            count += await _remake(tx, own, column, key_id)
        if school_id == PLATFORM:
            count += await self._staff_numbers(tx, own, key_id)
        return count

    async def _staff_numbers(self, tx: PlatformTx, own: SchoolKeys, key_id: bytes) -> int:
        """The numbers of staff are sealed by their schools and indexed for the whole installation."""
        label = "staff.citizen_id"
        columns = ("id", "school_id", "sealed_citizen_id")
        rows = await repository.read_rows(tx, None, "staff_accounts", columns)
        for id_, of_school, sealed in rows:
            theirs = self.keys.keyring.for_school(SchoolId(of_school))
            if (number := _read(theirs, sealed, label)) is not None:
                index = own.index_under(key_id, number, label)
                await repository.write(
                    tx, theirs.school_id, ("staff_accounts", "citizen_index"), [(id_, index)]
                )
        return len(rows)


def _read(keys: SchoolKeys, sealed: bytes, label: str) -> str | None:
    try:
        return keys.open(sealed, label)
    except SealedDataError:
        return None


async def _remake(tx: PlatformTx, own: SchoolKeys, column: IndexColumn, key_id: bytes) -> int:
    wanted = ("id", column.beside, column.column, column.source)
    rows = await repository.read_rows(tx, own.school_id, column.table, wanted)
    fresh: list[tuple[UUID, bytes | None]] = []
    for id_, beside, before, sealed in rows:
        source = _read(own, sealed, column.source_label)
        value = None if source is None else column.value(source, str(beside))
        if before is not None and value is not None:
            fresh.append((id_, own.index_under(key_id, value, column.label)))
    await repository.write(tx, own.school_id, (column.table, column.column), fresh)
    return len(fresh)


async def _move_lanes(tx: PlatformTx, own: SchoolKeys, key_id: bytes) -> int:
    """The lane of every chat, in every table that has lanes."""
    chats = set()
    for table, label in (
        ("chat_accounts", "chat_account.address"),
        ("chat_staff_chats", "staff_chat.address"),
    ):
        for channel, sealed in await repository.read_rows(tx, own.school_id, table, ("channel", "address")):
            if (address := _read(own, sealed, label)) is not None:
                chats.add(f"{channel}\x00{address}")
    for table, label, only in LANES:
        moved = [
            (own.blind_index(chat, label), own.index_under(key_id, chat, label) or b"") for chat in chats
        ]
        await repository.move_lanes(tx, own.school_id, table, only, moved)
    return len(chats)

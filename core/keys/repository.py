"""The SQL of data keys and of moving values from one to another. Private to this slice.

It is the one place that touches other slices' tables by name, because a change of keys goes over all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Table, Uuid, all_, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from core.db.metadata import all_tables
from core.db.transaction import PlatformTx, Tx
from core.keys.tables import CHANGES, VaultKeyRow
from core.values.ids import SchoolId

_READY = text("SELECT vault_ready(:key)")


@dataclass(frozen=True, slots=True)
class Old:
    """What a school sealed with another key `than` this one, without the rows that cannot be read."""

    school_id: SchoolId
    than: bytes
    but: Collection[UUID] = ()


async def ready(session: AsyncSession, lock: int) -> int:
    """Keep a change of keys waiting until this transaction ends; the number of the last one."""
    return int((await session.execute(_READY, {"key": lock})).scalar_one())


async def last_change(session: AsyncSession) -> int:
    """The number of the last change."""
    return int((await session.execute(select(func.coalesce(func.max(VaultKeyRow.change), 0)))).scalar_one())


async def changed_since(session: AsyncSession, change: int) -> frozenset[UUID]:
    """The schools whose keys changed after a change that is known."""
    statement = select(VaultKeyRow.school_id).where(VaultKeyRow.change > change)
    return frozenset((await session.scalars(statement)).all())


async def list_keys(session: AsyncSession, school_ids: frozenset[UUID]) -> Sequence[VaultKeyRow]:
    """Every data key of these schools, the newest first."""
    statement = select(VaultKeyRow).where(VaultKeyRow.school_id.in_(school_ids))
    statement = statement.order_by(VaultKeyRow.school_id, VaultKeyRow.version.desc())
    return (await session.scalars(statement, execution_options={"populate_existing": True})).all()


async def exclude_others(tx: PlatformTx, locks: Sequence[int]) -> None:
    """Wait for every transaction of the school, then keep new ones out; gives up after a while."""
    await tx.session.execute(text("SET LOCAL lock_timeout = '5s'"))
    for lock in locks:
        await tx.session.execute(select(func.pg_advisory_xact_lock(lock)))


async def add_key(tx: PlatformTx, school_id: SchoolId, values: Mapping[str, Any]) -> None:
    """Insert a data key."""
    await tx.session.execute(
        insert(VaultKeyRow).values(school_id=school_id, change=CHANGES.next_value(), **values)
    )


async def change_key(tx: PlatformTx, school_id: SchoolId, id_: UUID, **values: Any) -> None:
    """Overwrite columns of a data key."""
    await tx.session.execute(
        update(VaultKeyRow)
        .where(VaultKeyRow.school_id == school_id, VaultKeyRow.id == id_)
        .values(change=CHANGES.next_value(), **values)
    )


async def schools_with_keys(tx: PlatformTx) -> frozenset[UUID]:
    """The schools that have data keys of their own."""
    return frozenset((await tx.session.scalars(select(VaultKeyRow.school_id).distinct())).all())


async def take_old(
    tx: PlatformTx, where: tuple[str, str], old: Old, most: int
) -> Sequence[tuple[UUID, bytes]]:
    """Some values that another key sealed, locked; rows that somebody is writing are left for later."""
    table, column = all_tables().tables[where[0]], where[1]
    statement = (
        select(table.c.id, table.c[column])
        .where(*_is_old(table, column, old))
        .limit(most)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return [(row[0], row[1]) for row in await tx.session.execute(statement)]


async def count_old(tx: PlatformTx, where: tuple[str, str], old: Old) -> int:
    """How many values another key sealed."""
    table, column = all_tables().tables[where[0]], where[1]
    statement = select(func.count()).select_from(table).where(*_is_old(table, column, old))
    return int((await tx.session.execute(statement)).scalar_one())


def _is_old(table: Table, column: str, old: Old) -> tuple[ColumnElement[bool], ...]:
    value = table.c[column]
    others = table.c.id != all_(literal(list(old.but), ARRAY(Uuid)))
    return (
        table.c.school_id == old.school_id,
        value.isnot(None),
        func.substring(value, 2, 4) != old.than,
        others,
    )


async def page(tx: Tx, where: tuple[str, str], after: UUID | None, most: int) -> Sequence[tuple[UUID, bytes]]:
    """The next sealed values of a column in the order of their ids, after one of them."""
    table, column = all_tables().tables[where[0]], where[1]
    chosen = [table.c.school_id == tx.school_id, table.c[column].isnot(None)]
    if after is not None:
        chosen.append(table.c.id > after)
    statement = select(table.c.id, table.c[column]).where(*chosen).order_by(table.c.id).limit(most)
    return [(row[0], row[1]) for row in await tx.session.execute(statement)]


async def write(
    tx: PlatformTx, school_id: SchoolId, where: tuple[str, str], values: Sequence[tuple[UUID, bytes | None]]
) -> None:
    """Write one column of many rows."""
    if not values:
        return
    table, column = where
    statement = text(
        f'UPDATE "{table}" AS t SET "{column}" = v.value '  # noqa: S608 - names come from our own list
        "FROM unnest(CAST(:ids AS uuid[]), CAST(:vals AS bytea[])) AS v(id, value) "
        "WHERE t.school_id = :school AND t.id = v.id"
    )
    ids, kept = [one[0] for one in values], [one[1] for one in values]
    await tx.session.execute(statement, {"ids": ids, "vals": kept, "school": school_id})


async def read_rows(
    tx: PlatformTx, school_id: SchoolId | None, table: str, columns: Sequence[str]
) -> Sequence[tuple[Any, ...]]:
    """Columns of every row of a school, or of all schools, that has the last of them."""
    named = all_tables().tables[table]
    statement = select(*(named.c[one] for one in columns)).where(named.c[columns[-1]].isnot(None))
    if school_id is not None:
        statement = statement.where(named.c.school_id == school_id)
    return [tuple(row) for row in await tx.session.execute(statement)]


async def move_lanes(
    tx: PlatformTx, school_id: SchoolId, table: str, only: str, moved: Sequence[tuple[bytes, bytes]]
) -> None:
    """Replace the lane of each chat."""
    condition = f" AND t.{only}" if only else ""
    statement = text(
        f'UPDATE "{table}" AS t SET lane = v.fresh '  # noqa: S608 - names come from our own list
        "FROM unnest(CAST(:old AS bytea[]), CAST(:fresh AS bytea[])) AS v(old, fresh) "
        f"WHERE t.school_id = :school AND t.lane = v.old{condition}"
    )
    old, fresh = [one[0] for one in moved], [one[1] for one in moved]
    await tx.session.execute(statement, {"old": old, "fresh": fresh, "school": school_id})


async def retire(tx: PlatformTx, school_id: SchoolId, but: UUID, now: datetime) -> None:
    """Only one key of a school is active and indexes."""
    rows = await list_keys(tx.session, frozenset({school_id}))
    for row in rows:
        values: dict[str, Any] = {"indexing": False, "state": "retired", "retired_at": row.retired_at or now}
        if row.id == but:
            values = {"indexing": True, "state": "active", "retired_at": None}
        await change_key(tx, school_id, row.id, **values)

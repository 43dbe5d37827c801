"""The rows of preferences and of waiting digest items. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    and_,
    any_,
    delete,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.preferences.tables import DigestItemRow, PreferenceRow
from core.values.ids import new_id

NEVER: ColumnElement[datetime] = literal_column("'infinity'::timestamptz")
"""When an item is due that was told."""


async def list_for(tx: Tx, lanes: Collection[bytes]) -> Sequence[PreferenceRow]:
    """What is set for these chats."""
    rows = await tx.session.scalars(
        select(PreferenceRow).where(PreferenceRow.school_id == tx.school_id, PreferenceRow.lane.in_(lanes))
    )
    return rows.all()


async def put(tx: Tx, lanes: Collection[bytes], kind: str, mode: str, at: time, now: datetime) -> None:
    """Set one kind for these chats."""
    values = [
        {
            "school_id": tx.school_id,
            "id": new_id(),
            "lane": lane,
            "kind": kind,
            "mode": mode,
            "digest_at": at,
            "changed_at": now,
        }
        for lane in sorted(set(lanes))
    ]
    statement = insert(PreferenceRow).values(values)
    changed = {name: statement.excluded[name] for name in ("mode", "digest_at", "changed_at")}
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["school_id", "lane", "kind"], set_=changed)
    )


async def count_modes(tx: Tx, but: bytes) -> list[tuple[str, str, int]]:
    """(kind, mode, how many chats), without the school's own default."""
    rows = await tx.session.execute(
        select(PreferenceRow.kind, PreferenceRow.mode, func.count())
        .where(PreferenceRow.school_id == tx.school_id, PreferenceRow.lane != but)
        .group_by(PreferenceRow.kind, PreferenceRow.mode)
    )
    return [(kind, mode, total) for kind, mode, total in rows]


async def keep(tx: Tx, items: Sequence[dict[str, Any]]) -> None:
    """Put messages aside for their digest; one whose dedupe key is there already changes nothing."""
    rows = [{"school_id": tx.school_id, "id": new_id(), **item} for item in items]
    await tx.session.execute(
        insert(DigestItemRow).values(rows).on_conflict_do_nothing(index_elements=["school_id", "dedupe_key"])
    )


async def known(tx: Tx, dedupe_keys: Sequence[str]) -> Sequence[str]:
    """Those of these dedupe keys that are there; one argument, however many keys."""
    wanted = any_(literal(list(dedupe_keys), ARRAY(Text)))
    rows = await tx.session.scalars(
        select(DigestItemRow.dedupe_key).where(
            DigestItemRow.school_id == tx.school_id, DigestItemRow.dedupe_key == wanted
        )
    )
    return rows.all()


async def list_due(
    tx: PlatformTx, now: datetime, limit: int, after: tuple[UUID, bytes] | None = None
) -> Sequence[tuple[UUID, bytes]]:
    """(school, chat) of those whose digest is due, in one order; those behind `after` when it is given."""
    place = (DigestItemRow.school_id, DigestItemRow.lane)
    due = select(*place).where(DigestItemRow.due_at <= now)
    if after is not None:
        due = due.where(tuple_(*place) > tuple_(*after))
    rows = await tx.session.execute(due.distinct().order_by(*place).limit(limit))
    return [(row.school_id, row.lane) for row in rows]


async def lock_due(tx: Tx, lanes: Collection[bytes], until: datetime) -> Sequence[tuple[UUID, bytes]]:
    """What is due by `until` for these chats, in the order in which it came, locked until the transaction ends."""
    rows = await tx.session.execute(
        select(DigestItemRow.id, DigestItemRow.content)
        .where(
            DigestItemRow.school_id == tx.school_id,
            DigestItemRow.lane.in_(lanes),
            DigestItemRow.due_at <= until,
        )
        .order_by(DigestItemRow.id)
        .with_for_update(key_share=True)
    )
    return [(row.id, row.content) for row in rows]


async def empty(tx: Tx, ids: Collection[UUID], nothing: bytes) -> None:
    """Keep of these no more than that they were told: the same message is not put aside again."""
    await tx.session.execute(
        update(DigestItemRow)
        .where(DigestItemRow.school_id == tx.school_id, DigestItemRow.id.in_(ids))
        .values(content=nothing, due_at=NEVER)
        .execution_options(synchronize_session=False)
    )


async def forget_lane(tx: Tx, lane: bytes, nothing: bytes) -> None:
    """Empty every item of a chat, and delete its preferences."""
    await tx.session.execute(
        update(DigestItemRow)
        .where(DigestItemRow.school_id == tx.school_id, DigestItemRow.lane == lane)
        .values(content=nothing, due_at=NEVER)
        .execution_options(synchronize_session=False)
    )
    await tx.session.execute(
        delete(PreferenceRow).where(PreferenceRow.school_id == tx.school_id, PreferenceRow.lane == lane)
    )


async def move(tx: Tx, ids: Collection[UUID], due_at: datetime) -> None:
    """Let these wait until then instead."""
    await tx.session.execute(
        update(DigestItemRow)
        .where(DigestItemRow.school_id == tx.school_id, DigestItemRow.id.in_(ids))
        .values(due_at=due_at)
        .execution_options(synchronize_session=False)
    )


async def drop(tx: Tx, ids: Collection[UUID]) -> None:
    """Let these never be told."""
    await tx.session.execute(
        delete(DigestItemRow)
        .where(DigestItemRow.school_id == tx.school_id, DigestItemRow.id.in_(ids))
        .execution_options(synchronize_session=False)
    )


async def count_kept(tx: Tx, dedupe_prefix: str) -> int:
    """How many messages whose dedupe key begins so wait for their digest."""
    return await tx.session.scalar(select(func.count()).where(*_waiting(tx, dedupe_prefix))) or 0


async def take_back(tx: Tx, dedupe_prefixes: Sequence[str]) -> frozenset[str]:
    """Take out what begins with any of these and still waits; the keys of what was told in a digest."""
    prefixes = (
        func.unnest(literal(list(dedupe_prefixes), ARRAY(Text))).table_valued("prefix").render_derived("p")
    )
    key, prefix = DigestItemRow.dedupe_key, prefixes.c.prefix
    mine = (
        select(key)
        .join_from(prefixes, DigestItemRow, and_(key >= prefix, key < prefix.concat("~")))
        .where(DigestItemRow.school_id == tx.school_id)
    )
    waiting = mine.where(DigestItemRow.due_at < NEVER).with_only_columns(DigestItemRow.id)
    await tx.session.execute(
        delete(DigestItemRow)
        .where(DigestItemRow.school_id == tx.school_id, DigestItemRow.id.in_(waiting))
        .execution_options(synchronize_session=False)
    )
    return frozenset(await tx.session.scalars(mine))


async def withdraw(tx: Tx, dedupe_prefix: str) -> int:
    """Take those out that still wait; says how many."""
    gone = await tx.session.scalars(
        delete(DigestItemRow).where(*_waiting(tx, dedupe_prefix)).returning(DigestItemRow.id)
    )
    return len(gone.all())


def _waiting(tx: Tx, dedupe_prefix: str) -> tuple[ColumnElement[bool], ...]:
    return (
        DigestItemRow.school_id == tx.school_id,
        DigestItemRow.dedupe_key.startswith(dedupe_prefix, autoescape=True),
        DigestItemRow.due_at < NEVER,
    )

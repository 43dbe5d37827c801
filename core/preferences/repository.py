"""The rows of preferences and of waiting digest items. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.preferences.tables import DigestItemRow, PreferenceRow
from core.values.ids import new_id


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
        for lane in sorted(lanes)
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


async def take(tx: Tx, lane: bytes, now: datetime) -> Sequence[tuple[UUID, bytes]]:
    """Take the items of a chat that are due, in the order in which they came, out of the table."""
    rows = await tx.session.execute(
        delete(DigestItemRow)
        .where(
            DigestItemRow.school_id == tx.school_id, DigestItemRow.lane == lane, DigestItemRow.due_at <= now
        )
        .returning(DigestItemRow.id, DigestItemRow.content)
    )
    return sorted(((row.id, row.content) for row in rows), key=lambda row: row[0])

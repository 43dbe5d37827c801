"""The rows of broadcasts. Private to this slice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from core.broadcasts.tables import BroadcastRow
from core.db.transaction import PlatformTx, Tx


async def keep_draft(tx: Tx, **values: Any) -> bool:
    """Write a draft, or in place of it what was written anew; False when it is no draft any more."""
    new = insert(BroadcastRow).values(school_id=tx.school_id, **values)
    written = {name: new.excluded[name] for name in ("kind", "content", "audience", "audience_values")}
    done = await tx.session.execute(
        new.on_conflict_do_update(
            index_elements=["school_id", "id"], set_=written, where=BroadcastRow.status == "draft"
        ).returning(BroadcastRow.id)
    )
    return done.scalar() is not None


async def find(
    tx: Tx, broadcast_id: UUID, *, lock: bool = False, skip_locked: bool = False
) -> BroadcastRow | None:
    """One broadcast, locked when asked; None too when another process holds it and `skip_locked`."""
    statement = select(BroadcastRow).where(
        BroadcastRow.school_id == tx.school_id, BroadcastRow.id == broadcast_id
    )
    if lock:
        statement = statement.with_for_update(key_share=True, skip_locked=skip_locked)
    rows = await tx.session.scalars(statement.execution_options(populate_existing=True))
    return rows.one_or_none()


async def list_newest(
    tx: Tx, limit: int, before: tuple[datetime, UUID] | None = None
) -> Sequence[BroadcastRow]:
    """The newest first, from those made before a moment and id."""
    place = tuple_(BroadcastRow.created_at, BroadcastRow.id)
    older = () if before is None else (place < tuple_(*before),)
    rows = await tx.session.scalars(
        select(BroadcastRow)
        .where(BroadcastRow.school_id == tx.school_id, *older)
        .order_by(BroadcastRow.created_at.desc(), BroadcastRow.id.desc())
        .limit(limit)
    )
    return rows.all()


async def change(tx: Tx, broadcast_id: UUID, **values: Any) -> None:
    """Change columns of one broadcast."""
    await tx.session.execute(
        update(BroadcastRow)
        .where(BroadcastRow.school_id == tx.school_id, BroadcastRow.id == broadcast_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def list_due(tx: PlatformTx, now: datetime) -> Sequence[tuple[UUID, UUID]]:
    """(school, broadcast) of those for which messages must be written by now, the earliest first."""
    rows = await tx.session.execute(
        select(BroadcastRow.school_id, BroadcastRow.id)
        .where(BroadcastRow.status.in_(("scheduled", "running")), BroadcastRow.starts_at <= now)
        .order_by(BroadcastRow.starts_at)
    )
    return [(row.school_id, row.id) for row in rows]


async def list_unreported(tx: PlatformTx) -> Sequence[tuple[UUID, UUID]]:
    """(school, broadcast) of those that ended without their report being kept."""
    rows = await tx.session.execute(
        select(BroadcastRow.school_id, BroadcastRow.id).where(
            BroadcastRow.status.in_(("sent", "stopped")), BroadcastRow.report.is_(None)
        )
    )
    return [(row.school_id, row.id) for row in rows]


async def add_up(tx: Tx, since: datetime, until: datetime) -> tuple[int, int, int, int, int]:
    """Of those that began then: how many, people gone through, without a chat, messages that arrived, still open.

    One that was stopped before anybody was told is left out.
    """
    row = BroadcastRow
    arrived = row.report["sent"].astext.cast(Integer)
    found = await tx.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(row.people), 0),
            func.coalesce(func.sum(row.unreached), 0),
            func.coalesce(func.sum(arrived), 0),
            func.count().filter(row.report.is_(None)),
        ).where(
            row.school_id == tx.school_id,
            row.starts_at >= since,
            row.starts_at < until,
            row.status.in_(("running", "sent")) | ((row.status == "stopped") & (row.people > 0)),
        )
    )
    announced, people, unreached, sent, open_ = found.one()
    return announced, int(people), int(unreached), int(sent), open_

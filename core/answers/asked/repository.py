"""The SQL of asked questions and their groups. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.answers.tables import (
    AskedRow,
    ClusterRow,
)
from core.db.transaction import PlatformTx, Tx

_FRESH = {"populate_existing": True}
_BAD_RATINGS = ("down", "wrong")


async def insert_asked(tx: Tx, values: dict[str, Any]) -> None:
    """Keep a question once."""
    await tx.session.execute(
        insert(AskedRow).values(school_id=tx.school_id, **values).on_conflict_do_nothing()
    )


async def rate(tx: Tx, asked_id: UUID, rating: str) -> bool:
    """Write a rating; False when the question is not kept."""
    done = await tx.session.execute(
        update(AskedRow)
        .where(AskedRow.school_id == tx.school_id, AskedRow.id == asked_id)
        .values(rating=rating)
        .returning(AskedRow.id)
    )
    return done.scalar() is not None


async def list_asked(tx: Tx, ids: Collection[UUID]) -> Sequence[AskedRow]:
    """Kept questions by their ids, newest first."""
    query = select(AskedRow).where(AskedRow.school_id == tx.school_id, AskedRow.id.in_(ids))
    return (
        await tx.session.scalars(query.order_by(AskedRow.asked_at.desc()), execution_options=_FRESH)
    ).all()


async def list_open(tx: Tx, since: datetime, most: int) -> Sequence[AskedRow]:
    """Questions that were not answered well and that nobody dealt with, newest first."""
    query = (
        select(AskedRow)
        .where(
            AskedRow.school_id == tx.school_id,
            AskedRow.asked_at >= since,
            AskedRow.settled_at.is_(None),
            or_(AskedRow.behaviour == "abstain", AskedRow.rating.in_(_BAD_RATINGS)),
            or_(AskedRow.rating.is_(None), AskedRow.rating != "up"),
        )
        .order_by(AskedRow.asked_at.desc())
        .limit(most)
    )
    return (await tx.session.scalars(query, execution_options=_FRESH)).all()


async def settle(tx: Tx, ids: Collection[UUID], at: datetime) -> int:
    """Note that staff dealt with these questions; says how many were still open."""
    done = await tx.session.execute(
        update(AskedRow)
        .where(AskedRow.school_id == tx.school_id, AskedRow.id.in_(ids), AskedRow.settled_at.is_(None))
        .values(settled_at=at)
        .returning(AskedRow.id)
    )
    return len(done.all())


async def count_asked(
    tx: Tx, since: datetime, until: datetime | None = None
) -> Sequence[tuple[str, str | None, int]]:
    """How many questions since then, and before `until`, by behaviour and rating."""
    query = (
        select(AskedRow.behaviour, AskedRow.rating, func.count())
        .where(AskedRow.school_id == tx.school_id, AskedRow.asked_at >= since)
        .group_by(AskedRow.behaviour, AskedRow.rating)
    )
    if until is not None:
        query = query.where(AskedRow.asked_at < until)
    return [(row[0], row[1], row[2]) for row in await tx.session.execute(query)]


async def forget_asked(tx: PlatformTx, good_before: datetime, all_before: datetime) -> int:
    """Forget answered questions that nobody complained of, and in the end all."""
    fine = (AskedRow.behaviour != "abstain") & or_(AskedRow.rating.is_(None), AskedRow.rating == "up")
    done = await tx.session.execute(
        delete(AskedRow)
        .where(or_(AskedRow.asked_at < all_before, fine & (AskedRow.asked_at < good_before)))
        .returning(AskedRow.id)
    )
    return len(done.all())


async def replace_clusters(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Swap the groups of the school, whole."""
    await tx.session.execute(delete(ClusterRow).where(ClusterRow.school_id == tx.school_id))
    if rows:
        await tx.session.execute(
            insert(ClusterRow).values([{"school_id": tx.school_id} | one for one in rows])
        )


async def list_clusters(tx: Tx, most: int) -> Sequence[ClusterRow]:
    """The groups, largest first."""
    query = (
        select(ClusterRow)
        .where(ClusterRow.school_id == tx.school_id)
        .order_by(ClusterRow.size.desc(), ClusterRow.id.desc())
        .limit(most)
    )
    return (await tx.session.scalars(query, execution_options=_FRESH)).all()


async def take_cluster(tx: Tx, cluster_id: UUID) -> ClusterRow | None:
    """Remove a group and give it; None when it is gone."""
    statement = (
        delete(ClusterRow)
        .where(ClusterRow.school_id == tx.school_id, ClusterRow.id == cluster_id)
        .returning(ClusterRow)
    )
    return (await tx.session.execute(statement)).scalar()


async def find_cluster(tx: Tx, cluster_id: UUID) -> ClusterRow | None:
    """A group by its id."""
    query = select(ClusterRow).where(ClusterRow.school_id == tx.school_id, ClusterRow.id == cluster_id)
    return await tx.session.scalar(query, execution_options=_FRESH)

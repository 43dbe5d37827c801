"""The SQL of keys, passages, asked questions, clusters and previews. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert

from core.answers.tables import (
    AnswersStateRow,
    ApiKeyDayRow,
    ApiKeyRow,
    AskedRow,
    ClusterRow,
    PreviewRow,
    SchoolPassageRow,
)
from core.db.transaction import PlatformTx, Tx

_FRESH = {"populate_existing": True}
_BAD_RATINGS = ("down", "wrong")


# ---------------------------------------------------------------- keys


async def insert_key(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a key."""
    await tx.session.execute(insert(ApiKeyRow).values(school_id=tx.school_id, **values))


async def lock_key_by_secret(tx: Tx, secret_hash: bytes) -> ApiKeyRow | None:
    """The living key of this school with this secret, locked until the transaction ends.

    The transaction then commits without waiting for the disk: a crash may forget the counts of its last moment.
    """
    lightly = func.set_config("synchronous_commit", "off", true())
    query = (
        select(ApiKeyRow, lightly)
        .where(
            ApiKeyRow.school_id == tx.school_id,
            ApiKeyRow.secret_hash == secret_hash,
            ApiKeyRow.revoked_at.is_(None),
        )
        .with_for_update(of=ApiKeyRow)
    )
    found = (await tx.session.execute(query, execution_options=_FRESH)).one_or_none()
    return found[0] if found else None


async def lock_key(tx: Tx, key_id: UUID) -> ApiKeyRow | None:
    """A key by its id, locked."""
    return await tx.session.scalar(
        select(ApiKeyRow)
        .where(ApiKeyRow.school_id == tx.school_id, ApiKeyRow.id == key_id)
        .with_for_update(),
        execution_options=_FRESH,
    )


async def list_keys(tx: Tx) -> Sequence[ApiKeyRow]:
    """Every key, newest first."""
    query = select(ApiKeyRow).where(ApiKeyRow.school_id == tx.school_id).order_by(ApiKeyRow.created_at.desc())
    return (await tx.session.scalars(query, execution_options=_FRESH)).all()


async def change_key(tx: Tx, key_id: UUID, **values: Any) -> None:
    """Overwrite columns of a key."""
    await tx.session.execute(
        update(ApiKeyRow).where(ApiKeyRow.school_id == tx.school_id, ApiKeyRow.id == key_id).values(**values)
    )


async def newest_day(tx: Tx, key_id: UUID) -> tuple[date, int] | None:
    """The newest day on which the key was counted, with what it used."""
    query = (
        select(ApiKeyDayRow.day, ApiKeyDayRow.used)
        .where(ApiKeyDayRow.school_id == tx.school_id, ApiKeyDayRow.key_id == key_id)
        .order_by(ApiKeyDayRow.day.desc())
        .limit(1)
    )
    found = (await tx.session.execute(query)).one_or_none()
    return (found[0], found[1]) if found else None


async def count(tx: Tx, key_id: UUID, day: tuple[date, int, int], **values: Any) -> None:
    """Add used and refused requests to the key's day and overwrite columns of the key, in one statement."""
    on, used, refused = day
    changed = (
        update(ApiKeyRow)
        .where(ApiKeyRow.school_id == tx.school_id, ApiKeyRow.id == key_id)
        .values(**values)
        .cte("changed")
    )
    statement = insert(ApiKeyDayRow).values(
        school_id=tx.school_id, key_id=key_id, day=on, used=used, refused=refused
    )
    await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id", "key_id", "day"],
            set_={"used": ApiKeyDayRow.used + used, "refused": ApiKeyDayRow.refused + refused},
        ).add_cte(changed)
    )


async def days_since(tx: Tx, first: date) -> Sequence[ApiKeyDayRow]:
    """What every key used from a day on."""
    query = select(ApiKeyDayRow).where(ApiKeyDayRow.school_id == tx.school_id, ApiKeyDayRow.day >= first)
    return (await tx.session.scalars(query, execution_options=_FRESH)).all()


# ---------------------------------------------------------------- passages and the state


async def upsert_passage(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a passage, or overwrite it as its next revision."""
    statement = insert(SchoolPassageRow).values(school_id=tx.school_id, **values)
    kept = ("kind", "status", "sealed_content", "updated_at")
    await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id", "id"],
            set_={name: values[name] for name in kept} | {"revision": SchoolPassageRow.revision + 1},
        )
    )


async def find_passage(tx: Tx, passage_id: UUID) -> SchoolPassageRow | None:
    """A passage by its id."""
    query = select(SchoolPassageRow).where(
        SchoolPassageRow.school_id == tx.school_id, SchoolPassageRow.id == passage_id
    )
    return await tx.session.scalar(query, execution_options=_FRESH)


async def list_passages(tx: Tx, statuses: Collection[str]) -> Sequence[SchoolPassageRow]:
    """The passages of some statuses, last changed first."""
    query = (
        select(SchoolPassageRow)
        .where(SchoolPassageRow.school_id == tx.school_id, SchoolPassageRow.status.in_(statuses))
        .order_by(SchoolPassageRow.updated_at.desc(), SchoolPassageRow.id)
    )
    return (await tx.session.scalars(query, execution_options=_FRESH)).all()


async def set_passage_status(tx: Tx, passage_id: UUID, status: str, at: datetime) -> None:
    """Publish or withdraw."""
    await tx.session.execute(
        update(SchoolPassageRow)
        .where(SchoolPassageRow.school_id == tx.school_id, SchoolPassageRow.id == passage_id)
        .values(status=status, updated_at=at, revision=SchoolPassageRow.revision + 1)
    )


async def find_state(tx: Tx) -> AnswersStateRow | None:
    """The school's state."""
    query = select(AnswersStateRow).where(AnswersStateRow.school_id == tx.school_id)
    return await tx.session.scalar(query, execution_options=_FRESH)


async def change_state(tx: Tx, **values: Any) -> None:
    """Overwrite columns of the school's state; makes the row."""
    statement = insert(AnswersStateRow).values(school_id=tx.school_id, **values)
    await tx.session.execute(statement.on_conflict_do_update(index_elements=["school_id"], set_=values))


async def next_version(tx: Tx) -> None:
    """The passages that parents are told have changed."""
    statement = insert(AnswersStateRow).values(school_id=tx.school_id, version=1)
    await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id"], set_={"version": AnswersStateRow.version + 1}
        )
    )


# ---------------------------------------------------------------- asked questions


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


async def count_asked(tx: Tx, since: datetime) -> Sequence[tuple[str, str | None, int]]:
    """How many questions since then, by behaviour and rating."""
    query = (
        select(AskedRow.behaviour, AskedRow.rating, func.count())
        .where(AskedRow.school_id == tx.school_id, AskedRow.asked_at >= since)
        .group_by(AskedRow.behaviour, AskedRow.rating)
    )
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


# ---------------------------------------------------------------- previews


async def insert_preview(tx: Tx, values: dict[str, Any]) -> None:
    """Ask for a preview."""
    await tx.session.execute(insert(PreviewRow).values(school_id=tx.school_id, **values))


async def find_preview(tx: Tx, preview_id: UUID) -> PreviewRow | None:
    """A preview by its id."""
    query = select(PreviewRow).where(PreviewRow.school_id == tx.school_id, PreviewRow.id == preview_id)
    return await tx.session.scalar(query, execution_options=_FRESH)


async def list_waiting_previews(tx: Tx, most: int) -> Sequence[PreviewRow]:
    """Previews that nobody has answered, oldest first."""
    query = (
        select(PreviewRow)
        .where(PreviewRow.school_id == tx.school_id, PreviewRow.answered_at.is_(None))
        .order_by(PreviewRow.asked_at)
        .limit(most)
    )
    return (await tx.session.scalars(query, execution_options=_FRESH)).all()


async def answer_preview(tx: Tx, preview_id: UUID, sealed_answer: bytes, at: datetime) -> None:
    """Write the answer of a preview, once."""
    await tx.session.execute(
        update(PreviewRow)
        .where(
            PreviewRow.school_id == tx.school_id,
            PreviewRow.id == preview_id,
            PreviewRow.answered_at.is_(None),
        )
        .values(sealed_answer=sealed_answer, answered_at=at)
    )


async def forget_previews(tx: PlatformTx, before: datetime) -> None:
    """Forget what staff tried long ago."""
    await tx.session.execute(delete(PreviewRow).where(PreviewRow.asked_at < before))

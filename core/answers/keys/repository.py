"""The SQL of API keys. Private to this slice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from core.answers.tables import (
    ApiKeyDayRow,
    ApiKeyRow,
)
from core.db.transaction import Tx

_FRESH = {"populate_existing": True}


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
        .with_for_update(key_share=True, of=ApiKeyRow)
    )
    found = (await tx.session.execute(query, execution_options=_FRESH)).one_or_none()
    return found[0] if found else None


async def lock_key(tx: Tx, key_id: UUID) -> ApiKeyRow | None:
    """A key by its id, locked."""
    return await tx.session.scalar(
        select(ApiKeyRow)
        .where(ApiKeyRow.school_id == tx.school_id, ApiKeyRow.id == key_id)
        .with_for_update(key_share=True),
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

"""The SQL of the school's passages. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.answers.tables import (
    SchoolPassageRow,
)
from core.db.transaction import Tx

_FRESH = {"populate_existing": True}


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

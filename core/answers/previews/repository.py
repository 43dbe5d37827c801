"""The SQL of previews. Private to this slice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.answers.tables import PreviewRow
from core.db.transaction import Tx

_FRESH = {"populate_existing": True}


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

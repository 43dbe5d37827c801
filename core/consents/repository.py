"""The SQL of consents. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.consents.tables import ConsentRow
from core.db.transaction import Tx
from core.values.ids import StudentId


async def add(tx: Tx, values: dict[str, Any]) -> None:
    """Keep one word."""
    await tx.session.execute(insert(ConsentRow).values(school_id=tx.school_id, **values))


async def list_said(tx: Tx, student_ids: Collection[StudentId]) -> Sequence[ConsentRow]:
    """Everything said about these pupils, oldest first."""
    statement = select(ConsentRow).where(
        ConsentRow.school_id == tx.school_id, ConsentRow.student_id.in_(student_ids)
    )
    return (await tx.session.scalars(statement.order_by(ConsentRow.at, ConsentRow.id))).all()

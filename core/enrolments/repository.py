"""The SQL of enrolled faces. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.enrolments.tables import EnrolledFaceRow
from core.values.ids import StudentId


async def put(tx: Tx, values: dict[str, Any]) -> None:
    """Keep the newest templates of a pupil under a model; older ones of the same model are overwritten."""
    fresh = insert(EnrolledFaceRow).values(school_id=tx.school_id, **values)
    changed = {name: fresh.excluded[name] for name in values if name not in {"student_id", "model_id"}}
    await tx.session.execute(
        fresh.on_conflict_do_update(index_elements=["school_id", "student_id", "model_id"], set_=changed)
    )


async def find(tx: Tx, enrolment_id: UUID) -> EnrolledFaceRow | None:
    """The enrolment with this id."""
    return await tx.session.scalar(
        select(EnrolledFaceRow).where(
            EnrolledFaceRow.school_id == tx.school_id, EnrolledFaceRow.id == enrolment_id
        ),
        execution_options={"populate_existing": True},
    )


async def list_all(tx: Tx, student_id: StudentId | None = None) -> Sequence[EnrolledFaceRow]:
    """The school's enrolled faces, or one pupil's."""
    statement = select(EnrolledFaceRow).where(EnrolledFaceRow.school_id == tx.school_id)
    if student_id is not None:
        statement = statement.where(EnrolledFaceRow.student_id == student_id)
    return (await tx.session.scalars(statement.order_by(EnrolledFaceRow.student_id))).all()


async def schools(tx: PlatformTx) -> Sequence[UUID]:
    """The schools that have enrolled faces."""
    return (await tx.session.scalars(select(EnrolledFaceRow.school_id).distinct())).all()


async def remove_these(tx: Tx, ids: Collection[UUID]) -> None:
    """Delete single enrolments."""
    await tx.session.execute(
        delete(EnrolledFaceRow).where(EnrolledFaceRow.school_id == tx.school_id, EnrolledFaceRow.id.in_(ids))
    )


async def remove(tx: Tx, student_ids: Collection[UUID]) -> int:
    """Delete all templates of these pupils; says how many rows that were."""
    done = await tx.session.execute(
        delete(EnrolledFaceRow)
        .where(EnrolledFaceRow.school_id == tx.school_id, EnrolledFaceRow.student_id.in_(student_ids))
        .returning(EnrolledFaceRow.id)
    )
    return len(done.all())

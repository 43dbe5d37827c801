"""The SQL of check-ins. Private to this slice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.checkins.domain import Reason
from core.checkins.tables import CheckInRow
from core.contracts.checkin import CheckInMode, Decision
from core.db.transaction import Tx
from core.values.ids import CheckInId, ExamSessionId, StudentId


async def insert_check_in(tx: Tx, values: dict[str, Any]) -> bool:
    """Insert a check-in; False when its report was recorded before."""
    done = await tx.session.execute(
        insert(CheckInRow)
        .values(school_id=tx.school_id, **values)
        .on_conflict_do_nothing(index_elements=["school_id", "report_id"])
        .returning(CheckInRow.id)
    )
    return done.scalar() is not None


async def find_by_report(tx: Tx, report_id: UUID) -> CheckInRow | None:
    """The check-in of a report."""
    return await tx.session.scalar(
        select(CheckInRow).where(CheckInRow.school_id == tx.school_id, CheckInRow.report_id == report_id),
        execution_options={"populate_existing": True},
    )


async def lock(tx: Tx, check_in_id: CheckInId) -> CheckInRow | None:
    """A check-in, locked until the transaction ends."""
    return await tx.session.scalar(
        select(CheckInRow)
        .where(CheckInRow.school_id == tx.school_id, CheckInRow.id == check_in_id)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )


async def lock_pupil_day(tx: Tx, student_id: StudentId, day: date) -> None:
    """Let two reports of one pupil and day pass one after the other."""
    key = func.hashtextextended(f"checkin:{student_id}:{day.isoformat()}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(key)))


async def has_arrived(tx: Tx, student_id: StudentId, day: date) -> bool:
    """Whether the pupil was checked in for attendance that day."""
    found = await tx.session.scalar(
        select(CheckInRow.id)
        .where(
            CheckInRow.school_id == tx.school_id,
            CheckInRow.school_day == day,
            CheckInRow.student_id == student_id,
            CheckInRow.mode == CheckInMode.ATTENDANCE,
            CheckInRow.decision == Decision.ACCEPTED,
        )
        .limit(1)
    )
    return found is not None


async def has_entered(
    tx: Tx, student_id: StudentId, session_id: ExamSessionId, door: tuple[datetime, datetime]
) -> bool:
    """Whether a candidate was let into this session, at its own door or at one for every room, in this time."""
    found = await tx.session.scalar(
        select(CheckInRow.id)
        .where(
            CheckInRow.school_id == tx.school_id,
            CheckInRow.student_id == student_id,
            CheckInRow.mode == CheckInMode.EXAM,
            CheckInRow.decision == Decision.ACCEPTED,
            CheckInRow.observed_at.between(*door),
            CheckInRow.exam_session_id.is_(None) | (CheckInRow.exam_session_id == session_id),
        )
        .limit(1)
    )
    return found is not None


async def list_day(tx: Tx, day: date, mode: CheckInMode | None = None) -> Sequence[CheckInRow]:
    """Every check-in of a school day, or those in one mode, as observed, earliest first."""
    statement = select(CheckInRow).where(CheckInRow.school_id == tx.school_id, CheckInRow.school_day == day)
    if mode is not None:
        statement = statement.where(CheckInRow.mode == mode)
    return (await tx.session.scalars(statement.order_by(CheckInRow.observed_at, CheckInRow.id))).all()


async def list_waiting(tx: Tx, since: datetime) -> Sequence[CheckInRow]:
    """The check-ins observed since then that wait for staff, oldest first."""
    statement = select(CheckInRow).where(
        CheckInRow.school_id == tx.school_id,
        CheckInRow.decision == Decision.NEEDS_STAFF,
        CheckInRow.observed_at >= since,
    )
    return (await tx.session.scalars(statement.order_by(CheckInRow.observed_at, CheckInRow.id))).all()


async def list_left_waiting(tx: Tx, before: date, since: datetime) -> Sequence[CheckInRow]:
    """What was dated back to days before this one, recorded since then, and still waits for staff; oldest first."""
    statement = select(CheckInRow).where(
        CheckInRow.school_id == tx.school_id,
        CheckInRow.decision == Decision.NEEDS_STAFF,
        CheckInRow.school_day < before,
        CheckInRow.recorded_at >= since,
        CheckInRow.reason == Reason.DATED_BACK,
    )
    return (await tx.session.scalars(statement.order_by(CheckInRow.observed_at, CheckInRow.id))).all()


async def list_of_pupil(tx: Tx, student_id: StudentId) -> Sequence[CheckInRow]:
    """Every check-in of a pupil that is still kept, the newest first."""
    statement = select(CheckInRow).where(
        CheckInRow.school_id == tx.school_id, CheckInRow.student_id == student_id
    )
    return (await tx.session.scalars(statement.order_by(CheckInRow.observed_at.desc()))).all()


async def resolve(tx: Tx, check_in_id: UUID, values: dict[str, Any]) -> None:
    """Overwrite the decision of a check-in."""
    await tx.session.execute(
        update(CheckInRow)
        .where(CheckInRow.school_id == tx.school_id, CheckInRow.id == check_in_id)
        .values(**values)
    )

"""The SQL that adds check-ins up. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from core.checkins.domain import Reason
from core.checkins.tables import CheckInRow, LeaveNoteRow
from core.contracts.checkin import CheckInMode, Decision, Punctuality
from core.db.transaction import Tx
from core.values.ids import StudentId


async def days_come(tx: Tx, days: Collection[date]) -> dict[StudentId, tuple[int, int, int]]:
    """Of each pupil: on how many of these days in time, on how many late, how many of both by a person's word.

    A day's arrival is the first accepted check-in at the gate, as `core.checkins.day` has it.
    """
    arrival = (
        select(CheckInRow.student_id, CheckInRow.punctuality, CheckInRow.reason)
        .ext(distinct_on(CheckInRow.student_id, CheckInRow.school_day))
        .where(
            CheckInRow.school_id == tx.school_id,
            CheckInRow.school_day.in_(days),
            CheckInRow.student_id.is_not(None),
            CheckInRow.mode == CheckInMode.ATTENDANCE.value,
            CheckInRow.decision == Decision.ACCEPTED.value,
        )
        .order_by(CheckInRow.student_id, CheckInRow.school_day, CheckInRow.observed_at, CheckInRow.id)
        .subquery()
    )
    is_late = arrival.c.punctuality == Punctuality.LATE.value
    rows = await tx.session.execute(
        select(
            arrival.c.student_id,
            func.count().filter(~is_late),
            func.count().filter(is_late),
            func.count().filter(arrival.c.reason == Reason.STAFF_APPROVED.value),
        ).group_by(arrival.c.student_id)
    )
    return {StudentId(id_): (in_time, late, by_staff) for id_, in_time, late, by_staff in rows}


async def tries(tx: Tx, first: date, before: date) -> tuple[int, int, int]:
    """How many check-ins of these days there are, how many needed staff, and how many wait for them still."""
    waits = CheckInRow.decision == Decision.NEEDS_STAFF.value
    found = await tx.session.execute(
        select(
            func.count(),
            func.count().filter(waits | CheckInRow.resolved_at.is_not(None)),
            func.count().filter(waits),
        ).where(
            CheckInRow.school_id == tx.school_id,
            CheckInRow.school_day >= first,
            CheckInRow.school_day < before,
        )
    )
    all_, needed, waiting = found.one()
    return all_, needed, waiting


async def leave_notes(tx: Tx, since: datetime, until: datetime) -> int:
    """How many notes of leave were written."""
    found = await tx.session.scalar(
        select(func.count()).where(
            LeaveNoteRow.school_id == tx.school_id,
            LeaveNoteRow.said_at >= since,
            LeaveNoteRow.said_at < until,
        )
    )
    return found or 0

"""The SQL of leave and of the daily look. Private to this slice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Time, cast, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_once

from core.checkins.absence.domain import LeaveNote
from core.checkins.tables import AbsenceRoundRow, CheckInRow, LeaveNoteRow
from core.contracts.checkin import CheckInMode, Decision
from core.db.transaction import Tx
from core.values.clock import SCHOOL_TIME, school_date
from core.values.ids import StudentId

_COMES = (CheckInMode.ATTENDANCE.value, CheckInMode.EXAM.value)


async def begin_round(tx: Tx, on: date, now: datetime) -> bool:
    """Take the look of a day; False when it was taken, a rival's open transaction is waited for."""
    taken = await tx.session.execute(
        insert_once(AbsenceRoundRow)
        .values(school_id=tx.school_id, school_day=on, looked_at=now)
        .on_conflict_do_nothing()
        .returning(AbsenceRoundRow.school_day)
    )
    return taken.scalar() is not None


async def was_looked_at(tx: Tx, on: date) -> bool:
    """Whether the look of a day was taken."""
    found = await tx.session.scalar(
        select(AbsenceRoundRow.looked_at).where(
            AbsenceRoundRow.school_id == tx.school_id, AbsenceRoundRow.school_day == on
        )
    )
    return found is not None


async def came_on(tx: Tx, on: date) -> frozenset[StudentId]:
    """Who was let in on a day, at the gate or into an exam."""
    found = await tx.session.scalars(_let_in(tx).where(CheckInRow.school_day == on))
    return frozenset(StudentId(one) for one in found if one is not None)


async def came_by(tx: Tx, first: date, before: date, by: time) -> frozenset[StudentId]:
    """Who was let in by a time of day on one of these days at least, `before` not included."""
    local = cast(func.timezone(str(SCHOOL_TIME), CheckInRow.observed_at), Time)
    statement = _let_in(tx).where(CheckInRow.school_day >= first, CheckInRow.school_day < before, local <= by)
    return frozenset(StudentId(one) for one in await tx.session.scalars(statement) if one is not None)


async def add_notes(tx: Tx, notes: Iterable[dict[str, Any]]) -> None:
    """Insert notes of leave."""
    rows = [{"school_id": tx.school_id, **one} for one in notes]
    if rows:
        await tx.session.execute(insert(LeaveNoteRow), rows)


async def notes_since(tx: Tx, since: datetime, on: date) -> tuple[LeaveNote, ...]:
    """The notes that speak of a day, and those written since then without a certain day."""
    rows = await tx.session.scalars(
        select(LeaveNoteRow).where(
            LeaveNoteRow.school_id == tx.school_id,
            LeaveNoteRow.last_on.is_(None) & (LeaveNoteRow.said_at >= since)
            | LeaveNoteRow.first_on.is_not(None)
            & (LeaveNoteRow.first_on <= on)
            & (LeaveNoteRow.last_on >= on),
        )
    )
    return tuple(_note(row) for row in rows)


async def notes_of(tx: Tx, student_id: UUID) -> tuple[LeaveNote, ...]:
    """Every note about a pupil that is still kept, the newest first."""
    rows = await tx.session.scalars(
        select(LeaveNoteRow)
        .where(LeaveNoteRow.school_id == tx.school_id, LeaveNoteRow.student_id == student_id)
        .order_by(LeaveNoteRow.said_at.desc())
    )
    return tuple(_note(row) for row in rows)


def _let_in(tx: Tx) -> Select[UUID | None]:
    return (
        select(CheckInRow.student_id)
        .distinct()
        .where(CheckInRow.school_id == tx.school_id)
        .where(CheckInRow.mode.in_(_COMES), CheckInRow.decision == Decision.ACCEPTED.value)
    )


def _note(row: LeaveNoteRow) -> LeaveNote:
    return LeaveNote(StudentId(row.student_id), school_date(row.said_at), row.first_on, row.last_on)

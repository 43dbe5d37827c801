"""Rows of exam sessions and candidates. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.exams.domain import Candidate, ExamSession, SessionPlan
from core.exams.tables import CandidateRow, ExamSessionRow
from core.values.ids import ExamSessionId, StudentId, new_id


async def add(tx: Tx, session_id: ExamSessionId, plan: SessionPlan, now: datetime) -> None:
    """Insert a session unless it is there."""
    await tx.session.execute(
        insert(ExamSessionRow)
        .values(
            school_id=tx.school_id,
            id=session_id,
            title=plan.title.strip(),
            room=plan.room.strip(),
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            opens_before=plan.opens_before,
            late_for=plan.late_for,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )


async def list_sessions(
    tx: Tx, *, session_id: ExamSessionId | None = None, within: tuple[datetime, datetime] | None = None
) -> tuple[ExamSession, ...]:
    """Sessions with the number of their candidates: one, or those that touch a span of time."""
    chosen: list[ColumnElement[bool]] = [ExamSessionRow.school_id == tx.school_id]
    if session_id is not None:
        chosen.append(ExamSessionRow.id == session_id)
    if within is not None:
        opens_at = ExamSessionRow.starts_at - ExamSessionRow.opens_before
        chosen += [opens_at <= within[1], ExamSessionRow.ends_at >= within[0]]
    candidates = (
        select(func.count())
        .where(CandidateRow.school_id == tx.school_id, CandidateRow.session_id == ExamSessionRow.id)
        .scalar_subquery()
    )
    rows = await tx.session.execute(
        select(ExamSessionRow, candidates)
        .where(*chosen)
        .order_by(ExamSessionRow.starts_at, ExamSessionRow.room, ExamSessionRow.id)
        .execution_options(populate_existing=True)
    )
    return tuple(_session(row, count) for row, count in rows)


async def add_candidates(tx: Tx, session_id: ExamSessionId, candidates: Sequence[Candidate]) -> int:
    """Insert the candidates who are not on the list yet; returns how many were."""
    if not candidates:
        return 0
    rows = [
        {
            "school_id": tx.school_id,
            "id": new_id(),
            "session_id": session_id,
            "student_id": one.student_id,
            "number": one.number,
        }
        for one in candidates
    ]
    added = await tx.session.scalars(
        insert(CandidateRow).on_conflict_do_nothing().returning(CandidateRow.id), rows
    )
    return len(added.all())


async def list_candidates(
    tx: Tx, session_id: ExamSessionId, student_id: StudentId | None = None
) -> tuple[Candidate, ...]:
    """The candidates of a session by number, or one of them."""
    chosen = [CandidateRow.school_id == tx.school_id, CandidateRow.session_id == session_id]
    if student_id is not None:
        chosen.append(CandidateRow.student_id == student_id)
    rows = await tx.session.execute(
        select(CandidateRow.student_id, CandidateRow.number).where(*chosen).order_by(CandidateRow.number)
    )
    return tuple(Candidate(StudentId(one), number) for one, number in rows)


async def candidates_of(
    tx: Tx, session_ids: Collection[ExamSessionId]
) -> dict[ExamSessionId, tuple[Candidate, ...]]:
    """The candidates of several sessions, each by number."""
    rows = await tx.session.execute(
        select(CandidateRow.session_id, CandidateRow.student_id, CandidateRow.number)
        .where(CandidateRow.school_id == tx.school_id, CandidateRow.session_id.in_(session_ids))
        .order_by(CandidateRow.number)
    )
    found: dict[ExamSessionId, list[Candidate]] = {one: [] for one in session_ids}
    for session_id, student_id, number in rows:
        found[ExamSessionId(session_id)].append(Candidate(StudentId(student_id), number))
    return {one: tuple(listed) for one, listed in found.items()}


async def lock_lists(tx: Tx) -> None:
    """Let one change of a school's candidate lists follow the other."""
    key = func.hashtextextended(f"exams/{tx.school_id}", 0)
    await tx.session.execute(select(func.pg_advisory_xact_lock(key)))


async def change_plan(tx: Tx, session_id: ExamSessionId, plan: SessionPlan) -> None:
    """Give a session the room and the times of a plan; its title and its door stay."""
    await tx.session.execute(
        update(ExamSessionRow)
        .where(ExamSessionRow.school_id == tx.school_id, ExamSessionRow.id == session_id)
        .values(room=plan.room, starts_at=plan.starts_at, ends_at=plan.ends_at)
        .execution_options(synchronize_session=False)
    )


async def remove_candidates(tx: Tx, seats: Collection[tuple[ExamSessionId, StudentId]]) -> None:
    """Take pupils off the lists of sessions."""
    await tx.session.execute(
        delete(CandidateRow).where(
            CandidateRow.school_id == tx.school_id,
            tuple_(CandidateRow.session_id, CandidateRow.student_id).in_(seats),
        )
    )


async def remove_session(tx: Tx, session_id: ExamSessionId) -> None:
    """Delete a session with its list."""
    await tx.session.execute(
        delete(CandidateRow).where(
            CandidateRow.school_id == tx.school_id, CandidateRow.session_id == session_id
        )
    )
    await tx.session.execute(
        delete(ExamSessionRow).where(
            ExamSessionRow.school_id == tx.school_id, ExamSessionRow.id == session_id
        )
    )


def _session(row: ExamSessionRow, candidates: int) -> ExamSession:
    plan = SessionPlan(row.title, row.room, row.starts_at, row.ends_at, row.opens_before, row.late_for)
    return ExamSession(ExamSessionId(row.id), plan, candidates)

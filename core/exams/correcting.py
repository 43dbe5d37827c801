"""Corrects a sitting after its list came in: when it is, and what one of its rooms is called.

Sessions keep their ids, so lists, kiosks and what was recorded at the doors stay with them. Who is inside already is
not known here: whoever asks says so first (`core.console.exam_corrections`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.exams import repository
from core.exams.domain import (
    BadSessionError,
    Candidate,
    CandidatesBusyError,
    ExamSession,
    SessionPlan,
    SittingTakenError,
)
from core.exams.planning import sitting_of, span_of
from core.exams.service import Exams
from core.values.clock import SCHOOL_TIME
from core.values.ids import ExamSessionId, StudentId


@dataclass(frozen=True, slots=True)
class Correction:
    """When a sitting really is, and what one of its rooms is called (sửa ca thi)."""

    room: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Corrections:
    """Corrects sittings (sửa giờ thi, tên phòng)."""

    exams: Exams
    audit: Audit

    async def sitting(self, tx: Tx, session_id: ExamSessionId) -> tuple[ExamSession, ...]:
        """Every room of the sitting to which a session belongs, that one first.

        Raises:
            ExamSessionNotFoundError: when the school has no such session.
        """
        session = await self.exams.get(tx, session_id)
        beside = await self.exams.list_between(tx, *span_of([session.plan]))
        same = (one for one in beside if sitting_of(one.plan) == sitting_of(session.plan))
        return (session, *(one for one in same if one.id != session_id))

    async def correct(
        self, tx: Tx, session_id: ExamSessionId, wanted: Correction, actor: str
    ) -> tuple[ExamSession, ...]:
        """Give the whole sitting its times and this room its name; says which rooms changed.

        Raises:
            ExamSessionNotFoundError: when the school has no such session.
            BadSessionError: when the times or the name make no sense, or the sitting would be over already.
            SittingTakenError: when the exam has such a room or such a start already.
            CandidatesBusyError: when a candidate would sit two exams at once.
        """
        await repository.lock_lists(tx)
        rooms = await self.sitting(tx, session_id)
        if wanted.ends_at <= self.exams.clock.now():
            raise BadSessionError(field="over")
        plans = {one.id: _corrected(one.plan, wanted, renamed=one.id == session_id) for one in rooms}
        changed = tuple(one for one in rooms if plans[one.id] != one.plan)
        if not changed:
            return ()
        await self._must_fit(tx, plans)
        for one in changed:
            await repository.change_plan(tx, one.id, plans[one.id])
        details: dict[str, str | int] = {
            "rooms": len(changed),
            "starts": _moment(wanted.starts_at),
            "ends": _moment(wanted.ends_at),
        }
        await self.audit.record(
            tx, AuditEntry(actor, "exams.session_corrected", f"exam_session:{session_id}", details)
        )
        return tuple([await self.exams.get(tx, one.id) for one in changed])

    async def _must_fit(self, tx: Tx, plans: dict[ExamSessionId, SessionPlan]) -> None:
        """Beside what else is planned.

        Raises:
            SittingTakenError, CandidatesBusyError: when it does not.
        """
        found = await self.exams.list_between(tx, *span_of(plans.values()))
        others = [one for one in found if one.id not in plans]
        if len({plan.room for plan in plans.values()}) < len(plans) or any(
            sitting_of(one.plan) == sitting_of(plan) for one in others for plan in plans.values()
        ):
            raise SittingTakenError
        plan = next(iter(plans.values()))
        at_once = [one.id for one in others if _overlap(one.plan, plan)]
        seats = await repository.candidates_of(tx, [*plans, *at_once])
        mine = _pupils(seats, list(plans))
        busy = len(mine & _pupils(seats, at_once))
        if busy:
            raise CandidatesBusyError(candidates=busy)


def _pupils(
    seats: Mapping[ExamSessionId, Sequence[Candidate]], ids: Iterable[ExamSessionId]
) -> set[StudentId]:
    return {candidate.student_id for one in ids for candidate in seats[one]}


def _corrected(plan: SessionPlan, wanted: Correction, *, renamed: bool) -> SessionPlan:
    room = " ".join(wanted.room.split()) if renamed else plan.room
    return replace(plan, room=room, starts_at=wanted.starts_at, ends_at=wanted.ends_at)


def _overlap(one: SessionPlan, other: SessionPlan) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _moment(at: datetime) -> str:
    return at.astimezone(SCHOOL_TIME).isoformat(timespec="minutes")

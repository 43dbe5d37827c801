"""Plans exam sessions, keeps their lists, and answers at the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.db.transaction import Tx
from core.exams import repository
from core.exams.domain import (
    Admission,
    Candidate,
    CandidateNumberTakenError,
    ExamSession,
    ExamSessionNotFoundError,
    SessionPlan,
    admit,
)
from core.values.clock import SCHOOL_TIME, Clock
from core.values.ids import ExamSessionId, StudentId, new_id


@dataclass(frozen=True, slots=True)
class Exams:
    """The exam sessions of a school."""

    clock: Clock

    async def add(self, tx: Tx, plan: SessionPlan, session_id: ExamSessionId | None = None) -> ExamSession:
        """Plan a session; with an id of the caller's, doing it again changes nothing."""
        chosen = session_id or ExamSessionId(new_id())
        await repository.add(tx, chosen, plan, self.clock.now())
        return await self.get(tx, chosen)

    async def get(self, tx: Tx, session_id: ExamSessionId) -> ExamSession:
        """One session.

        Raises:
            ExamSessionNotFoundError: when the school has no such session.
        """
        found = await repository.list_sessions(tx, session_id=session_id)
        if not found:
            raise ExamSessionNotFoundError
        return found[0]

    async def add_candidates(self, tx: Tx, session_id: ExamSessionId, candidates: Sequence[Candidate]) -> int:
        """Put pupils on the list; who is on it already keeps the number. Returns how many were added.

        Raises:
            ExamSessionNotFoundError: when the school has no such session.
            CandidateNumberTakenError: when a number belongs to another pupil.
        """
        await self.get(tx, session_id)
        added = await repository.add_candidates(tx, session_id, candidates)
        listed = {one.student_id for one in await repository.list_candidates(tx, session_id)}
        if not listed.issuperset(one.student_id for one in candidates):
            raise CandidateNumberTakenError
        return added

    async def list_candidates(self, tx: Tx, session_id: ExamSessionId) -> tuple[Candidate, ...]:
        """The candidates of a session by number."""
        return await repository.list_candidates(tx, session_id)

    async def list_sessions(self, tx: Tx, on: date) -> tuple[ExamSession, ...]:
        """The sessions of one day in school time, earliest first."""
        midnight = datetime.combine(on, time(0), SCHOOL_TIME)
        day = (midnight, midnight + timedelta(days=1) - timedelta(microseconds=1))
        found = await repository.list_sessions(tx, within=day)
        return tuple(one for one in found if one.plan.starts_at.astimezone(SCHOOL_TIME).date() == on)

    async def list_between(self, tx: Tx, first: datetime, last: datetime) -> tuple[ExamSession, ...]:
        """The sessions that touch a span of time, from the opening of the door to the end; earliest first."""
        return await repository.list_sessions(tx, within=(first, last))

    async def current_sessions(self, tx: Tx, at: datetime) -> tuple[ExamSession, ...]:
        """The sessions whose door has opened and which have not ended at `at`."""
        return await repository.list_sessions(tx, within=(at, at))

    async def admission(
        self, tx: Tx, session_id: ExamSessionId, student_id: StudentId, at: datetime
    ) -> Admission:
        """Whether a pupil may enter a session at `at`.

        Raises:
            ExamSessionNotFoundError: when the school has no such session.
        """
        session = await self.get(tx, session_id)
        found = await repository.list_candidates(tx, session_id, student_id)
        return admit(session, found[0] if found else None, at)

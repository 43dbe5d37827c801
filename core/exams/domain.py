"""An exam session, its candidates, and whether one may enter now. Pure.

It decides nothing about faces or cards; `checkins` puts this answer together with the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import ConflictError, CoreError, NotFoundError
from core.values.ids import ExamSessionId, StudentId

MAX_TITLE = 120
MAX_ROOM = 40


class ExamSessionNotFoundError(NotFoundError):
    """No exam session of this school has this id."""

    code = "exams.session_not_found"


class BadSessionError(CoreError):
    """An exam session's title, room or times make no sense; `field` says which."""

    code = "exams.bad_session"
    http_status = 422


class CandidateNumberTakenError(ConflictError):
    """Two pupils cannot have one candidate number in a session."""

    code = "exams.candidate_number_taken"


class SessionBegunError(ConflictError):
    """The door of this session has opened: it can no longer be taken away."""

    code = "exams.session_begun"


class SittingTakenError(ConflictError):
    """The exam has a sitting at this start, or a room of this name, already."""

    code = "exams.sitting_taken"


class CandidatesBusyError(ConflictError):
    """Some candidates would sit two exams at once; `candidates` says how many."""

    code = "exams.candidates_busy"


class ListRefusedError(CoreError):
    """A candidate list has lines that cannot be taken, so nothing of it was; `lines` says how many."""

    code = "exams.list_refused"
    http_status = 422


class ListChangedError(ConflictError):
    """What a list would change is no longer what was shown."""

    code = "exams.list_changed"


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What is planned: title, room, times, and when the door opens and closes (kế hoạch ca thi).

    The door usually opens half an hour before and closes fifteen minutes after the start: later candidates
    may not sit the exam. Both can be set.

    Raises:
        BadSessionError: when a text is empty or too long, a time has no zone, or the order is wrong.
    """

    title: str
    room: str
    starts_at: datetime
    ends_at: datetime
    opens_before: timedelta = timedelta(minutes=30)
    late_for: timedelta = timedelta(minutes=15)

    def __post_init__(self) -> None:
        if not 0 < len(self.title.strip()) <= MAX_TITLE:
            raise BadSessionError(field="title")
        if not 0 < len(self.room.strip()) <= MAX_ROOM:
            raise BadSessionError(field="room")
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None or self.starts_at >= self.ends_at:
            raise BadSessionError(field="times")
        if min(self.opens_before, self.late_for) < timedelta(0) or self.closes_at > self.ends_at:
            raise BadSessionError(field="window")

    @property
    def opens_at(self) -> datetime:
        """From when candidates are let in."""
        return self.starts_at - self.opens_before

    @property
    def closes_at(self) -> datetime:
        """Until when candidates are let in, this instant included."""
        return self.starts_at + self.late_for


@dataclass(frozen=True, slots=True)
class ExamSession:
    """A sitting of an exam in one room (ca thi)."""

    id: ExamSessionId
    plan: SessionPlan
    candidates: int = 0

    @property
    def title(self) -> str:
        """What is examined."""
        return self.plan.title

    @property
    def room(self) -> str:
        """Where."""
        return self.plan.room


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil on the list of a session with the candidate number (thí sinh, số báo danh)."""

    student_id: StudentId
    number: str = field(repr=False)


class AdmissionVerdict(StrEnum):
    """Whether a candidate may enter."""

    ADMITTED = "admitted"
    ADMITTED_LATE = "admitted_late"
    NOT_A_CANDIDATE = "not_a_candidate"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer at the door of an exam (kết quả xét vào phòng thi)."""

    verdict: AdmissionVerdict
    session_id: ExamSessionId
    room: str
    candidate_number: str | None = field(default=None, repr=False)

    @property
    def admitted(self) -> bool:
        """Whether the door is open for this person."""
        return self.verdict in {AdmissionVerdict.ADMITTED, AdmissionVerdict.ADMITTED_LATE}


def admit(session: ExamSession, candidate: Candidate | None, at: datetime) -> Admission:
    """Whether somebody who stands at the door at `at` may sit this exam.

    Who is not on the list learns only that: no times, no number.
    """
    if candidate is None:
        return Admission(AdmissionVerdict.NOT_A_CANDIDATE, session.id, session.room)
    return Admission(_by_time(session.plan, at), session.id, session.room, candidate.number)


def _by_time(plan: SessionPlan, at: datetime) -> AdmissionVerdict:
    if at < plan.opens_at:
        return AdmissionVerdict.TOO_EARLY
    if at > plan.closes_at:
        return AdmissionVerdict.TOO_LATE
    return AdmissionVerdict.ADMITTED if at <= plan.starts_at else AdmissionVerdict.ADMITTED_LATE

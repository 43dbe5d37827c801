"""Who of a candidate list is in, who is not, who waits: a session's list laid over what its doors recorded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.checkins.domain import CheckIn
from core.contracts.checkin import CheckInMode, Decision
from core.exams.domain import Candidate, ExamSession


class Standing(StrEnum):
    """Where a candidate is (tình trạng thí sinh)."""

    INSIDE = "inside"
    WAITING = "waiting"
    REFUSED = "refused"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Place:
    """A candidate of the list, and the check-in that says where the pupil is (một dòng của phòng thi)."""

    candidate: Candidate
    standing: Standing
    check_in: CheckIn | None = None


@dataclass(frozen=True, slots=True)
class ExamBoard:
    """One room of an exam as its proctors see it (bảng phòng thi)."""

    session: ExamSession
    places: tuple[Place, ...]
    strangers: tuple[CheckIn, ...] = ()
    """Who came to this door and is not on its list, latest first."""

    def count(self, standing: Standing) -> int:
        """How many stand so."""
        return sum(one.standing == standing for one in self.places)

    @property
    def undecided(self) -> int:
        """How many of this door wait for a person, strangers among them."""
        strangers = sum(one.decision is Decision.NEEDS_STAFF for one in self.strangers)
        return self.count(Standing.WAITING) + strangers


def board_of(
    session: ExamSession, candidates: Sequence[Candidate], check_ins: Iterable[CheckIn]
) -> ExamBoard:
    """Lay the list over the day's check-ins at exams, earliest first.

    A kiosk that was opened for a session speaks of that one only; one that was opened for exams as such, of whichever
    session has its door open.
    """
    here = [one for one in check_ins if _belongs(session, one)]
    listed = {one.student_id for one in candidates}
    own = [one for one in here if one.student_id in listed]
    strangers = [one for one in here if one.exam_session_id and one.student_id not in listed]
    return ExamBoard(
        session,
        tuple(_place(one, [each for each in own if each.student_id == one.student_id]) for one in candidates),
        tuple(reversed(strangers)),
    )


def _belongs(session: ExamSession, check_in: CheckIn) -> bool:
    if check_in.mode is not CheckInMode.EXAM:
        return False
    if check_in.exam_session_id is not None:
        return check_in.exam_session_id == session.id
    return session.plan.opens_at <= check_in.observed_at <= session.plan.ends_at


def _place(candidate: Candidate, check_ins: Sequence[CheckIn]) -> Place:
    """Once inside is inside; before that the latest word counts."""
    inside = next((one for one in check_ins if one.decision is Decision.ACCEPTED), None)
    if inside is not None:
        return Place(candidate, Standing.INSIDE, inside)
    if not check_ins:
        return Place(candidate, Standing.NOT_YET)
    latest = check_ins[-1]
    waits = latest.decision is Decision.NEEDS_STAFF
    return Place(candidate, Standing.WAITING if waits else Standing.REFUSED, latest)

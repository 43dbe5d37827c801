"""How a check-in is decided. Pure: facts in, decision and reason out.

A machine refuses nobody on a doubt: a face it does not recognise, an unknown card, a closed exam door go to a
person of the school. It refuses only what no person should wave through: a chip that was altered, and an exam
that somebody is not on the list of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.contracts.checkin import (
    CheckInMode,
    ChipVerdict,
    Decision,
    FaceOutcome,
    IdentifiedBy,
    Punctuality,
)
from core.errors import ConflictError, NotFoundError
from core.exams.domain import AdmissionVerdict
from core.schools.domain import DayTimes
from core.values.clock import SCHOOL_TIME
from core.values.ids import CheckInId, ClassId, DeviceId, ExamSessionId, StudentId

NEWS_FOR = timedelta(minutes=15)
"""So long an arrival is news. What a kiosk without network tells later is told as what it is: late word."""
WAITS_FOR = timedelta(hours=2)
"""So long a message about an arrival may wait for its channel; then it is dropped unsent."""
STALE_AFTER = timedelta(hours=10)
"""After this an arrival is not told at all; it stands in the records."""


class ReportConflictError(ConflictError):
    """This report id was used before for another content."""

    code = "checkins.report_conflict"


class CheckInNotFoundError(NotFoundError):
    """No check-in of this school has this id."""

    code = "checkins.not_found"


class AlreadyResolvedError(ConflictError):
    """Staff decided this check-in before, or it needed no decision."""

    code = "checkins.already_resolved"


class Reason(StrEnum):
    """Why a check-in was decided as it was (lý do)."""

    OK = "ok"
    ALREADY_CHECKED_IN = "already_checked_in"
    STAFF_APPROVED = "staff_approved"
    STAFF_REFUSED = "staff_refused"
    UNKNOWN_PERSON = "unknown_person"
    CARD_ALTERED = "card_altered"
    LIVENESS_FAILED = "liveness_failed"
    FACE_MISMATCH = "face_mismatch"
    FACE_UNSURE = "face_unsure"
    FACE_NEEDED = "face_needed"
    CARD_NEEDED = "card_needed"
    DATED_BACK = "dated_back"
    """Of a time whose reports the kiosk had all sent already (`core.devices.domain.Device.may_have_kept`)."""
    NO_EXAM_SESSION = "no_exam_session"
    NOT_A_CANDIDATE = "not_a_candidate"
    EXAM_TOO_EARLY = "exam_too_early"
    EXAM_TOO_LATE = "exam_too_late"
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a decision rests on (dữ kiện)."""

    mode: CheckInMode
    identified_by: IdentifiedBy
    chip: ChipVerdict
    face: FaceOutcome
    liveness_passed: bool | None
    known: bool
    admission: AdmissionVerdict | None = None
    here_already: bool = False
    dated_back: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, and why (kết luận)."""

    decision: Decision
    reason: Reason


_ADMISSIONS: dict[AdmissionVerdict | None, Verdict | None] = {
    AdmissionVerdict.ADMITTED: None,
    AdmissionVerdict.ADMITTED_LATE: None,
    AdmissionVerdict.NOT_A_CANDIDATE: Verdict(Decision.REFUSED, Reason.NOT_A_CANDIDATE),
    AdmissionVerdict.TOO_EARLY: Verdict(Decision.NEEDS_STAFF, Reason.EXAM_TOO_EARLY),
    AdmissionVerdict.TOO_LATE: Verdict(Decision.NEEDS_STAFF, Reason.EXAM_TOO_LATE),
    None: Verdict(Decision.NEEDS_STAFF, Reason.NO_EXAM_SESSION),
}


def decide(facts: Facts) -> Verdict:
    """Decide a check-in: the card first, then the person, then the exam, then the face.

    >>> decide(Facts(CheckInMode.ATTENDANCE, IdentifiedBy.CHIP, ChipVerdict.GENUINE, FaceOutcome.MISMATCH,
    ...     None, known=True))
    Verdict(decision=<Decision.NEEDS_STAFF: 'needs_staff'>, reason=<Reason.FACE_MISMATCH: 'face_mismatch'>)
    """
    if facts.chip is ChipVerdict.ALTERED:
        return Verdict(Decision.REFUSED, Reason.CARD_ALTERED)
    visits = facts.mode is CheckInMode.VISITOR
    if visits or not facts.known:
        return Verdict(Decision.NEEDS_STAFF, Reason.VISITOR if visits else Reason.UNKNOWN_PERSON)
    if facts.mode is CheckInMode.EXAM and (stopped := _ADMISSIONS[facts.admission]):
        return stopped
    doubt = Reason.DATED_BACK if facts.dated_back else _doubt(facts)
    if doubt is not None:
        return Verdict(Decision.NEEDS_STAFF, doubt)
    if facts.here_already:
        return Verdict(Decision.ACCEPTED, Reason.ALREADY_CHECKED_IN)
    return Verdict(Decision.ACCEPTED, Reason.OK)


def _doubt(facts: Facts) -> Reason | None:
    """What a person should look at, if anything."""
    if facts.liveness_passed is False:
        return Reason.LIVENESS_FAILED
    if facts.face is FaceOutcome.MISMATCH:
        return Reason.FACE_MISMATCH
    if facts.face is FaceOutcome.UNSURE:
        return Reason.FACE_UNSURE
    card_read = facts.identified_by is IdentifiedBy.CHIP and facts.chip is not ChipVerdict.NOT_READ
    if facts.face is FaceOutcome.NOT_DONE and (facts.mode is CheckInMode.EXAM or not card_read):
        # A printed code can be photographed; only a chip speaks for its holder without a face.
        return Reason.FACE_NEEDED
    if facts.mode is CheckInMode.EXAM and facts.identified_by is IdentifiedBy.FACE:
        return Reason.CARD_NEEDED
    return None


def punctuality_of_day(day: DayTimes, at: datetime, *, here_already: bool) -> Punctuality:
    """Where an arrival lies against the times of a school day; a second tap of the day is none."""
    if here_already:
        return Punctuality.NOT_APPLICABLE
    if at.astimezone(SCHOOL_TIME).time() < day.opens:
        return Punctuality.EARLY
    return Punctuality.LATE if day.is_late(at) else Punctuality.ON_TIME


def punctuality_of_exam(admission: AdmissionVerdict | None) -> Punctuality:
    """Where an arrival lies against the start of an exam."""
    match admission:
        case AdmissionVerdict.ADMITTED:
            return Punctuality.ON_TIME
        case AdmissionVerdict.ADMITTED_LATE | AdmissionVerdict.TOO_LATE:
            return Punctuality.LATE
        case AdmissionVerdict.TOO_EARLY:
            return Punctuality.EARLY
        case _:
            return Punctuality.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A recorded check-in as staff see it (lượt điểm danh)."""

    id: CheckInId
    device_id: DeviceId
    student_id: StudentId | None
    mode: CheckInMode
    decision: Decision
    reason: Reason
    punctuality: Punctuality
    identified_by: IdentifiedBy
    observed_at: datetime
    recorded_at: datetime
    provisional: bool
    citizen_hint: str | None = field(default=None, repr=False)
    """For an unknown person: the masked citizen number."""
    exam_session_id: ExamSessionId | None = None
    """The session that the kiosk was opened for, if for one."""


@dataclass(frozen=True, slots=True)
class ClassDay:
    """One class on one day (một lớp trong ngày)."""

    id: ClassId
    name: str
    pupils: int
    on_time: int
    late: int

    @property
    def present(self) -> int:
        """How many have come."""
        return self.on_time + self.late

    @property
    def absent(self) -> int:
        """How many have not come yet."""
        return self.pupils - self.present


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """Everything about one day of a school (ngày học)."""

    on: date
    classes: tuple[ClassDay, ...]
    needs_staff: tuple[CheckIn, ...]
    latest: tuple[CheckIn, ...]
    arrivals: dict[StudentId, CheckIn]
    """The first accepted attendance check-in of each pupil."""

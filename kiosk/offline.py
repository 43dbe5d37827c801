"""What the screen may say while the core is away. Provisional, always: the core decides when the report arrives.

Pure. A kiosk lets nobody through on a doubt because the network is away: what the core would send to staff goes
to staff here too. With a roster it also knows who is a pupil and who sits the exam.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.contracts.checkin import CheckInMode, CheckInReport, ChipVerdict, FaceOutcome, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from core.contracts.roster import RosterPupil
from kiosk.session.values import VerdictKind
from kiosk.uplink.roster import KnownRoster


@dataclass(frozen=True, slots=True)
class Provisional:
    """What is told until the core has spoken (kết quả tạm)."""

    kind: VerdictKind
    reason: str
    name: str | None = field(default=None, repr=False)


def provisional(report: CheckInReport, roster: KnownRoster | None, at: datetime) -> Provisional:
    """Judge a report without the core.

    >>> from uuid import UUID
    >>> report = CheckInReport.model_validate({"report_id": UUID(int=1), "mode": "attendance",
    ...     "citizen_id": "001315012345", "identified_by": "chip", "chip": "genuine", "face": "mismatch",
    ...     "observed_at": "2026-11-21T06:58:03+07:00"})
    >>> provisional(report, None, report.observed_at).reason
    'offline_face'
    """
    if report.chip is ChipVerdict.ALTERED:
        return Provisional(VerdictKind.REFUSED, "card_altered")
    doubt = _doubt(report)
    if doubt is not None:
        return Provisional(VerdictKind.NEEDS_STAFF, doubt)
    if roster is None:
        return Provisional(VerdictKind.RECORDED, "offline")
    pupil = _pupil(report, roster)
    if pupil is None:
        return Provisional(VerdictKind.NEEDS_STAFF, "offline_unknown")
    if report.mode is CheckInMode.EXAM and not _sits(report, pupil, roster, at):
        return Provisional(VerdictKind.NEEDS_STAFF, "offline_not_on_list")
    return Provisional(VerdictKind.RECORDED, "offline", pupil.given_name or None)


def _doubt(report: CheckInReport) -> str | None:
    """What a person should look at, as `core.checkins.domain` would say; the core repeats it later."""
    if report.mode is CheckInMode.VISITOR:
        return "visitor"
    if report.liveness_passed is False or report.face in {FaceOutcome.MISMATCH, FaceOutcome.UNSURE}:
        return "offline_face"
    card_read = report.identified_by is IdentifiedBy.CHIP and report.chip is not ChipVerdict.NOT_READ
    if report.face is FaceOutcome.NOT_DONE and (report.mode is CheckInMode.EXAM or not card_read):
        return "face_needed"
    return None


def _pupil(report: CheckInReport, roster: KnownRoster) -> RosterPupil | None:
    if report.citizen_id is not None:
        return roster.by_number(CitizenId(report.citizen_id.get_secret_value()))
    return roster.by_id(report.student_id) if report.student_id else None


def _sits(report: CheckInReport, pupil: RosterPupil, roster: KnownRoster, at: datetime) -> bool:
    """Whether an exam of this pupil has its door open now; the named one, where one is named."""
    wanted = (report.exam_session_id,) if report.exam_session_id else pupil.exams
    mine = [roster.exams[one] for one in wanted if one in pupil.exams and one in roster.exams]
    return any(exam.opens_at <= at <= exam.closes_at for exam in mine)

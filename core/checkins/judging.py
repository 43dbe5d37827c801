"""Gathers the facts about a report (who it is, who is here already, which exam runs) and has them decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.checkins import repository
from core.checkins.domain import Facts, decide, punctuality_of_day, punctuality_of_exam
from core.contracts.checkin import CheckInMode, CheckInReceipt, CheckInReport, Punctuality
from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.devices.domain import Device
from core.exams.domain import Admission, AdmissionVerdict, ExamSessionNotFoundError
from core.exams.service import Exams
from core.schools.calendar.domain import Lessons
from core.schools.calendar.service import Calendars
from core.schools.service import Schools
from core.students.domain import Student
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import ExamSessionId, StudentId


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides what a report means for the pupil's day or exam (xét lượt điểm danh)."""

    clock: Clock
    schools: Schools
    calendars: Calendars
    students: Students
    exams: Exams

    def observed(self, report: CheckInReport) -> datetime:
        """When it happened; a kiosk whose clock runs ahead does not see the future."""
        return min(report.observed_at, self.clock.now())

    async def student(self, tx: Tx, report: CheckInReport) -> Student | None:
        """The pupil whom the card or the face names; None for anybody else."""
        if report.citizen_id is None:
            return await self.students.find(tx, StudentId(report.student_id)) if report.student_id else None
        student_id = await self.students.by_citizen_id(tx, CitizenId(report.citizen_id.get_secret_value()))
        return await self.students.find(tx, student_id) if student_id else None

    async def decide(
        self, tx: Tx, device: Device, report: CheckInReport, student: Student | None
    ) -> CheckInReceipt:
        """The receipt of a report that was not seen before; the pupil's day is locked until the end."""
        at = self.observed(report)
        here, exam = False, None
        if student is not None:
            await repository.lock_pupil_day(tx, student.id, school_date(at))
        if student and report.mode is CheckInMode.EXAM:
            admission = await self._admission(tx, report.exam_session_id, student.id, at)
            exam = admission.verdict if admission else None
            here = await self._has_entered(tx, student.id, admission)
        elif student:
            here = await repository.has_arrived(tx, student.id, school_date(at))
        verdict = decide(
            Facts(
                mode=report.mode,
                identified_by=report.identified_by,
                chip=report.chip,
                face=report.face,
                liveness_passed=report.liveness_passed,
                known=student is not None,
                admission=exam,
                here_already=here,
                dated_back=not device.may_have_kept(at, self.clock.now()),
            )
        )
        if student is None or report.mode is CheckInMode.VISITOR:
            punctuality = Punctuality.NOT_APPLICABLE
        elif report.mode is CheckInMode.EXAM:
            punctuality = punctuality_of_exam(exam)
        else:
            punctuality = await self._punctuality(tx, at, here_already=here)
        return CheckInReceipt(
            report_id=report.report_id,
            decision=verdict.decision,
            reason=verdict.reason.value,
            punctuality=punctuality,
            display_name=student.given_name if student else None,
            recorded_at=self.clock.now(),
        )

    async def _punctuality(self, tx: Tx, at: datetime, *, here_already: bool) -> Punctuality:
        """Where an arrival lies in the day; who comes on a day off, to a club say, is not late."""
        times = (await self.schools.get(tx)).day
        found = punctuality_of_day(times, at, here_already=here_already)
        if found is Punctuality.LATE:
            today = (await self.calendars.read(tx)).day(school_date(at))
            return Punctuality.ON_TIME if today.lessons is Lessons.NO else found
        return found

    async def is_inside(self, tx: Tx, session_id: UUID | None, student_id: StudentId, at: datetime) -> bool:
        """Whether a candidate who stood at the door of an exam at `at` has been let in by another try; it locks."""
        await repository.lock_pupil_day(tx, student_id, school_date(at))
        return await self._has_entered(tx, student_id, await self._admission(tx, session_id, student_id, at))

    async def _has_entered(self, tx: Tx, student_id: StudentId, admission: Admission | None) -> bool:
        if admission is None or admission.verdict is AdmissionVerdict.NOT_A_CANDIDATE:
            return False
        plan = (await self.exams.get(tx, admission.session_id)).plan
        door = (plan.opens_at, plan.ends_at)
        return await repository.has_entered(tx, student_id, admission.session_id, door)

    async def _admission(
        self, tx: Tx, named: UUID | None, student_id: StudentId, at: datetime
    ) -> Admission | None:
        """The answer of the named session, or the best answer of those that run now."""
        if named is not None:
            session_id = ExamSessionId(named)
            try:
                return await self.exams.admission(tx, session_id, student_id, at)
            except ExamSessionNotFoundError:
                return None
        running = await self.exams.current_sessions(tx, at)
        answers = [await self.exams.admission(tx, one.id, student_id, at) for one in running]
        mine = [one for one in answers if one.verdict is not AdmissionVerdict.NOT_A_CANDIDATE]
        # The door of the next session may open before this one has ended.
        mine.sort(key=lambda one: not one.admitted)
        return next(iter((*mine, *answers)), None)

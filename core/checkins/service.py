"""Applies a kiosk's report once: inbox, decision, record, messages, audit, in the caller's transaction.

Sent again, a report gets the receipt stored with the first. It knows no HTTP and judges no signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.checkins import repository
from core.checkins.day import CITIZEN_LABEL, Days
from core.checkins.domain import (
    AlreadyResolvedError,
    CheckInNotFoundError,
    Facts,
    Reason,
    ReportConflictError,
    SchoolDay,
    decide,
    punctuality_of_day,
    punctuality_of_exam,
)
from core.checkins.notices import Arrival, for_guardians, for_staff
from core.checkins.tables import CheckInRow
from core.consents.domain import Purpose, Standing
from core.consents.service import Consents
from core.contracts.checkin import (
    CheckInMode,
    CheckInReceipt,
    CheckInReport,
    Decision,
    Punctuality,
)
from core.contracts.citizen_id import CitizenId
from core.conversations.desk.staff_chats import StaffChats
from core.db.notify import notify
from core.db.transaction import Tx
from core.devices.domain import Device
from core.devices.service import Devices
from core.exams.domain import AdmissionVerdict, ExamSessionNotFoundError
from core.exams.service import Exams
from core.guardians.audience.service import Audience
from core.guardians.restrictions.domain import RestrictionKind
from core.guardians.service import Guardians
from core.inbox.domain import Incoming
from core.inbox.service import Inbox
from core.notifications.domain import Recipient
from core.notifications.service import Notifications
from core.schools.service import Schools
from core.staff.authority import Right
from core.staff.chat_rights import may_for
from core.students.domain import Student
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import CheckInId, DeviceId, ExamSessionId, StudentId, new_id
from core.vault.keyring import Keyring

NOTIFY_CHANNEL = "checkins"
_RECEIPT_LABEL = "checkin.receipt"
_REPORT_LABEL = "checkin.report"


@dataclass(frozen=True, slots=True)
class CheckIns:
    """The check-ins of every school (điểm danh)."""

    keyring: Keyring
    clock: Clock
    inbox: Inbox
    audit: Audit
    schools: Schools
    students: Students
    guardians: Guardians
    exams: Exams
    devices: Devices
    notifications: Notifications
    consents: Consents
    staff_chats: StaffChats | None = None

    async def apply(self, tx: Tx, device: Device, report: CheckInReport) -> CheckInReceipt:
        """Record a report and decide it, once; a duplicate gets the stored receipt.

        Raises:
            ReportConflictError: when the id was used before for another content or by another device.
        """
        index, *older = self._indexes(tx, device, report)
        incoming = Incoming("kiosk", str(report.report_id), str(device.id), report.wire())
        if (await self.inbox.record_handled(tx, incoming)).duplicate:
            return await self._stored(tx, report.report_id, (index, *older))
        student = await self._student(tx, report)
        receipt = await self._decide(tx, report, student)
        check_in_id = CheckInId(new_id())
        row = self._columns(tx, device, report, student, receipt)
        if not await repository.insert_check_in(tx, row | {"id": check_in_id, "report_index": index}):
            # The inbox forgets handled facts after a while; check-ins are kept.
            return await self._stored(tx, report.report_id, (index, *older))
        arrival = Arrival(
            check_in_id=check_in_id,
            mode=report.mode,
            receipt=receipt,
            observed_at=row["observed_at"],
            gate=device.name,
            given_name=student.given_name if student else None,
            not_for=() if student else await self._not_for(tx, report),
            student_id=student.id if student else None,
        )
        await self._tell(tx, arrival, student.id if student else None)
        details = {"decision": receipt.decision.value, "reason": receipt.reason}
        entry = AuditEntry(f"device:{device.id}", "checkins.recorded", f"check_in:{check_in_id}", details)
        await self.audit.record(tx, entry)
        return receipt

    async def receipt(self, tx: Tx, device: Device, report_id: UUID) -> CheckInReceipt:
        """The receipt of one of the device's own reports as it stands now, after staff's decision too.

        Raises:
            CheckInNotFoundError: when this device sent no such report.
        """
        row = await repository.find_by_report(tx, report_id)
        if row is None or row.device_id != device.id:
            raise CheckInNotFoundError
        return self._open_receipt(tx, row).model_copy(
            update={"decision": Decision(row.decision), "reason": row.reason, "duplicate": True}
        )

    async def resolve(self, tx: Tx, check_in_id: CheckInId, *, approve: bool, actor: str) -> None:
        """Staff decide a check-in that waits for them; on approval the guardians are told.

        Raises:
            CheckInNotFoundError: when the school has no such check-in.
            AlreadyResolvedError: when it waits for nobody.
        """
        row = await repository.lock(tx, check_in_id)
        if row is None:
            raise CheckInNotFoundError
        if row.decision != Decision.NEEDS_STAFF:
            raise AlreadyResolvedError
        decision = Decision.ACCEPTED if approve else Decision.REFUSED
        reason = Reason.STAFF_APPROVED if approve else Reason.STAFF_REFUSED
        changed = {"decision": decision.value, "reason": reason.value}
        at = {"resolved_at": self.clock.now(), "resolved_by": actor}
        known = await self._is_here(tx, row)
        await repository.resolve(tx, check_in_id, changed | at)
        if approve and row.student_id and row.mode != CheckInMode.VISITOR and not known:
            await self._tell_approved(tx, row, reason)
        await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))
        await self.audit.record(
            tx, AuditEntry(actor, "checkins.resolved", f"check_in:{check_in_id}", changed)
        )

    async def _is_here(self, tx: Tx, row: CheckInRow) -> bool:
        """Whether the pupil's arrival that day is known, and told, from another try at the gate."""
        if row.mode != CheckInMode.ATTENDANCE or row.student_id is None:
            return False
        student_id = StudentId(row.student_id)
        await repository.lock_pupil_day(tx, student_id, row.school_day)
        return await repository.has_arrived(tx, student_id, row.school_day)

    async def day(self, tx: Tx, on: date | None = None) -> SchoolDay:
        """One school day: classes with their figures, who needs staff, the latest check-ins."""
        days = Days(self.keyring, self.students)
        return await days.read(tx, on or school_date(self.clock.now()))

    async def _student(self, tx: Tx, report: CheckInReport) -> Student | None:
        if report.citizen_id is None:
            return await self.students.find(tx, StudentId(report.student_id)) if report.student_id else None
        student_id = await self.students.by_citizen_id(tx, CitizenId(report.citizen_id.get_secret_value()))
        return await self.students.find(tx, student_id) if student_id else None

    async def _decide(self, tx: Tx, report: CheckInReport, student: Student | None) -> CheckInReceipt:
        at = self._observed(report)
        here = exam = None
        if student and report.mode is CheckInMode.EXAM:
            exam = await self._admission(tx, report, student.id, at)
        elif student:
            await repository.lock_pupil_day(tx, student.id, school_date(at))
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
                here_already=bool(here),
            )
        )
        if student is None or report.mode is CheckInMode.VISITOR:
            punctuality = Punctuality.NOT_APPLICABLE
        elif report.mode is CheckInMode.EXAM:
            punctuality = punctuality_of_exam(exam)
        else:
            times = (await self.schools.get(tx)).day
            punctuality = punctuality_of_day(times, at, here_already=bool(here))
        return CheckInReceipt(
            report_id=report.report_id,
            decision=verdict.decision,
            reason=verdict.reason.value,
            punctuality=punctuality,
            display_name=student.given_name if student else None,
            recorded_at=self.clock.now(),
        )

    async def _admission(
        self, tx: Tx, report: CheckInReport, student_id: StudentId, at: datetime
    ) -> AdmissionVerdict | None:
        """The answer of the named session, or the best answer of those that run now."""
        if report.exam_session_id is not None:
            session_id = ExamSessionId(report.exam_session_id)
            try:
                return (await self.exams.admission(tx, session_id, student_id, at)).verdict
            except ExamSessionNotFoundError:
                return None
        running = await self.exams.current_sessions(tx, at)
        answers = [await self.exams.admission(tx, one.id, student_id, at) for one in running]
        mine = [one.verdict for one in answers if one.verdict is not AdmissionVerdict.NOT_A_CANDIDATE]
        return mine[0] if mine else (AdmissionVerdict.NOT_A_CANDIDATE if answers else None)

    async def _tell(self, tx: Tx, arrival: Arrival, student_id: StudentId | None) -> None:
        now = self.clock.now()
        people = await self._people(tx, student_id) if student_id else ()
        told = arrival.receipt.decision is Decision.ACCEPTED
        chats = () if told else await self._staff_chats(tx, student_id)
        new = (*for_guardians(arrival, people, now), *for_staff(arrival, chats, now))
        await self.notifications.enqueue(tx, *new)
        await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))

    async def _staff_chats(self, tx: Tx, student_id: StudentId | None) -> tuple[Recipient, ...]:
        """The chats of staff who are told first, and may decide about this pupil or stranger."""
        if self.staff_chats is None:
            return ()
        pupil = await self.students.find(tx, student_id) if student_id else None
        class_id = pupil.class_id if pupil else None
        chats = [one for one in await self.staff_chats.list_chats(tx) if one.stage == 1]
        able = [one for one in chats if may_for(one, Right.DECIDE_CHECK_INS, class_id)]
        return tuple(one.recipient for one in able if one.recipient is not None)

    async def _tell_approved(self, tx: Tx, row: CheckInRow, reason: Reason) -> None:
        student = await self.students.get(tx, StudentId(row.student_id)) if row.student_id else None
        device = await self.devices.get(tx, DeviceId(row.device_id))
        if student is None:
            return
        receipt = self._open_receipt(tx, row).model_copy(
            update={"decision": Decision.ACCEPTED, "reason": reason.value}
        )
        mode = CheckInMode(row.mode)
        arrival = Arrival(
            check_in_id=CheckInId(row.id),
            mode=mode,
            receipt=receipt,
            observed_at=row.observed_at,
            gate=device.name,
            given_name=student.given_name,
            student_id=student.id,
        )
        people = await self._people(tx, student.id)
        await self.notifications.enqueue(tx, *for_guardians(arrival, people, self.clock.now()))

    async def _not_for(self, tx: Tx, report: CheckInReport) -> tuple[str, ...]:
        """The pupils whom the holder of a card that is no pupil's must not pick up."""
        if report.citizen_id is None:
            return ()
        number = CitizenId(report.citizen_id.get_secret_value())
        found = await self.guardians.restrictions.of_card(tx, number)
        barred = {one.student_id for one in found if one.kind is RestrictionKind.PICK_UP}
        pupils = await self.students.get_many(tx, barred)
        return tuple(f"{one.given_name}, lớp {one.class_name}" for one in pupils.values())

    async def _people(self, tx: Tx, student_id: StudentId) -> tuple[tuple[Recipient, ...], ...]:
        """Where each guardian is reached who may know when the pupil comes, and agreed to be told."""
        reached = await Audience(self.guardians).of_student(tx, student_id)
        ids = [one.guardian_id for one in reached if one.recipients]
        if not ids:
            return ()
        agreed = await self.consents.own(tx, student_id, Purpose.ATTENDANCE_MESSAGES, ids)
        return tuple(one.recipients for one in reached if agreed.get(one.guardian_id) is Standing.GIVEN)

    async def _stored(self, tx: Tx, report_id: UUID, indexes: tuple[bytes, ...]) -> CheckInReceipt:
        row = await repository.find_by_report(tx, report_id)
        if row is None or row.report_index not in indexes:
            raise ReportConflictError
        return self._open_receipt(tx, row).model_copy(update={"duplicate": True})

    def _open_receipt(self, tx: Tx, row: CheckInRow) -> CheckInReceipt:
        text = self.keyring.for_school(tx.school_id).open(row.sealed_receipt, _RECEIPT_LABEL)
        return CheckInReceipt.model_validate_json(text)

    def _indexes(self, tx: Tx, device: Device, report: CheckInReport) -> tuple[bytes, ...]:
        """The keyed fingerprints of what was reported and by whom, the present key's first.

        `provisional` is left out: a kiosk that had no answer in time sends the same report again with it set.
        """
        wire = {name: value for name, value in report.wire().items() if name != "provisional"}
        text = orjson.dumps([str(device.id), wire], option=orjson.OPT_SORT_KEYS).decode()
        return self.keyring.for_school(tx.school_id).blind_indexes(text, _REPORT_LABEL)

    def _observed(self, report: CheckInReport) -> datetime:
        """When it happened; a kiosk whose clock runs ahead does not see the future."""
        return min(report.observed_at, self.clock.now())

    def _columns(
        self, tx: Tx, device: Device, report: CheckInReport, student: Student | None, receipt: CheckInReceipt
    ) -> dict[str, Any]:
        keys, observed = self.keyring.for_school(tx.school_id), self._observed(report)
        number = None
        if student is None and report.citizen_id is not None:
            number = keys.seal(report.citizen_id.get_secret_value(), CITIZEN_LABEL)
        return {
            "report_id": report.report_id,
            "device_id": device.id,
            "student_id": student.id if student else None,
            "exam_session_id": report.exam_session_id,
            "mode": report.mode.value,
            "identified_by": report.identified_by.value,
            "chip": report.chip.value,
            "face": report.face.value,
            "face_score": report.face_score,
            "liveness_passed": report.liveness_passed,
            "observed_at": observed,
            "recorded_at": receipt.recorded_at,
            "school_day": school_date(observed),
            "provisional": report.provisional,
            "decision": receipt.decision.value,
            "reason": receipt.reason,
            "punctuality": receipt.punctuality.value,
            "sealed_receipt": keys.seal(receipt.model_dump_json(), _RECEIPT_LABEL),
            "sealed_citizen_id": number,
        }

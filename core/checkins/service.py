"""Applies a kiosk's report once: inbox, decision, record, messages, audit, in the caller's transaction.

Sent again, a report gets the receipt stored with the first. It knows no HTTP and judges no signature.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.checkins import repository
from core.checkins.day import Days
from core.checkins.domain import AlreadyResolvedError, CheckInNotFoundError, Reason, SchoolDay
from core.checkins.judging import Judge
from core.checkins.notices import Arrival
from core.checkins.records import Records
from core.checkins.tables import CheckInRow
from core.checkins.telling import Teller
from core.contracts.checkin import CheckInMode, CheckInReceipt, CheckInReport, Decision
from core.db.notify import notify
from core.db.transaction import Tx
from core.devices.domain import Device
from core.devices.service import Devices
from core.inbox.domain import Incoming
from core.inbox.service import Inbox
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import CheckInId, DeviceId, StudentId, new_id

NOTIFY_CHANNEL = "checkins"


@dataclass(frozen=True, slots=True)
class CheckIns:
    """The check-ins of every school (điểm danh)."""

    clock: Clock
    inbox: Inbox
    audit: Audit
    students: Students
    devices: Devices
    records: Records
    days: Days
    judge: Judge
    teller: Teller

    async def apply(self, tx: Tx, device: Device, report: CheckInReport) -> CheckInReceipt:
        """Record a report and decide it, once; a duplicate gets the stored receipt.

        Raises:
            ReportConflictError: when the id was used before for another content or by another device.
        """
        index, *older = self.records.indexes(tx, device, report)
        incoming = Incoming("kiosk", str(report.report_id), str(device.id), report.wire())
        if (await self.inbox.record_handled(tx, incoming)).duplicate:
            return await self.records.stored(tx, report.report_id, (index, *older))
        student = await self.judge.student(tx, report)
        receipt = await self.judge.decide(tx, device, report, student)
        check_in_id, observed = CheckInId(new_id()), self.judge.observed(report)
        row = self.records.columns(tx, device, report, student, observed, receipt)
        if not await repository.insert_check_in(tx, row | {"id": check_in_id, "report_index": index}):
            # The inbox forgets handled facts after a while; check-ins are kept.
            return await self.records.stored(tx, report.report_id, (index, *older))
        arrival = Arrival(
            check_in_id=check_in_id,
            mode=report.mode,
            receipt=receipt,
            observed_at=observed,
            gate=device.name,
            given_name=student.given_name if student else None,
            not_for=() if student else await self.teller.not_for(tx, report),
            student_id=student.id if student else None,
            device_id=device.id,
        )
        await self.teller.recorded(tx, arrival, student)
        await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))
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
        return self.records.receipt(tx, row).model_copy(
            update={"decision": Decision(row.decision), "reason": row.reason, "duplicate": True}
        )

    async def lock_waiting(self, tx: Tx, check_in_id: CheckInId) -> CheckInRow:
        """A check-in that waits for staff, locked until the transaction ends.

        Raises:
            CheckInNotFoundError: when the school has no such check-in.
            AlreadyResolvedError: when it waits for nobody.
        """
        row = await repository.lock(tx, check_in_id)
        if row is None:
            raise CheckInNotFoundError
        if row.decision != Decision.NEEDS_STAFF:
            raise AlreadyResolvedError
        return row

    async def resolve(self, tx: Tx, check_in_id: CheckInId, *, approve: bool, actor: str) -> None:
        """Staff decide a check-in that waits for them; on approval the guardians are told.

        Raises:
            CheckInNotFoundError: when the school has no such check-in.
            AlreadyResolvedError: when it waits for nobody.
        """
        row = await self.lock_waiting(tx, check_in_id)
        decision = Decision.ACCEPTED if approve else Decision.REFUSED
        reason = Reason.STAFF_APPROVED if approve else Reason.STAFF_REFUSED
        changed = {"decision": decision.value, "reason": reason.value}
        at = {"resolved_at": self.clock.now(), "resolved_by": actor}
        known = await self._is_here(tx, row)
        await repository.resolve(tx, check_in_id, changed | at)
        if approve and row.student_id and row.mode != CheckInMode.VISITOR and not known:
            await self._tell_approved(tx, row, StudentId(row.student_id))
        await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))
        await self.audit.record(
            tx, AuditEntry(actor, "checkins.resolved", f"check_in:{check_in_id}", changed)
        )

    async def day(self, tx: Tx, on: date | None = None) -> SchoolDay:
        """One school day: classes with their figures, who needs staff, the latest check-ins."""
        return await self.days.read(tx, on or school_date(self.clock.now()))

    async def _is_here(self, tx: Tx, row: CheckInRow) -> bool:
        """Whether the pupil's arrival at the gate or the exam is known, and told, from another try."""
        if row.student_id is None or row.mode == CheckInMode.VISITOR:
            return False
        student_id = StudentId(row.student_id)
        if row.mode == CheckInMode.EXAM:
            return await self.judge.is_inside(tx, row.exam_session_id, student_id, row.observed_at)
        await repository.lock_pupil_day(tx, student_id, row.school_day)
        return await repository.has_arrived(tx, student_id, row.school_day)

    async def _tell_approved(self, tx: Tx, row: CheckInRow, student_id: StudentId) -> None:
        student = await self.students.get(tx, student_id)
        device = await self.devices.get(tx, DeviceId(row.device_id))
        arrival = Arrival(
            check_in_id=CheckInId(row.id),
            mode=CheckInMode(row.mode),
            receipt=self.records.receipt(tx, row).model_copy(
                update={"decision": Decision.ACCEPTED, "reason": Reason.STAFF_APPROVED.value}
            ),
            observed_at=row.observed_at,
            gate=device.name,
            given_name=student.given_name,
            student_id=student.id,
        )
        await self.teller.let_in(tx, arrival)

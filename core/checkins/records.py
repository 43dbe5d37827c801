"""What is kept of a check-in, and how a report is known again; the receipt is sealed with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.checkins import repository
from core.checkins.day import CITIZEN_LABEL
from core.checkins.domain import ReportConflictError
from core.checkins.tables import CheckInRow
from core.contracts.checkin import CheckInReceipt, CheckInReport
from core.db.transaction import Tx
from core.devices.domain import Device
from core.students.domain import Student
from core.values.clock import school_date
from core.vault.keyring import Keyring

_RECEIPT_LABEL = "checkin.receipt"
_REPORT_LABEL = "checkin.report"


@dataclass(frozen=True, slots=True)
class Records:
    """Seals and opens the rows of check-ins (sổ điểm danh)."""

    keyring: Keyring

    def indexes(self, tx: Tx, device: Device, report: CheckInReport) -> tuple[bytes, ...]:
        """The keyed fingerprints of what was reported and by whom, the present key's first.

        `provisional` is left out: a kiosk that had no answer in time sends the same report again with it set.
        """
        wire = {name: value for name, value in report.wire().items() if name != "provisional"}
        text = orjson.dumps([str(device.id), wire], option=orjson.OPT_SORT_KEYS).decode()
        return self.keyring.for_school(tx.school_id).blind_indexes(text, _REPORT_LABEL)

    async def stored(self, tx: Tx, report_id: UUID, indexes: tuple[bytes, ...]) -> CheckInReceipt:
        """The receipt kept with a report that came before.

        Raises:
            ReportConflictError: when the id was used for another content or by another device.
        """
        row = await repository.find_by_report(tx, report_id)
        if row is None or row.report_index not in indexes:
            raise ReportConflictError
        return self.receipt(tx, row).model_copy(update={"duplicate": True})

    def receipt(self, tx: Tx, row: CheckInRow) -> CheckInReceipt:
        """The receipt as the kiosk first got it."""
        text = self.keyring.for_school(tx.school_id).open(row.sealed_receipt, _RECEIPT_LABEL)
        return CheckInReceipt.model_validate_json(text)

    def columns(
        self,
        tx: Tx,
        device: Device,
        report: CheckInReport,
        student: Student | None,
        observed: datetime,
        receipt: CheckInReceipt,
    ) -> dict[str, Any]:
        """The row of a decided report; a card's number is kept, sealed, only where it is no pupil's."""
        keys = self.keyring.for_school(tx.school_id)
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

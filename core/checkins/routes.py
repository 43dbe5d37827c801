"""`POST /check-ins`, and a look at one's own report to learn what staff decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.checkins.domain import CheckInNotFoundError, ReportConflictError
from core.checkins.service import CheckIns
from core.contracts.checkin import CheckInReceipt, CheckInReport
from core.db.transaction import Database
from core.devices.routes import DEVICE, SIGNATURE, SIGNATURE_ERRORS, SignatureCheck
from core.devices.service import Devices
from core.web.openapi import Call, NoBody, Operation


@dataclass(frozen=True, slots=True)
class CheckInRoutes:
    """The operations of this slice."""

    database: Database
    devices: Devices
    check_ins: CheckIns

    def operations(self) -> tuple[Operation[Any], ...]:
        """For the API registry."""
        signed = SignatureCheck(self.database, self.devices)
        return (
            Operation(
                "POST",
                "/check-ins",
                "Report a check-in. Sending it again gives the stored receipt.",
                self._report,
                CheckInReceipt,
                body=CheckInReport,
                tag="check-ins",
                errors=(*SIGNATURE_ERRORS, ReportConflictError),
                security=SIGNATURE.name,
                before_body=signed,
            ),
            Operation(
                "GET",
                "/check-ins/{report_id}",
                "The receipt of an own report as it stands now, after staff's decision too.",
                self._receipt,
                CheckInReceipt,
                tag="check-ins",
                errors=(*SIGNATURE_ERRORS, CheckInNotFoundError),
                security=SIGNATURE.name,
                before_body=signed,
            ),
        )

    async def _report(self, call: Call[CheckInReport]) -> CheckInReceipt:
        device = call.request[DEVICE]
        async with self.database.transaction(device.school_id) as tx:
            return await self.check_ins.apply(tx, device, call.body)

    async def _receipt(self, call: Call[NoBody]) -> CheckInReceipt:
        device = call.request[DEVICE]
        try:
            report_id = UUID(call.request.match_info["report_id"])
        except ValueError:
            raise CheckInNotFoundError from None
        async with self.database.transaction(device.school_id) as tx:
            return await self.check_ins.receipt(tx, device, report_id)

"""`POST /guardian-reports`: a kiosk tells of a guardian who proved who they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.contracts.guardian_report import GuardianReceipt, GuardianReport
from core.db.transaction import Database
from core.devices.routes import DEVICE, SIGNATURE, SIGNATURE_ERRORS, SignatureCheck
from core.devices.service import Devices
from core.guardians.kiosk.service import KioskBinding, VisitConflictError
from core.web.openapi import Call, Operation


@dataclass(frozen=True, slots=True)
class GuardianRoutes:
    """The operations of this slice."""

    database: Database
    devices: Devices
    binding: KioskBinding

    def operations(self) -> tuple[Operation[Any], ...]:
        """For the API registry."""
        return (
            Operation(
                "POST",
                "/guardian-reports",
                "Report a guardian's visit: chip, face and the code from the chat. Again gives the stored receipt.",
                self._report,
                GuardianReceipt,
                body=GuardianReport,
                tag="guardians",
                errors=(*SIGNATURE_ERRORS, VisitConflictError),
                security=SIGNATURE.name,
                before_body=SignatureCheck(self.database, self.devices),
            ),
        )

    async def _report(self, call: Call[GuardianReport]) -> GuardianReceipt:
        device = call.request[DEVICE]
        async with self.database.transaction(device.school_id) as tx:
            return await self.binding.bind(tx, device, call.body)

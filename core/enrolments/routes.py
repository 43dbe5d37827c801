"""`POST /faces`: a kiosk brings the templates of a pupil whose face it enrolled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.contracts.faces import FaceEnrolment, FaceEnrolmentReceipt
from core.db.transaction import Database
from core.devices.routes import DEVICE, SIGNATURE, SIGNATURE_ERRORS, SignatureCheck
from core.devices.service import Devices
from core.enrolments.service import Enrolments
from core.web.openapi import Call, Operation


@dataclass(frozen=True, slots=True)
class EnrolmentRoutes:
    """The operations of this slice."""

    database: Database
    devices: Devices
    enrolments: Enrolments

    def operations(self) -> tuple[Operation[Any], ...]:
        """For the API registry."""
        return (
            Operation(
                "POST",
                "/faces",
                "Bring the templates of a pupil's face; kept only with consent. No picture is taken.",
                self._enrol,
                FaceEnrolmentReceipt,
                body=FaceEnrolment,
                tag="faces",
                errors=SIGNATURE_ERRORS,
                security=SIGNATURE.name,
                before_body=SignatureCheck(self.database, self.devices),
            ),
        )

    async def _enrol(self, call: Call[FaceEnrolment]) -> FaceEnrolmentReceipt:
        device = call.request[DEVICE]
        async with self.database.transaction(device.school_id) as tx:
            return await self.enrolments.enrol(tx, device, call.body)

"""Takes a visit's end to the core: a check-in over the spool, a guardian or an enrolled face at once or not at all.

A check-in may wait on the disk for hours. What binds a person to an account, or keeps a face, is decided while
the person stands there: without network it is not begun.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import structlog

from core.contracts.checkin import CheckInMode, CheckInReport
from core.contracts.faces import EnrolmentOutcome, FaceEnrolment, FaceEnrolmentReceipt
from core.contracts.guardian_report import GuardianOutcome, GuardianReceipt, GuardianReport
from kiosk.clock import Clock
from kiosk.errors import KioskError, RefusedError, SpoolError, UnreachableError
from kiosk.offline import provisional
from kiosk.ports import Uplink
from kiosk.session.effects import Submit
from kiosk.session.events import Answered, Event, NotSent, Queued, Settled
from kiosk.session.values import VerdictKind
from kiosk.uplink.roster import KnownRoster

_log = structlog.get_logger()
NEEDS_NETWORK = "kiosk.needs_network"


class Errands(Protocol):
    """The way to the core for what cannot wait; `CoreClient` is one."""

    async def guardian(self, report: GuardianReport) -> GuardianReceipt:
        """Bind card, person and chat account; raises RefusedError or UnreachableError."""
        ...

    async def enrol_face(self, enrolment: FaceEnrolment) -> FaceEnrolmentReceipt:
        """Bring templates; raises RefusedError or UnreachableError."""
        ...


_GUARDIAN = {
    GuardianOutcome.BOUND: VerdictKind.ACCEPTED,
    GuardianOutcome.NEEDS_STAFF: VerdictKind.NEEDS_STAFF,
    GuardianOutcome.WRONG_CODE: VerdictKind.NEEDS_STAFF,
    GuardianOutcome.TRY_LATER: VerdictKind.NEEDS_STAFF,
}


@dataclass(frozen=True, slots=True)
class Reporting:
    """Where a visit's end goes (nơi nhận báo cáo)."""

    uplink: Uplink
    core_time: Clock
    errands: Errands | None = None
    roster: Callable[[], KnownRoster | None] = lambda: None

    async def deliver(self, effect: Submit, report_id: UUID) -> Event:
        """Deliver, and say in an event what became of it; nothing is raised."""
        try:
            return await self._way(effect.job.mode)(effect, report_id)
        except UnreachableError:
            return NotSent(effect.visit, NEEDS_NETWORK)
        except (SpoolError, RefusedError) as error:
            return NotSent(effect.visit, error.code)
        except Exception as error:  # noqa: BLE001 - the next pupil must still be served
            _log.error("submit_failed", kind=type(error).__name__)
            return NotSent(effect.visit, KioskError.code)

    def _way(self, mode: CheckInMode) -> Callable[[Submit, UUID], Awaitable[Event]]:
        ways = {CheckInMode.GUARDIAN: self._guardian, CheckInMode.ENROLMENT: self._enrolment}
        return ways.get(mode, self._check_in)

    async def _check_in(self, effect: Submit, report_id: UUID) -> Event:
        subject, face = effect.subject, effect.face
        now = self.core_time.now()
        report = CheckInReport.model_validate(
            {
                "report_id": report_id,
                "mode": effect.job.mode,
                "exam_session_id": effect.job.exam_session_id,
                "citizen_id": subject.citizen_id.value if subject.citizen_id else None,
                "student_id": subject.student_id,
                "identified_by": subject.identified_by,
                "chip": subject.chip,
                "face": face.outcome,
                "face_score": face.score,
                "liveness_passed": face.liveness_passed,
                "observed_at": now,
            }
        )
        receipt = await self.uplink.submit(report)
        if receipt is not None:
            return Answered(effect.visit, receipt)
        told = provisional(report, self.roster(), now)
        return Queued(effect.visit, told.kind, told.reason, told.name)

    async def _guardian(self, effect: Submit, report_id: UUID) -> Event:
        subject, face = effect.subject, effect.face
        assert subject.citizen_id is not None, "a guardian's visit begins with a chip"
        report = GuardianReport.model_validate(
            {
                "report_id": report_id,
                "citizen_id": subject.citizen_id.value,
                "full_name": subject.full_name,
                "born_on": subject.born_on,
                "code": effect.code,
                "chip": subject.chip,
                "face": face.outcome,
                "face_score": face.score,
                "liveness_passed": face.liveness_passed,
                "observed_at": self.core_time.now(),
            }
        )
        receipt = await self._errands.guardian(report)
        reason = f"guardian_{receipt.outcome.value}"
        return Settled(effect.visit, _GUARDIAN[receipt.outcome], reason, receipt.display_name)

    async def _enrolment(self, effect: Submit, report_id: UUID) -> Event:
        subject, face = effect.subject, effect.face
        if face.templates is None or subject.citizen_id is None:
            return Settled(effect.visit, VerdictKind.NEEDS_STAFF, "enrolment_not_sure")
        enrolment = FaceEnrolment.model_validate(
            {
                "enrolment_id": report_id,
                "citizen_id": subject.citizen_id.value,
                "templates": face.templates,
                "face": face.outcome,
                "liveness_passed": face.liveness_passed,
                "observed_at": self.core_time.now(),
            }
        )
        receipt = await self._errands.enrol_face(enrolment)
        enrolled = receipt.outcome is EnrolmentOutcome.ENROLLED
        kind = VerdictKind.ACCEPTED if enrolled else VerdictKind.NEEDS_STAFF
        return Settled(effect.visit, kind, f"enrolment_{receipt.outcome.value}", receipt.display_name)

    @property
    def _errands(self) -> Errands:
        """The way to the core.

        Raises:
            UnreachableError: when this kiosk has none.
        """
        if self.errands is None:
            raise UnreachableError(NEEDS_NETWORK)
        return self.errands

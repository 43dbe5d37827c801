"""Binds card, person and chat account at a kiosk: chip, face and the one-time code from the chat, in one report.

Sent again, a report gets the receipt stored with the first. It knows no HTTP and judges no signature.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from core.contracts.checkin import ChipVerdict, FaceOutcome
from core.contracts.citizen_id import CitizenId
from core.contracts.guardian_report import GuardianOutcome, GuardianReceipt, GuardianReport
from core.db.transaction import Tx
from core.devices.domain import Device
from core.errors import ConflictError
from core.guardians import notices
from core.guardians.attempts.service import Throttle, Tried
from core.guardians.evidence import Evidence, Identity, Means, ProofOutcome
from core.guardians.kiosk import repository
from core.guardians.service import Guardians
from core.guardians.strangers import warned
from core.guardians.tickets.service import Purpose, Tickets
from core.notifications.service import Notifications
from core.students.names import given_name
from core.values.clock import Clock
from core.values.ids import ChatAccountId
from core.vault.keyring import Keyring

RECEIPT = "guardian.kiosk_receipt"
REPORT = "guardian.kiosk_report"
_GOOD_CHIPS = frozenset({ChipVerdict.GENUINE, ChipVerdict.ISSUER_UNKNOWN})
"""The authority's certificate is not public, so "issuer unknown" is the best that most schools can have."""


class VisitConflictError(ConflictError):
    """The report's id was used before, for another content or by another kiosk."""

    code = "guardians.report_conflict"


class BindingAlarm(Protocol):
    """Who comes when a guardian stands at a kiosk and was not bound."""

    async def binding(self, tx: Tx, device: Device, report_id: UUID) -> None:
        """Ring."""
        ...


@dataclass(frozen=True, slots=True)
class KioskBinding:
    """Takes the reports of guardians' visits (xác minh tại kiosk)."""

    keyring: Keyring
    clock: Clock
    guardians: Guardians
    notifications: Notifications
    alarm: BindingAlarm | None = None

    async def bind(self, tx: Tx, device: Device, report: GuardianReport) -> GuardianReceipt:
        """Judge a visit once; a repetition gets the stored receipt.

        Raises:
            VisitConflictError: when the id was used for something else.
        """
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        content = json.dumps(report.wire(), sort_keys=True, ensure_ascii=False)
        index, *older = keys.blind_indexes(f"{device.id}\x00{content}", REPORT)
        if not await repository.begin(tx, report.report_id, device.id, index, now):
            return await self._stored(tx, report, (index, *older))
        outcome, shown = await self._judge(tx, device, report)
        receipt = GuardianReceipt(
            report_id=report.report_id, outcome=outcome, display_name=shown, recorded_at=now
        )
        await repository.finish(tx, report.report_id, keys.seal(receipt.model_dump_json(), RECEIPT))
        return receipt

    async def _judge(
        self, tx: Tx, device: Device, report: GuardianReport
    ) -> tuple[GuardianOutcome, str | None]:
        throttle, now = Throttle(self.keyring, self.clock), self.clock.now()
        count = await throttle.lock(tx, Tried(device_id=device.id))
        if count.blocked_until(now):
            return GuardianOutcome.TRY_LATER, None
        code = report.code.get_secret_value()
        account_id = await Tickets(self.keyring, self.clock).use(tx, code, Purpose.KIOSK)
        if account_id is None:
            await throttle.failed(tx, count)
            return GuardianOutcome.WRONG_CODE, None
        await throttle.succeeded(tx, count)
        evidence = _evidence(device, report, account_id)
        proven = await self.guardians.apply_evidence(tx, evidence)
        to = await self.guardians.conversations.recipient_of(tx, account_id)
        once = f"kiosk:{report.report_id}"
        others = await warned(self.guardians, tx, account_id, proven.joined, f"{once}:other")
        await self.notifications.enqueue(tx, notices.of_proof(to, proven, once), *others)
        if proven.outcome is ProofOutcome.PROVEN:
            return GuardianOutcome.BOUND, given_name(evidence.identity.full_name)
        late = proven.outcome is ProofOutcome.TOO_MANY_ATTEMPTS
        if late:
            return GuardianOutcome.TRY_LATER, None
        if self.alarm is not None:
            await self.alarm.binding(tx, device, report.report_id)
        return GuardianOutcome.NEEDS_STAFF, None

    async def _stored(self, tx: Tx, report: GuardianReport, indexes: tuple[bytes, ...]) -> GuardianReceipt:
        stored = await repository.find(tx, report.report_id)
        if stored is None or stored.sealed_receipt is None or stored.report_index not in indexes:
            raise VisitConflictError
        text = self.keyring.for_school(tx.school_id).open(stored.sealed_receipt, RECEIPT)
        return GuardianReceipt.model_validate_json(text).model_copy(update={"duplicate": True})


def is_convincing(report: GuardianReport) -> bool:
    """Whether chip and face are good enough to decide without staff."""
    return report.chip in _GOOD_CHIPS and report.face is FaceOutcome.MATCH and report.liveness_passed is True


def _evidence(device: Device, report: GuardianReport, account_id: ChatAccountId) -> Evidence:
    name = report.full_name.get_secret_value() if report.full_name else ""
    identity = Identity(CitizenId(report.citizen_id.get_secret_value()), name, report.born_on)
    means = Means.KIOSK if is_convincing(report) else Means.TYPED
    return Evidence(
        means, account_id, identity, actor=f"device:{device.id}", reference=f"report:{report.report_id}"
    )

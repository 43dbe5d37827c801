"""Enrols devices, believes or refuses their signed requests, and knows when each was last heard of.

Replays are not looked for here: a check-in report is idempotent by its id and a heartbeat tells nothing that
could be told twice, so within the five minutes of the clock window a replayed request has no second effect.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.contracts.checkin import EnrolmentReceipt, EnrolmentRequest
from core.contracts.signing import RequestToSign, SignedHead
from core.db.transaction import PlatformTx, Tx
from core.devices import repository
from core.devices.domain import (
    CODE_VALID_FOR,
    SEEN_STEP,
    BadPublicKeyError,
    Device,
    DeviceNotFoundError,
    EnrolmentCode,
    EnrolmentRefusedError,
    IssuedCode,
    UnknownDeviceError,
    check_name,
    check_public_key,
    judge,
)
from core.schools.service import Schools
from core.values.clock import Clock
from core.values.ids import DeviceId, SchoolId, new_id
from core.vault.keyring import Keyring

_CODE_LABEL = "device.enrolment_code"
_TRIES_FOR_A_FREE_SELECTOR = 8


@dataclass(frozen=True, slots=True)
class Devices:
    """The kiosks of every school (thiết bị)."""

    keyring: Keyring
    clock: Clock
    schools: Schools
    audit: Audit

    async def issue_enrolment_code(self, tx: Tx, name: str, actor: str = "system") -> IssuedCode:
        """Make a one-time code, good for 30 minutes, for a device that will bear `name`.

        Raises:
            DeviceNameError: when the name is empty or too long.
        """
        tidy, now = check_name(name), self.clock.now()
        await repository.forget_codes(tx, now)
        keys = self.keyring.for_school(tx.school_id)
        for _ in range(_TRIES_FOR_A_FREE_SELECTOR):
            code = EnrolmentCode.fresh()
            values = {
                "id": new_id(),
                "name": tidy,
                "selector": code.selector,
                "secret_index": keys.blind_index(code.secret, _CODE_LABEL),
                "issued_at": now,
                "expires_at": now + CODE_VALID_FOR,
            }
            if await repository.insert_code(tx, values):
                subject = f"device_code:{values['id']}"
                await self.audit.record(tx, AuditEntry(actor, "devices.code_issued", subject))
                return IssuedCode(code, tidy, now + CODE_VALID_FOR)
        raise RuntimeError("no free selector for an enrolment code")

    async def count_attempt(self, tx: PlatformTx, code: EnrolmentCode) -> SchoolId:
        """Count one attempt at a code, and say which school made it.

        Commit this before `enrol` judges the code: a wrong guess must cost an attempt.

        Raises:
            EnrolmentRefusedError: when no living code begins so, or it was tried too often.
        """
        school_id = await repository.count_attempt(tx, code, self.clock.now())
        if school_id is None:
            raise EnrolmentRefusedError
        return school_id

    async def enrol(self, tx: Tx, request: EnrolmentRequest) -> EnrolmentReceipt:
        """Trust a device's key from now on. The same code with the same key gives the same receipt again.

        Raises:
            BadPublicKeyError: when the key is none, or is already enrolled with another code.
            EnrolmentRefusedError: when the code is unknown, used by another, or expired.
        """
        public_key, now = check_public_key(request.public_key), self.clock.now()
        code = parse_code(request.code.get_secret_value())
        row = await repository.lock_code(tx, code, now)
        expected = self.keyring.for_school(tx.school_id).blind_indexes(code.secret, _CODE_LABEL)
        if row is None or not any(hmac.compare_digest(row.secret_index, one) for one in expected):
            raise EnrolmentRefusedError
        if row.device_id is None:
            device_id = await self._add(tx, row.name, public_key)
            await repository.mark_used(tx, row.id, device_id)
        else:
            device_id = await self._same(tx, DeviceId(row.device_id), public_key)
        school = await self.schools.get(tx)
        return EnrolmentReceipt(
            device_id=device_id, school_id=school.id, school_name=school.name, server_time=now
        )

    async def authenticate(self, tx: PlatformTx, head: SignedHead, request: RequestToSign) -> Device:
        """The device that signed this very request.

        Raises:
            UnknownDeviceError, BadSignatureError, DeviceRevokedError, ClockSkewError: why it is not believed.
        """
        now = self.clock.now()
        try:
            device_id = DeviceId(UUID(head.device_id))
        except ValueError:
            raise UnknownDeviceError from None
        device = await repository.find_anywhere(tx, device_id)
        if device is None:
            raise UnknownDeviceError
        judge(device, head, request, now)
        if now - device.last_seen_at > SEEN_STEP:
            await repository.change(tx, device.school_id, device.id, last_seen_at=now)
        return device

    async def heard(self, tx: Tx, device_id: DeviceId, software: str, spooled: int) -> None:
        """Note a heartbeat: which software the device runs and how many reports wait in its spool.

        Raises:
            DeviceNotFoundError: when the school has no such device.
        """
        now = self.clock.now()
        values = {"last_seen_at": now, "software": software, "spooled": spooled}
        if not spooled:
            values["drained_at"] = now
        if not await repository.change(tx, tx.school_id, device_id, **values):
            raise DeviceNotFoundError

    async def get(self, tx: Tx, device_id: DeviceId) -> Device:
        """One device.

        Raises:
            DeviceNotFoundError: when the school has no such device.
        """
        device = await repository.find(tx, device_id)
        if device is None:
            raise DeviceNotFoundError
        return device

    async def list_devices(self, tx: Tx) -> tuple[Device, ...]:
        """The school's devices: living ones first, then revoked ones, by name."""
        return await repository.list_devices(tx)

    async def revoke(self, tx: Tx, device_id: DeviceId, actor: str = "system") -> None:
        """Trust a device no more; doing it again changes nothing.

        Raises:
            DeviceNotFoundError: when the school has no such device.
        """
        device = await self.get(tx, device_id)
        if device.revoked_at is None:
            await repository.change(tx, tx.school_id, device_id, revoked_at=self.clock.now())
            await self.audit.record(tx, AuditEntry(actor, "devices.revoked", f"device:{device_id}"))

    async def _add(self, tx: Tx, name: str, public_key: bytes) -> DeviceId:
        now, device_id = self.clock.now(), DeviceId(new_id())
        values = {"id": device_id, "name": name, "public_key": public_key}
        if not await repository.insert_device(tx, values | {"enrolled_at": now, "last_seen_at": now}):
            raise BadPublicKeyError
        subject = f"device:{device_id}"
        await self.audit.record(tx, AuditEntry(subject, "devices.enrolled", subject))
        return device_id

    async def _same(self, tx: Tx, device_id: DeviceId, public_key: bytes) -> DeviceId:
        device = await self.get(tx, device_id)
        if device.public_key != public_key or device.revoked_at is not None:
            raise EnrolmentRefusedError
        return device.id


def parse_code(text: str) -> EnrolmentCode:
    """Read a typed code.

    Raises:
        EnrolmentRefusedError: when it cannot be one.
    """
    try:
        return EnrolmentCode.parse(text)
    except ValueError:
        raise EnrolmentRefusedError from None

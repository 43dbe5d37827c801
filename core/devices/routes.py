"""The device's side of the API: enrol, heartbeat, and the signature check that other routes borrow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from core.contracts.checkin import EnrolmentReceipt, EnrolmentRequest
from core.contracts.signing import RequestToSign, SignedHead
from core.db.transaction import Database, Tx
from core.devices.domain import (
    BadPublicKeyError,
    BadSignatureError,
    ClockSkewError,
    Device,
    DeviceRevokedError,
    EnrolmentRefusedError,
    UnknownDeviceError,
    UnsignedRequestError,
)
from core.devices.service import Devices, parse_code
from core.values.clock import Clock
from core.web.openapi import Call, Operation, SecurityScheme

DEVICE = web.RequestKey("device", Device)
SIGNATURE = SecurityScheme(
    "deviceSignature",
    {
        "type": "apiKey",
        "in": "header",
        "name": "X-Device-Signature",
        "description": (
            "Ed25519 over a canonical text: method, path with query, X-Device-Id, X-Device-Time, "
            "X-Device-Nonce and the SHA-256 of the body (see core/contracts/signing.py). The time must lie "
            "within five minutes of the server's."
        ),
    },
)
SIGNATURE_ERRORS = (
    UnsignedRequestError,
    UnknownDeviceError,
    BadSignatureError,
    ClockSkewError,
    DeviceRevokedError,
)


class Heartbeat(BaseModel):
    """What a kiosk says of itself every minute."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    software: Annotated[str, Field(max_length=60, description="Version of the kiosk's program.")]
    spooled: Annotated[int, Field(ge=0, le=1_000_000, description="Reports that wait to be sent.")]
    troubles: Annotated[
        tuple[Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$")], ...],
        Field(max_length=8, description="What staff should mend, in codes."),
    ] = ()


class HeartbeatReceipt(BaseModel):
    """What the core answers: its time, so that the kiosk can measure its drift."""

    server_time: datetime
    device_name: str


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """Judges the signature of a request before its body is parsed; leaves the device in the request."""

    database: Database
    devices: Devices

    async def __call__(self, request: web.Request, raw: bytes) -> None:
        """Authenticate, or refuse.

        Raises:
            UnsignedRequestError: when a header is missing or malformed; and all that `authenticate` raises.
        """
        try:
            head = SignedHead.from_headers(request.headers)
        except ValueError:
            raise UnsignedRequestError from None
        signed = RequestToSign(request.method, request.raw_path, raw)
        async with self.database.platform() as tx:
            request[DEVICE] = await self.devices.authenticate(tx, head, signed)


class TroubleAlarm(Protocol):
    """Who is told of a kiosk that needs a hand."""

    async def troubles(self, tx: Tx, device: Device, codes: tuple[str, ...]) -> None:
        """Tell them, now and then while it lasts."""
        ...


@dataclass(frozen=True, slots=True)
class DeviceRoutes:
    """The operations of this slice."""

    database: Database
    devices: Devices
    clock: Clock
    alarm: TroubleAlarm | None = None

    def operations(self) -> tuple[Operation[Any], ...]:
        """For the API registry."""
        signed: Callable[[web.Request, bytes], Awaitable[None]] = SignatureCheck(self.database, self.devices)
        return (
            Operation(
                "POST",
                "/devices/enrol",
                "Enrol a kiosk with the one-time code that staff made for it.",
                self._enrol,
                EnrolmentReceipt,
                body=EnrolmentRequest,
                status=201,
                tag="devices",
                errors=(EnrolmentRefusedError, BadPublicKeyError),
            ),
            Operation(
                "POST",
                "/devices/heartbeat",
                "Say that the kiosk is alive; learn the server's time.",
                self._heartbeat,
                HeartbeatReceipt,
                body=Heartbeat,
                tag="devices",
                errors=SIGNATURE_ERRORS,
                security=SIGNATURE.name,
                before_body=signed,
            ),
        )

    async def _enrol(self, call: Call[EnrolmentRequest]) -> EnrolmentReceipt:
        code = parse_code(call.body.code.get_secret_value())
        async with self.database.platform() as tx:
            school_id = await self.devices.count_attempt(tx, code)
        async with self.database.transaction(school_id) as own:
            return await self.devices.enrol(own, call.body)

    async def _heartbeat(self, call: Call[Heartbeat]) -> HeartbeatReceipt:
        device = call.request[DEVICE]
        async with self.database.transaction(device.school_id) as tx:
            await self.devices.heard(tx, device.id, call.body.software, call.body.spooled)
            if self.alarm is not None and call.body.troubles:
                await self.alarm.troubles(tx, device, call.body.troubles)
        return HeartbeatReceipt(server_time=self.clock.now(), device_name=device.name)

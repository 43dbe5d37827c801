"""A device, the one-time code that enrols it, and what can be wrong with a signed request. Pure."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from typing_extensions import override

from core.contracts.signing import RequestToSign, SignedHead, verify
from core.errors import CoreError, ForbiddenError, NotFoundError, UnauthenticatedError
from core.values.ids import DeviceId, SchoolId

CODE_VALID_FOR = timedelta(minutes=30)
MOST_ATTEMPTS = 5
OFFLINE_AT_MOST = timedelta(days=31)
"""No kiosk of a school that is at work is without network for longer."""
CLOCK_WINDOW = timedelta(minutes=5)
SEEN_STEP = timedelta(seconds=30)
ONLINE_FOR = timedelta(minutes=2)
MAX_NAME = 80

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")
_SELECTOR, _SECRET = 4, 8
_CODE = re.compile(f"[{_ALPHABET}]{{{_SELECTOR + _SECRET}}}")


class DeviceNotFoundError(NotFoundError):
    """No device of this school has this id."""

    code = "devices.not_found"


class DeviceNameError(CoreError):
    """A device's name is empty or too long."""

    code = "devices.bad_name"
    http_status = 422


class EnrolmentRefusedError(ForbiddenError):
    """The code is unknown, used, expired or was tried too often: one answer for all."""

    code = "devices.code_refused"


class BadPublicKeyError(CoreError):
    """The public key is not an Ed25519 key of 32 bytes in base64."""

    code = "devices.bad_public_key"
    http_status = 422


class UnsignedRequestError(UnauthenticatedError):
    """A device header is missing or malformed."""

    code = "devices.unsigned"


class UnknownDeviceError(UnauthenticatedError):
    """No device has this id."""

    code = "devices.unknown"


class BadSignatureError(UnauthenticatedError):
    """The signature does not belong to this request and this device."""

    code = "devices.bad_signature"


class ClockSkewError(UnauthenticatedError):
    """The device's time is too far from ours; `server_time` lets it measure by how much."""

    code = "devices.clock_skew"
    retryable = True


class DeviceRevokedError(ForbiddenError):
    """The device was revoked by staff and must be enrolled again."""

    code = "devices.revoked"


@dataclass(frozen=True, slots=True)
class Device:
    """A kiosk that the school trusts (thiết bị)."""

    id: DeviceId
    school_id: SchoolId
    name: str
    public_key: bytes = field(repr=False)
    enrolled_at: datetime
    last_seen_at: datetime
    revoked_at: datetime | None = None
    software: str | None = None
    spooled: int | None = None
    drained_at: datetime | None = None
    """When it last said that no report waits to be sent."""

    def is_online(self, now: datetime) -> bool:
        """Whether it was heard of lately."""
        return self.revoked_at is None and now - self.last_seen_at <= ONLINE_FOR

    def may_have_kept(self, seen_at: datetime, now: datetime) -> bool:
        """Whether it can have kept a report of this instant until now.

        What was seen before the kiosk said that nothing waits had been sent by then; so who copied its key cannot write
        yesterday anew while the kiosk is at work. Without network it says nothing, and keeps for as long as it must.
        """
        if self.drained_at is not None and seen_at < self.drained_at - CLOCK_WINDOW:
            return False
        return now - seen_at <= OFFLINE_AT_MOST


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A one-time code (mã ghép thiết bị): four characters find it, eight more prove it. No repr shows it."""

    value: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.value):
            raise ValueError("an enrolment code is twelve characters of its alphabet")

    @classmethod
    def fresh(cls) -> EnrolmentCode:
        """A random code; the part that proves it has 40 bits, and five attempts."""
        return cls("".join(secrets.choice(_ALPHABET) for _ in range(_SELECTOR + _SECRET)))

    @classmethod
    def parse(cls, text: str) -> EnrolmentCode:
        """Read a code as people type it: any case, spaces, dashes, O for 0, I and L for 1.

        Raises:
            ValueError: when it cannot be a code.

        >>> EnrolmentCode.parse(" k7m4-o2pl-99aa").shown
        'K7M4-02P1-99AA'
        """
        return cls(re.sub(r"[\s.\-–]", "", text[:64]).upper().translate(_LOOK_ALIKES))

    @property
    def selector(self) -> str:
        """The part under which it is stored."""
        return self.value[:_SELECTOR]

    @property
    def secret(self) -> str:
        """The part that proves it; only its keyed fingerprint is stored."""
        return self.value[_SELECTOR:]

    @property
    def shown(self) -> str:
        """The code as staff read it from the console."""
        return "-".join(self.value[at : at + 4] for at in (0, 4, 8))

    @override
    def __str__(self) -> str:
        return "EnrolmentCode(…)"


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code that was just made; this is the only time it can be read (mã vừa tạo)."""

    code: EnrolmentCode
    device_name: str
    expires_at: datetime


def check_name(name: str) -> str:
    """A device's name without spare spaces.

    Raises:
        DeviceNameError: when it is empty or too long.
    """
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= MAX_NAME:
        raise DeviceNameError(most=MAX_NAME)
    return tidy


def check_public_key(text: str) -> bytes:
    """The raw key.

    Raises:
        BadPublicKeyError: when it is not one.
    """
    try:
        raw = base64.b64decode(text, validate=True)
        Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, binascii.Error) as error:
        raise BadPublicKeyError from error
    return raw


def judge(device: Device, head: SignedHead, request: RequestToSign, now: datetime) -> None:
    """Believe a signed request, or say why not.

    The signature comes first: only who holds the key learns that it is revoked or that its clock is off.

    Raises:
        BadSignatureError, DeviceRevokedError, ClockSkewError: in this order.
    """
    if not verify(Ed25519PublicKey.from_public_bytes(device.public_key), request, head):
        raise BadSignatureError
    if device.revoked_at is not None:
        raise DeviceRevokedError
    skew = head.at - now
    if abs(skew) > CLOCK_WINDOW:
        raise ClockSkewError(server_time=now.isoformat(), skew_seconds=round(skew.total_seconds()))

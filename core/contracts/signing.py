"""How a kiosk signs a request: Ed25519 over a canonical text, in four headers.

HTTP Message Signatures (RFC 9421) would sign the same parts; its canonical form is far larger than what two
programs of ours need (ADR 0006). The text that is signed binds method, path with query, time, a nonce and
the SHA-256 of the exact body bytes, so a request can be neither altered nor moved to another address. Replays
are stopped by the core: the time must be near and the report id is unique.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

HEADER_DEVICE = "X-Device-Id"
HEADER_TIME = "X-Device-Time"
HEADER_NONCE = "X-Device-Nonce"
HEADER_SIGNATURE = "X-Device-Signature"

_DOMAIN = "congtruong-device-v1"


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The four headers, parsed: who, when, which nonce, and the raw signature."""

    device_id: str
    at: datetime
    nonce: str
    signature: bytes

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> SignedHead:
        """Read the headers of a request.

        Raises:
            ValueError: when one is missing or malformed.
        """
        try:
            at = datetime.fromisoformat(headers[HEADER_TIME])
            signature = base64.b64decode(headers[HEADER_SIGNATURE], validate=True)
            head = cls(headers[HEADER_DEVICE], at, headers[HEADER_NONCE], signature)
        except (KeyError, ValueError, binascii.Error) as error:
            raise ValueError("a device header is missing or malformed") from error
        if at.tzinfo is None:
            raise ValueError("the device time has no zone")
        return head

    def as_headers(self) -> dict[str, str]:
        """The headers to send."""
        return {
            HEADER_DEVICE: self.device_id,
            HEADER_TIME: self.at.isoformat(),
            HEADER_NONCE: self.nonce,
            HEADER_SIGNATURE: base64.b64encode(self.signature).decode(),
        }


@dataclass(frozen=True, slots=True)
class RequestToSign:
    """The parts of a request that a signature covers."""

    method: str
    path: str
    body: bytes


def canonical(request: RequestToSign, device_id: str, at: datetime, nonce: str) -> bytes:
    """The exact bytes that are signed."""
    digest = hashlib.sha256(request.body).hexdigest()
    lines = (_DOMAIN, request.method.upper(), request.path, device_id, at.isoformat(), nonce, digest)
    return "\n".join(lines).encode()


def sign(
    key: Ed25519PrivateKey, request: RequestToSign, *, device_id: str, at: datetime, nonce: str
) -> SignedHead:
    """Sign a request as the device."""
    return SignedHead(device_id, at, nonce, key.sign(canonical(request, device_id, at, nonce)))


def verify(key: Ed25519PublicKey, request: RequestToSign, head: SignedHead) -> bool:
    """Whether the signature belongs to this very request."""
    try:
        key.verify(head.signature, canonical(request, head.device_id, head.at, head.nonce))
    except InvalidSignature:
        return False
    return True

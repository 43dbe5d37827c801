"""Six-digit codes of an authenticator app (TOTP, RFC 6238) and recovery codes. Pure, but for the random ones.

A code is good once: whoever looks over a shoulder cannot use it again in the half minute it lives.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT_STEPS = 1
RECOVERY_CODES = 8
_ISSUER = "Cổng Trường"
_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_RECOVERY_LENGTH = 16


def fresh_secret() -> str:
    """A secret for an authenticator app: 160 bits, base32."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, username: str) -> str:
    """What the QR code says that the app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=_ISSUER)


def step_of(secret: str, code: str, now: datetime, last_used: int | None) -> int | None:
    """The step whose code this is, when it may still be used; clocks may differ by half a minute.

    >>> from datetime import UTC
    >>> step_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "287082", datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC), None)
    1
    """
    digits = re.sub(r"\s", "", code)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(max(0, current - DRIFT_STEPS), current + DRIFT_STEPS + 1):
        fits = hmac.compare_digest(pyotp.HOTP(secret).at(step).encode(), digits.encode())
        if fits and (last_used is None or step > last_used):
            return step
    return None


def fresh_recovery_codes() -> tuple[str, ...]:
    """Codes for the day the phone is lost: 78 bits each, good once."""
    return tuple(_recovery_code() for _ in range(RECOVERY_CODES))


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; it is random enough for a plain hash.

    >>> recovery_hash("abcd-efgh") == recovery_hash(" ABCDEFGH")
    True
    """
    return hashlib.sha256(re.sub(r"[\s-]", "", code).upper().encode()).hexdigest()


def fresh_password() -> str:
    """A first password to hand over on paper: 58 bits, changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_ALPHABET.lower()) for _ in range(4)) for _ in range(3))


def _recovery_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, _RECOVERY_LENGTH, 4))

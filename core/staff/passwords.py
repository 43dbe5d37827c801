"""Password hashing with argon2id. Slow on purpose: call it in a thread and with no transaction open."""

from __future__ import annotations

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()  # RFC 9106's second recommended option: 64 MiB, three passes


def hash_password(password: str) -> str:
    """The hash to store."""
    return _HASHER.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Whether the password is the one; takes as long when there is no account."""
    try:
        fits = _HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


@functools.cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")

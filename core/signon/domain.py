"""What signing on with an outside account proves, and everything that can go wrong on the way. Pure."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from core.contracts.citizen_id import CitizenId
from core.errors import CoreError, UnavailableError
from core.values.ids import ChatAccountId, SchoolId

LINK_LIFE = timedelta(minutes=15)
"""From the link in the chat to the way back from the provider."""
CODE_LIFE = timedelta(minutes=15)
"""From the page that shows the six digits to the chat into which they are typed; the page says so."""
MOST_TRIES = 5
_CODE_DIGITS = 6


class SignOnOffError(CoreError):
    """This school has no agreement with the provider yet."""

    code = "signon.off"
    http_status = 404


class SignOnLinkError(CoreError):
    """A link or state is unknown, used, expired or of another browser: one answer for all."""

    code = "signon.stale"
    http_status = 410


class SignOnDeniedError(CoreError):
    """The person or the provider said no."""

    code = "signon.denied"
    http_status = 403


class SignOnTokenError(CoreError):
    """What the provider answered proves nothing; `reason` says which check failed, for the log and the tests."""

    code = "signon.bad_token"
    http_status = 502


class SignOnPersonError(CoreError):
    """The provider does not say who it is: no citizen number, or an account of too low a level."""

    code = "signon.no_person"
    http_status = 422


class SignOnUnavailableError(UnavailableError):
    """The provider does not answer, or not in time."""

    code = "signon.unavailable"


class Purpose(StrEnum):
    """Who signs on, and for what (mục đích)."""

    GUARDIAN = "guardian"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the provider names one (người đã xác thực). No repr shows it."""

    citizen_id: CitizenId
    full_name: str = field(repr=False)
    born_on: date | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way through the provider (lượt đăng nhập)."""

    id: UUID
    school_id: SchoolId
    purpose: Purpose
    account_id: ChatAccountId | None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What ties an answer to its question: state (RFC 6749, 10.12), nonce, PKCE verifier, this browser."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    browser: str = field(repr=False)

    @classmethod
    def fresh(cls) -> Secrets:
        """256 bits each."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(4)))

    @property
    def challenge(self) -> str:
        """The S256 code challenge (RFC 7636, 4.2).

        >>> Secrets("", "", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "").challenge
        'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
        """
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """What is stored of a random token."""
    return hashlib.sha256(token.encode()).digest()


def fresh_code() -> str:
    """Six digits to type back into the chat, so that the person who signed on holds the chat, too."""
    return "".join(secrets.choice("0123456789") for _ in range(_CODE_DIGITS))

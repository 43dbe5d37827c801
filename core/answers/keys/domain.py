"""Keys of other programs: what one may, what it used, why it is refused. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

from core.answers.keys.quota import Quota, Verdict
from core.errors import CoreError, NotFoundError, UnauthenticatedError

ApiKeyId = NewType("ApiKeyId", UUID)
MOST_NAME = 80
MOST_PER_MINUTE, MOST_PER_DAY = 10_000, 10_000_000


class ApiKeyError(UnauthenticatedError):
    """No key, an unknown one, a revoked one, or one of another school: one answer for all."""

    code = "answers.api_key"


class ApiKeyNotFoundError(NotFoundError):
    """No key of this school has this id."""

    code = "answers.api_key_not_found"


class BadApiKeyError(CoreError):
    """A key's name or quota will not do; `field` says which."""

    code = "answers.bad_api_key"
    http_status = 422


class QuotaExceededError(CoreError):
    """The key asked as often as it may; `retry_after` is in seconds."""

    code = "answers.quota_exceeded"
    http_status = 429
    retryable = True

    def __init__(self, quota: Quota, verdict: Verdict) -> None:
        super().__init__(retry_after=verdict.reset, window=verdict.window)
        self.headers = rate_headers(quota, verdict)


class Scope(StrEnum):
    """What a key opens (phạm vi)."""

    ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key for another program (khoá API). The secret itself is not known here; `hint` is how it begins."""

    id: ApiKeyId
    name: str
    hint: str
    scopes: frozenset[Scope]
    quota: Quota
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    used_today: int = 0
    refused_today: int = 0
    used_month: int = 0


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key to issue (khoá mới)."""

    name: str
    quota: Quota = field(default_factory=lambda: Quota(60, 5_000))
    scopes: frozenset[Scope] = frozenset({Scope.ANSWERS})

    def __post_init__(self) -> None:
        if not 0 < len(self.name.strip()) <= MOST_NAME:
            raise BadApiKeyError(field="name")
        if not 0 < self.quota.per_minute <= MOST_PER_MINUTE:
            raise BadApiKeyError(field="per_minute")
        if not 0 < self.quota.per_day <= MOST_PER_DAY:
            raise BadApiKeyError(field="per_day")


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key with its secret, which is shown once (khoá vừa cấp)."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that passed (lượt được nhận)."""

    key_id: ApiKeyId
    quota: Quota
    verdict: Verdict

    def headers(self) -> dict[str, str]:
        """What the caller is told of its quota."""
        return rate_headers(self.quota, self.verdict)


def rate_headers(quota: Quota, verdict: Verdict) -> dict[str, str]:
    """The quota as the IETF draft "RateLimit header fields for HTTP" writes it.

    The window named is the one that ends the caller's quota first.
    """
    left = f'"{verdict.window}";r={verdict.remaining};t={verdict.reset}'
    policy = f'"minute";q={quota.per_minute};w=60, "day";q={quota.per_day};w=86400'
    return {"RateLimit-Policy": policy, "RateLimit": left}

"""Who may ask the API: a key in `Authorization: Bearer`, counted against its quota in the database.

Where no key is asked for (the demo, a school's own network) a key that is sent is still checked and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from aiohttp import web

from core.answers.keys.domain import Admission, ApiKeyError, QuotaExceededError
from core.answers.keys.service import ApiKeys
from core.db.transaction import Database
from core.values.ids import SchoolId
from core.web.caller import header
from core.web.openapi import SecurityScheme

ADMISSION = web.RequestKey("admission", Admission)
API_KEY = SecurityScheme(
    "api_key",
    {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of the school: `congtruong core api-key issue NAME`, or the console under “Khoá API”. "
        "Its secret is shown once. Quotas are counted per minute and per school day (midnight in Việt Nam), "
        "over all processes.",
    },
)


class ChallengedError(ApiKeyError):
    """No key, or one that opens nothing here."""

    headers: ClassVar[Mapping[str, str]] = MappingProxyType({"WWW-Authenticate": 'Bearer realm="answers"'})


@dataclass(frozen=True, slots=True)
class Access:
    """The door of the API (cửa API)."""

    database: Database
    school_id: SchoolId
    keys: ApiKeys
    required: bool

    async def check(self, request: web.Request, _raw: bytes) -> None:
        """Let a request in, and count it.

        Raises:
            ApiKeyError: without a key where one is needed, or with one that opens nothing.
            QuotaExceededError: when the key has asked as often as it may.
        """
        scheme, _, secret = header(request, "Authorization").partition(" ")
        if not request.headers.get("Authorization") and not self.required:
            return
        if scheme.lower() != "bearer" or not secret.strip():
            raise ChallengedError
        try:
            async with self.database.transaction(self.school_id) as tx:
                admitted = await self.keys.admit(tx, secret.strip())
        except ApiKeyError:
            raise ChallengedError from None
        if isinstance(admitted, QuotaExceededError):
            raise admitted
        request[ADMISSION] = admitted


async def tell_quota(request: web.Request, response: web.StreamResponse) -> None:
    """Put the quota on the response, streams too (`on_response_prepare`)."""
    admitted = request.get(ADMISSION)
    if admitted is not None:
        response.headers.update(admitted.headers())

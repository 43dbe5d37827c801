"""What we ask of an SMS provider, and an adapter for any that takes one HTTP POST with JSON.

Vietnamese brand-name providers differ in the names of their fields and in how they say yes; both are settings. No
provider was reachable when this was written, so none is named here: the fake in `tests/support` is all it met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp
from typing_extensions import override

from core.db.transaction import inside_transaction

_TOO_MANY, _SERVER_ERROR, _REFUSED = 429, 500, 400
FIELDS: Mapping[str, str] = {
    "phone": "phone",
    "text": "message",
    "brand": "brandname",
    "reference": "request_id",
}


class SmsRefusedError(Exception):
    """The provider says no for good: a wrong number, a text it does not carry; the message is left behind."""


class SmsUnavailableError(Exception):
    """Not now; `after` in seconds, when it was said."""

    def __init__(self, after: float | None = None) -> None:
        super().__init__("sms unavailable")
        self.after = after


@dataclass(frozen=True, slots=True)
class Sms:
    """One text message (tin nhắn SMS). The same `reference` again must not be charged again."""

    phone: str = field(repr=False)
    text: str = field(repr=False)
    reference: str


class SmsGateway(Protocol):
    """Takes text messages to phones (cổng SMS)."""

    async def send(self, sms: Sms) -> str:
        """Send one; returns the provider's id of it.

        Raises:
            SmsRefusedError: never again.
            SmsUnavailableError: try later.
        """
        ...


@dataclass(frozen=True, slots=True)
class HttpSmsGateway(SmsGateway):
    """Posts JSON to one address. `ok_field` and `ok_values` say what a yes looks like inside a 200."""

    http: aiohttp.ClientSession
    url: str
    token: str = field(repr=False)
    brand: str
    fields: Mapping[str, str] = field(default_factory=lambda: FIELDS)
    ok_field: str = ""
    ok_values: tuple[str, ...] = ()
    id_field: str = "id"
    timeout_seconds: float = 15.0

    @override
    async def send(self, sms: Sms) -> str:
        """Send one by HTTP; 429 and 5xx are for later, other refusals for good."""
        assert not inside_transaction(), "no outside call inside a transaction"
        values = {"phone": sms.phone, "text": sms.text, "brand": self.brand, "reference": sms.reference}
        body = {self.fields.get(name, name): value for name, value in values.items()}
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": sms.reference}
        timeout = aiohttp.ClientTimeout(total=self.timeout_seconds)
        try:
            async with self.http.post(self.url, json=body, headers=headers, timeout=timeout) as response:
                status, wait = response.status, response.headers.get("Retry-After", "")
                answer = await response.json(content_type=None) if status < _REFUSED else {}
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise SmsUnavailableError from None
        if status == _TOO_MANY or status >= _SERVER_ERROR:
            raise SmsUnavailableError(float(wait) if wait.isascii() and wait.isdigit() else None)
        said = answer if isinstance(answer, dict) else {}
        if status >= _REFUSED or (self.ok_field and str(said.get(self.ok_field)) not in self.ok_values):
            raise SmsRefusedError
        return str(said.get(self.id_field, ""))

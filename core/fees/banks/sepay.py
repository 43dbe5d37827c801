"""SePay: one change of the account per webhook, tried eight times within 33 minutes.

Shape and signature are from its public documentation (certainty M: no live account was reached). It asks for
`{"success": true}` and a 2xx status.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from core.fees.banks.feed import (
    amount_in,
    id_in,
    moment_in,
    number,
    require_fresh,
    require_signature,
    text_in,
)
from core.fees.domain import Received

_IN = "in"


@dataclass(frozen=True, slots=True)
class SePay:
    """The webhooks of SePay, signed or with the key in a header (SePay)."""

    name: ClassVar[str] = "sepay"
    secret: str = field(repr=False)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """`X-SePay-Signature: sha256=HMAC-SHA256("{timestamp}.{body}")`, else `Authorization: Apikey …`.

        Raises:
            NotFromTheBankError: when neither proves it.
        """
        if "X-SePay-Signature" not in headers:
            return require_signature(headers.get("Authorization", ""), f"Apikey {self.secret}")
        stamp = headers.get("X-SePay-Timestamp", "")
        expected = hmac.new(self.secret.encode(), f"{stamp}.".encode() + body, "sha256").hexdigest()
        require_signature(headers["X-SePay-Signature"], f"sha256={expected}")
        return require_fresh(number(stamp), now)

    def received(self, payload: Mapping[str, Any]) -> tuple[Received, ...]:
        """The change, when it is money that came in.

        Raises:
            UnreadableNoticeError: when it cannot be read.
        """
        amount = amount_in(payload, "transferAmount")
        if text_in(payload, "transferType") != _IN or amount is None:
            return ()
        text = " ".join(filter(None, (text_in(payload, "content"), text_in(payload, "description"))))
        at = moment_in(payload, "transactionDate")
        return (Received(f"bank.{self.name}", id_in(payload, "id"), amount, at, text),)

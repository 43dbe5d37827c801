"""Casso, webhook version 2: one change of the account in `data`, signed over the body with sorted keys.

The example of its documentation was reproduced when the facts were gathered (certainty H for the form of the
signature; M for sorting inside nested objects, of which its notices have none). No live account was reached.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import orjson

from core.fees.banks.feed import (
    NotFromTheBankError,
    UnreadableNoticeError,
    amount_in,
    id_in,
    moment_in,
    number,
    require_fresh,
    require_signature,
    text_in,
)
from core.fees.domain import Received

_SIGNATURE = re.compile(r"t=([0-9]{1,16}),v1=([0-9a-fA-F]{128})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Casso:
    """The webhooks of Casso (Casso)."""

    name: ClassVar[str] = "casso"
    secret: str = field(repr=False)

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """`X-Casso-Signature: t=<ms>,v1=HMAC-SHA512("{t}.{body with sorted keys}")`.

        Raises:
            NotFromTheBankError: when it does not prove it.
        """
        found = _SIGNATURE.fullmatch(headers.get("X-Casso-Signature", "").replace(" ", ""))
        if found is None:
            raise NotFromTheBankError
        stamp, given = found.groups()
        try:
            signed = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
        except orjson.JSONDecodeError:
            raise NotFromTheBankError from None
        expected = hmac.new(self.secret.encode(), f"{stamp}.".encode() + signed, "sha512").hexdigest()
        require_signature(given.lower(), expected)
        require_fresh(number(stamp) / 1000, now)

    def received(self, payload: Mapping[str, Any]) -> tuple[Received, ...]:
        """The change, when it is money that came in; a test call of its console tells of none.

        Raises:
            UnreadableNoticeError: when it cannot be read.
        """
        data = payload.get("data")
        if not isinstance(data, Mapping):
            raise UnreadableNoticeError(field="data")
        amount = amount_in(data, "amount")
        if amount is None:
            return ()
        at = moment_in(data, "transactionDateTime")
        return (Received(f"bank.{self.name}", id_in(data, "id"), amount, at, text_in(data, "description")),)

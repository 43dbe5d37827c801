"""The text of a VietQR code, which every Vietnamese banking app reads (NAPAS QR 1.5.2 over EMVCo MPM).

It encodes transfers to an account (service QRIBFTTA) and draws nothing. The purpose is plain ASCII: bank apps
disagree about anything else.
"""

from __future__ import annotations

import binascii
import re

from core.values.money import Vnd

_NAPAS = "A000000727"
_TO_ACCOUNT = "QRIBFTTA"
_BIN = re.compile("[0-9]{6}")
_ACCOUNT = re.compile("[0-9A-Za-z]{1,19}")
_PURPOSE = re.compile(r"[ -~]{1,25}")


def encode(bank_bin: str, account: str, amount: Vnd | None = None, purpose: str | None = None) -> str:
    """The text of a code that fills in account, amount and purpose in the payer's app.

    Without an amount the code is static: it may be used again and again, and the payer types the amount.

    Raises:
        ValueError: when a part does not fit the standard.

    >>> encode("970416", "257678859", Vnd(1000), "Chuyen tien")[-33:]
    '5802VN62150811Chuyen tien6304BBB8'
    """
    if not _BIN.fullmatch(bank_bin):
        raise ValueError("a bank's BIN is six digits")
    if not _ACCOUNT.fullmatch(account):
        raise ValueError("an account has 1 to 19 letters and digits")
    if amount is not None and amount <= 0:
        raise ValueError("an amount in a code is above zero")
    if purpose is not None and not _PURPOSE.fullmatch(purpose):
        raise ValueError("a purpose has 1 to 25 ASCII characters")
    beneficiary = _field("00", bank_bin) + _field("01", account)
    body = (
        _field("00", "01")
        + _field("01", "11" if amount is None else "12")
        + _field("38", _field("00", _NAPAS) + _field("01", beneficiary) + _field("02", _TO_ACCOUNT))
        + _field("53", "704")
        + ("" if amount is None else _field("54", str(amount)))
        + _field("58", "VN")
        + ("" if purpose is None else _field("62", _field("08", purpose)))
        + "6304"
    )
    return f"{body}{binascii.crc_hqx(body.encode(), 0xFFFF):04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"

"""Amounts and numbers of slips as an office types them."""

from __future__ import annotations

import re

from core.values.money import MAX_AMOUNT, Vnd, vnd

LONGEST_NUMBER = 120
_DONG = re.compile(r"[0-9]{1,14}|[0-9]{1,3}(?:\.[0-9]{3}){1,4}|[0-9]{1,3}(?: [0-9]{3}){1,4}", re.ASCII)
"""Dots and spaces stand between thousands only: "1.5" is no fifteen đồng, and "350.00" no thirty-five thousand."""


class FaultError(Exception):
    """A field makes no sense; its name is the argument."""


def read_amount(text: str) -> Vnd:
    """đồng as an office types them: "350.000", "350 000 đ".

    Raises:
        FaultError: when it is no amount above zero.
    """
    written = " ".join(text.lower().strip().removesuffix("đ").split())
    if not _DONG.fullmatch(written):
        raise FaultError("amount")
    dong = int(re.sub("[. ]", "", written))
    if not 0 < dong <= MAX_AMOUNT:
        raise FaultError("amount")
    return vnd(dong)

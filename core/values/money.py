"""Vietnamese đồng: whole numbers, no fractions, no floats."""

from __future__ import annotations

from typing import NewType

Vnd = NewType("Vnd", int)

MAX_AMOUNT = 10**13
"""No school collects ten trillion đồng; a larger figure is a mistake in the input."""


def vnd(amount: int) -> Vnd:
    """Check and wrap an amount in đồng.

    Raises:
        ValueError: when it is negative, not a whole number, or absurdly large.
    """
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError("an amount in đồng is a whole number")
    if not 0 <= amount <= MAX_AMOUNT:
        raise ValueError("an amount in đồng lies between 0 and 10^13")
    return Vnd(amount)


def format_vnd(amount: Vnd) -> str:
    """The amount as it is written in Việt Nam.

    >>> format_vnd(vnd(1250000))
    '1.250.000 đ'
    """
    return f"{amount:,}".replace(",", ".") + " đ"

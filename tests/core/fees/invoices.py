"""An invoice as the tests of fees need it."""

from __future__ import annotations

from datetime import date

from core.fees.domain import Invoice
from core.fees.reference import Reference
from core.values.ids import InvoiceId, StudentId, new_id
from core.values.money import vnd


def invoice(amount: int = 350_000, paid: int = 0) -> Invoice:
    """A share of a fee, of which `paid` has come."""
    return Invoice(
        InvoiceId(new_id()),
        StudentId(new_id()),
        "Tiền ăn",
        vnd(amount),
        vnd(paid),
        date(2026, 11, 30),
        Reference("CT"),
    )

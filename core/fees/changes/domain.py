"""What may be changed of an issued fee, and what that does to money that was already paid. Pure.

What is paid never changes silently: what a smaller amount no longer needs, or a fee that is taken back, comes off the
invoice again and waits for a person with the payment that it came from.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from core.errors import ConflictError
from core.fees.domain import MAX_TITLE, BadInvoiceError, Invoice
from core.values.ids import InvoiceId
from core.values.money import Vnd, vnd

MAX_NOTE = 200


class StaleChangeError(ConflictError):
    """What was looked at changed meanwhile: another person, another page, or money that came. Nothing was changed."""

    code = "fees.stale_change"


class ChangeKind(StrEnum):
    """What is done to an invoice (cách điều chỉnh)."""

    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"


class Reason(StrEnum):
    """Why (lý do điều chỉnh); what is personal about it belongs into the note, which is sealed."""

    WRONG_AMOUNT = "wrong_amount"
    WRONG_DUE = "wrong_due"
    WRONG_TITLE = "wrong_title"
    NOT_THEIRS = "not_theirs"
    RELIEF = "relief"
    LEFT_SCHOOL = "left_school"
    OTHER_REASON = "other_reason"


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be said instead (nội dung sửa); None stays as it is.

    With `instead_of`, only who owes exactly that much owes the new amount: a share that was set for one pupil stays.

    Raises:
        BadInvoiceError: when the title is empty or too long, or the amount is not above zero.
    """

    title: str | None = None
    due_on: date | None = None
    amount: Vnd | None = None
    instead_of: Vnd | None = None

    def __post_init__(self) -> None:
        if self.title is not None and not 0 < len(self.title.strip()) <= MAX_TITLE:
            raise BadInvoiceError(field="title")
        if self.amount is not None and self.amount <= 0:
            raise BadInvoiceError(field="amount")

    def of(self, invoice: Invoice) -> Invoice:
        """The invoice as it should have been."""
        is_own = self.instead_of is not None and invoice.amount != self.instead_of
        return replace(
            invoice,
            title=invoice.title if self.title is None else self.title.strip(),
            due_on=self.due_on or invoice.due_on,
            amount=invoice.amount if self.amount is None or is_own else self.amount,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One decision of a member of staff about some invoices (điều chỉnh); the same id again changes nothing."""

    id: UUID
    kind: ChangeKind
    reason: Reason
    note: str = field(default="", repr=False)
    correction: Correction = Correction()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change makes of one invoice; `released` comes off it and waits for a person (kết quả điều chỉnh)."""

    before: Invoice
    after: Invoice
    released: Vnd


@dataclass(frozen=True, slots=True)
class PastChange:
    """A change as the record keeps it (điều chỉnh đã ghi)."""

    invoice_id: InvoiceId
    kind: ChangeKind
    reason: Reason
    note: str = field(repr=False)
    before: tuple[str, Vnd, date]
    after: tuple[str, Vnd, date]
    released: Vnd
    by: str
    at: datetime


def effect(invoice: Invoice, change: Change, now: datetime) -> Effect | None:
    """What the change makes of an invoice; None when it does not concern it.

    An invoice that was taken back is not corrected, only asked for again, as it stood; one that stands is not asked
    for again.
    """
    if (invoice.withdrawn_at is not None) is not (change.kind is ChangeKind.REINSTATED):
        return None
    if change.kind is ChangeKind.CORRECTED:
        after = change.correction.of(invoice)
        if after == invoice:
            return None
    else:
        after = replace(invoice, withdrawn_at=now if change.kind is ChangeKind.WITHDRAWN else None)
    kept = vnd(0) if after.withdrawn_at else vnd(min(invoice.paid, after.amount))
    after = replace(
        after,
        paid=kept,
        version=invoice.version + 1,
        postponed=invoice.postponed + (after.due_on != invoice.due_on),
    )
    return Effect(invoice, after, vnd(invoice.paid - kept))


def effects(invoices: Collection[Invoice], change: Change, now: datetime) -> tuple[Effect, ...]:
    """The same for many, in their order, without those that it does not concern."""
    found = (effect(one, change, now) for one in invoices)
    return tuple(one for one in found if one is not None)


def taken_off(parts: Sequence[tuple[UUID, Vnd]], released: Vnd) -> tuple[tuple[UUID, Vnd], ...]:
    """From which payments how much comes off an invoice: of what came last first; `parts` are the oldest first.

    >>> [amount for _, amount in taken_off([(UUID(int=1), vnd(200)), (UUID(int=2), vnd(150))], vnd(180))]
    [150, 30]
    """
    found: list[tuple[UUID, Vnd]] = []
    for payment_id, amount in reversed(parts):
        part = vnd(min(amount, released))
        if part:
            found.append((payment_id, part))
        released = vnd(released - part)
    return tuple(found)


def seen(invoices: Collection[Invoice]) -> str:
    """A mark of how these invoices stand; it differs as soon as anything of them does."""
    lines = sorted(f"{one.id} {one.version} {one.paid}" for one in invoices)
    return sha256("\n".join(lines).encode()).hexdigest()

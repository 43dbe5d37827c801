"""What is owed, what was paid, and how a payment is set against an invoice. Pure.

An invoice here is a fee to collect (khoản thu). It is not a tax document: that comes from a provider.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.errors import ConflictError, CoreError, NotFoundError
from core.fees.reference import Reference
from core.values.ids import InvoiceId, StudentId
from core.values.money import Vnd, vnd

MAX_TITLE = 120


class InvoiceNotFoundError(NotFoundError):
    """No invoice of this school has this id or code."""

    code = "fees.invoice_not_found"


class PaymentNotFoundError(NotFoundError):
    """No payment of this school has this id."""

    code = "fees.payment_not_found"


class BadInvoiceError(CoreError):
    """An invoice's title or amount makes no sense; `field` says which."""

    code = "fees.bad_invoice"
    http_status = 422


class NothingToAllocateError(ConflictError):
    """The payment has nothing left to set against an invoice, or is a refund."""

    code = "fees.nothing_to_allocate"


class NothingToReturnError(ConflictError):
    """More would be given back than is left of the payment, or nothing."""

    code = "fees.nothing_to_return"


class OtherChargeError(ConflictError):
    """Under this batch another fee was issued: title, amount or last day differ, and nobody was told of this one."""

    code = "fees.other_charge"


class NoAccountError(CoreError):
    """The school has not said to which bank account fees go."""

    code = "fees.no_account"
    http_status = 409


class InvoiceState(StrEnum):
    """How far an invoice is paid (tình trạng)."""

    OPEN = "open"
    PART = "part"
    PAID = "paid"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """A fee to collect from one pupil (khoản thu mới).

    Raises:
        BadInvoiceError: when the title is empty or too long, or the amount is not above zero.
    """

    student_id: StudentId
    title: str
    amount: Vnd
    due_on: date

    def __post_init__(self) -> None:
        if not 0 < len(self.title.strip()) <= MAX_TITLE:
            raise BadInvoiceError(field="title")
        if self.amount <= 0:
            raise BadInvoiceError(field="amount")


@dataclass(frozen=True, slots=True)
class Invoice:
    """A fee to collect from one pupil, and how much of it was paid (khoản thu).

    `version` counts what was changed since it was issued, `postponed` how often its last day was. One that was
    taken back (`withdrawn_at`) owes nothing, and holds no money.
    """

    id: InvoiceId
    student_id: StudentId
    title: str
    amount: Vnd
    paid: Vnd
    due_on: date
    reference: Reference
    version: int = 1
    postponed: int = 0
    withdrawn_at: datetime | None = None

    @property
    def outstanding(self) -> Vnd:
        """What is still owed."""
        return vnd(0) if self.withdrawn_at else vnd(self.amount - self.paid)

    @property
    def state(self) -> InvoiceState:
        """How far it is paid."""
        if self.withdrawn_at:
            return InvoiceState.WITHDRAWN
        if self.paid == 0:
            return InvoiceState.OPEN
        return InvoiceState.PAID if self.paid == self.amount else InvoiceState.PART

    def is_overdue(self, today: date) -> bool:
        """Whether something is owed after the last day for it."""
        return self.outstanding > 0 and today > self.due_on


@dataclass(frozen=True, slots=True)
class FeeSums:
    """What one fee comes to over all pupils: same title, same last day (tổng hợp một khoản).

    Shares that were taken back count in `withdrawn` alone.
    """

    title: str
    due_on: date
    pupils: int
    settled: int
    amount: Vnd
    paid: Vnd
    withdrawn: int = 0

    @property
    def left(self) -> Vnd:
        """What is still owed."""
        return vnd(self.amount - self.paid)


@dataclass(frozen=True, slots=True)
class Received:
    """Money that arrived, as its source tells it (tiền về); same source and external id, same money."""

    source: str
    external_id: str
    amount: Vnd
    received_at: datetime
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived, how much of it is set against invoices and how much was given back (khoản tiền đã nhận)."""

    id: UUID
    received: Received
    allocated: Vnd
    returned: Vnd

    @property
    def left(self) -> Vnd:
        """What is not set against any invoice, and was not given back."""
        return vnd(self.received.amount - self.allocated - self.returned)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money that waits for a person, with the invoices that it was sent to or set against before (tiền chờ xử lý)."""

    payment: Payment
    invoices: tuple[Invoice, ...] = ()


class Outcome(StrEnum):
    """What a payment did to an invoice."""

    PAID = "paid"
    PART = "part"
    OVER = "over"
    """The invoice is paid, and something is left over for staff to decide about."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """How much of a payment went to an invoice (phân bổ)."""

    outcome: Outcome
    applied: Vnd
    left: Vnd


def allocate(amount: Vnd, invoice: Invoice) -> Allocation:
    """Set `amount` against an invoice: never more than is owed, and nothing is lost.

    Raises:
        NothingToAllocateError: when the amount is zero.
    """
    if amount <= 0:
        raise NothingToAllocateError
    applied = vnd(min(amount, invoice.outstanding))
    left = vnd(amount - applied)
    if left:
        return Allocation(Outcome.OVER, applied, left)
    return Allocation(Outcome.PAID if applied == invoice.outstanding else Outcome.PART, applied, left)


class MatchOutcome(StrEnum):
    """What became of money that arrived."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    WITHDRAWN = "withdrawn"
    """The code is that of a fee which was taken back: nothing is owed, so a person decides."""


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """What `receive` did (kết quả ghi nhận)."""

    outcome: MatchOutcome
    payment: Payment
    invoice: Invoice | None = None
    allocation: Allocation | None = None


@dataclass(frozen=True, slots=True)
class CollectingAccount:
    """The bank account to which fees go (tài khoản thu)."""

    bank_bin: str
    number: str
    holder: str

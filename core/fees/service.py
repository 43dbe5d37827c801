"""Issues invoices, takes money into the ledger and sets it against invoices.

It never guesses to what a transfer belongs and never gives money back: what does not match, and what was sent for a
fee that was taken back, waits for staff.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from core.db.transaction import Tx
from core.fees import repository, vietqr
from core.fees.domain import (
    Allocation,
    CollectingAccount,
    FeeSums,
    Invoice,
    InvoiceNotFoundError,
    MatchOutcome,
    NewInvoice,
    NoAccountError,
    NothingToReturnError,
    Payment,
    PaymentNotFoundError,
    PaymentResult,
    Received,
    Waiting,
    allocate,
)
from core.fees.ledger import repository as ledger
from core.fees.reference import Reference, find_reference, reference_for
from core.values.clock import Clock
from core.values.ids import InvoiceId, StudentId, new_id
from core.values.money import Vnd
from core.vault.keyring import Keyring

_BY_REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Fees:
    """The fees of a school."""

    keyring: Keyring
    clock: Clock

    async def issue(self, tx: Tx, new: NewInvoice, invoice_id: InvoiceId | None = None) -> Invoice:
        """Make an invoice with its payment code; with an id of the caller's, again changes nothing."""
        (issued,) = await self.issue_all(tx, {invoice_id or InvoiceId(new_id()): new})
        return issued

    async def issue_all(self, tx: Tx, shares: Mapping[InvoiceId, NewInvoice]) -> tuple[Invoice, ...]:
        """The same for many, in their order, in as many statements as for one.

        Two invoices of a school never share a code: in the rare case (40 bits) another id follows from the one given,
        the same each time.
        """
        now, ids = self.clock.now(), {one: one for one in shares}
        found: dict[InvoiceId, Invoice] = {}
        while left := {ids[one]: new for one, new in shares.items() if ids[one] not in found}:
            coded = {one: (reference_for(tx.school_id, one), new) for one, new in left.items()}
            await repository.add_invoices(tx, coded, now)
            found |= {one.id: one for one in await self.list_by_ids(tx, left)}
            ids = {one: id_ if id_ in found else InvoiceId(uuid5(id_, "code")) for one, id_ in ids.items()}
        return tuple(found[id_] for id_ in ids.values())

    async def get(self, tx: Tx, invoice_id: InvoiceId) -> Invoice:
        """One invoice.

        Raises:
            InvoiceNotFoundError: when the school has no such invoice.
        """
        found = await repository.list_invoices(tx, ids=(invoice_id,))
        if not found:
            raise InvoiceNotFoundError
        return found[0]

    async def outstanding(self, tx: Tx, *student_ids: StudentId) -> tuple[Invoice, ...]:
        """What these pupils still owe, the earliest due first."""
        return await repository.list_invoices(tx, student_ids=student_ids, open_only=True)

    async def due_between(self, tx: Tx, first: date, last: date) -> tuple[Invoice, ...]:
        """What is owed by anybody and falls due in these days, the earliest first."""
        return await repository.list_invoices(tx, due=(first, last), open_only=True)

    async def still_owed(self, tx: Tx, ids: Collection[InvoiceId]) -> tuple[Invoice, ...]:
        """Those of these invoices of which something is owed now."""
        return await repository.list_invoices(tx, ids=ids, open_only=True)

    async def owing(self, tx: Tx) -> frozenset[StudentId]:
        """The pupils of whom anything is still owed."""
        return await repository.list_owing(tx)

    async def sums(self, tx: Tx) -> tuple[FeeSums, ...]:
        """Every fee of the school with what it comes to, the latest due first."""
        return await repository.sum_up(tx)

    async def list_invoices(self, tx: Tx, student_ids: Sequence[StudentId]) -> tuple[Invoice, ...]:
        """Every invoice of these pupils."""
        return await repository.list_invoices(tx, student_ids=student_ids)

    async def list_by_ids(self, tx: Tx, ids: Collection[InvoiceId]) -> tuple[Invoice, ...]:
        """These invoices, whatever became of them."""
        return await repository.list_invoices(tx, ids=ids)

    async def list_of(self, tx: Tx, title: str, due_on: date) -> tuple[Invoice, ...]:
        """Every pupil's share of one fee, also what is paid or was taken back."""
        due = await repository.list_invoices(tx, due=(due_on, due_on))
        return tuple(one for one in due if one.title == title)

    async def find_by_reference(self, tx: Tx, reference: Reference) -> Invoice | None:
        """The invoice with this payment code."""
        found = await repository.list_invoices(tx, references=(reference,))
        return found[0] if found else None

    async def lock_invoice(self, tx: Tx, invoice_id: InvoiceId) -> Invoice:
        """One invoice, to which nobody else allocates until the transaction ends.

        Raises:
            InvoiceNotFoundError: when the school has no such invoice.
        """
        if not await repository.lock_invoice(tx, invoice_id):
            raise InvoiceNotFoundError
        return await self.get(tx, invoice_id)

    async def receive(self, tx: Tx, received: Received) -> PaymentResult:
        """Take money into the ledger and set it against the invoice that its text names.

        The same money told twice changes nothing. None or several codes, or a code that no invoice has,
        leaves the money unmatched; so does the code of an invoice that was taken back, which is then named.
        """
        keys = self.keyring.for_school(tx.school_id)
        payment_id = await ledger.add_payment(tx, keys, received, self.clock.now())
        if payment_id is None:
            told = (received.source, received.external_id)
            known = await ledger.list_payments(tx, keys, told=told)
            return PaymentResult(MatchOutcome.DUPLICATE, known[0])
        reference = find_reference(received.text)
        invoice = await self.find_by_reference(tx, reference) if reference else None
        if invoice is None:
            return PaymentResult(MatchOutcome.UNMATCHED, await self.get_payment(tx, payment_id))
        allocation = await self.allocate(tx, payment_id, invoice.id, by=_BY_REFERENCE)
        payment, invoice = await self.get_payment(tx, payment_id), await self.get(tx, invoice.id)
        if invoice.withdrawn_at is not None:
            return PaymentResult(MatchOutcome.WITHDRAWN, payment, invoice)
        return PaymentResult(MatchOutcome.APPLIED, payment, invoice, allocation)

    async def allocate(self, tx: Tx, payment_id: UUID, invoice_id: InvoiceId, by: str) -> Allocation:
        """Set what is left of a payment against an invoice; `by` names the staff member or rule.

        Locks payment then invoice, always in this order.

        Raises:
            PaymentNotFoundError: when the school has no such payment.
            InvoiceNotFoundError: when the school has no such invoice.
            NothingToAllocateError: when nothing of the payment is left.
        """
        if not await ledger.lock_payment(tx, payment_id):
            raise PaymentNotFoundError
        invoice = await self.lock_invoice(tx, invoice_id)
        allocation = allocate((await self.get_payment(tx, payment_id)).left, invoice)
        if allocation.applied:
            by_whom = (by, self.clock.now())
            await ledger.add_allocation(tx, payment_id, invoice_id, allocation.applied, by_whom)
        return allocation

    async def get_payment(self, tx: Tx, payment_id: UUID) -> Payment:
        """One payment.

        Raises:
            PaymentNotFoundError: when the school has no such payment.
        """
        keys = self.keyring.for_school(tx.school_id)
        found = await ledger.list_payments(tx, keys, payment_id=payment_id)
        if not found:
            raise PaymentNotFoundError
        return found[0]

    async def give_back(self, tx: Tx, payment_id: UUID, amount: Vnd, number: str, by: str) -> bool:
        """Keep that a person gave this much back by another way; False when the slip's number is on record already.

        Raises:
            PaymentNotFoundError: when the school has no such payment.
            NothingToReturnError: when it is nothing, or more than is left of the payment.
        """
        if not await ledger.lock_payment(tx, payment_id):
            raise PaymentNotFoundError
        if await ledger.has_return(tx, number):
            return False
        if not 0 < amount <= (await self.get_payment(tx, payment_id)).left:
            raise NothingToReturnError
        return await ledger.add_return(tx, payment_id, amount, number, (by, self.clock.now()))

    async def list_unmatched(self, tx: Tx) -> tuple[Payment, ...]:
        """Money that is not, or not wholly, set against invoices or given back, newest first, for staff."""
        return await ledger.list_left(tx, self.keyring.for_school(tx.school_id))

    async def list_waiting(self, tx: Tx) -> tuple[Waiting, ...]:
        """The same, each with the invoices that its text names or that it stood on."""
        payments = await self.list_unmatched(tx)
        stood = await ledger.invoices_of(tx, [one.id for one in payments])
        named = {one.id: find_reference(one.received.text) for one in payments if one.id not in stood}
        codes = {code for code in named.values() if code is not None}
        ids = {each for of_payment in stood.values() for each in of_payment}
        by_id = {one.id: one for one in await self.list_by_ids(tx, ids)}
        by_code = {one.reference: one for one in await repository.list_invoices(tx, references=codes)}
        of_text = {id_: (by_code[code],) for id_, code in named.items() if code in by_code}
        return tuple(
            Waiting(one, of_text.get(one.id) or tuple(by_id[each] for each in stood.get(one.id, ())))
            for one in payments
        )

    async def find_account(self, tx: Tx) -> CollectingAccount | None:
        """The bank account to which fees go, once the school has said it."""
        return await repository.find_account(tx)

    async def set_account(self, tx: Tx, account: CollectingAccount) -> None:
        """Say to which bank account fees go.

        Raises:
            ValueError: when bank or account cannot be in a VietQR code.
        """
        vietqr.encode(account.bank_bin, account.number)
        await repository.set_account(tx, account)

    async def payment_qr(self, tx: Tx, invoice: Invoice) -> str:
        """The text of the VietQR code that pays what is left of an invoice.

        Raises:
            NoAccountError: when the school has not said to which account fees go.
            ValueError: when nothing is owed.
        """
        account = await repository.find_account(tx)
        if account is None:
            raise NoAccountError
        return vietqr.encode(account.bank_bin, account.number, invoice.outstanding, invoice.reference)

"""Collects fees: issues them, takes money in, and tells guardians and staff in the same transaction.

`core.fees.service` keeps the ledger and knows nobody; here stands who is to hear of it. It decides nothing about money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.conversations.desk.staff_chats import StaffChats
from core.db.transaction import Tx
from core.fees import notices
from core.fees.domain import (
    Allocation,
    Invoice,
    MatchOutcome,
    NewInvoice,
    NothingToAllocateError,
    OtherChargeError,
    PaymentResult,
    Received,
)
from core.fees.service import Fees
from core.guardians.audience.service import Audience
from core.guardians.levels import Feature
from core.notifications.domain import Recipient
from core.notifications.service import Notifications
from core.staff.authority import Right
from core.staff.chat_rights import may
from core.students.service import Students
from core.values.clock import Clock
from core.values.ids import ClassId, GuardianId, InvoiceId, StudentId
from core.values.money import Vnd


@dataclass(frozen=True, slots=True)
class Charge:
    """One fee for many pupils (đợt thu); the same batch again makes nothing new."""

    batch: UUID
    title: str
    amount: Vnd
    due_on: date

    def for_pupil(self, student_id: StudentId) -> NewInvoice:
        """The pupil's share of it.

        Raises:
            BadInvoiceError: when title or amount make no sense.
        """
        return NewInvoice(student_id, self.title, self.amount, self.due_on)

    def is_of(self, invoice: Invoice) -> bool:
        """Whether an invoice still stands as this fee says."""
        stands = (invoice.title, invoice.amount, invoice.due_on, invoice.withdrawn_at)
        return stands == (self.title, self.amount, self.due_on, None)


@dataclass(frozen=True, slots=True)
class Collecting:
    """The office that collects (bộ phận thu)."""

    fees: Fees
    students: Students
    audience: Audience
    notifications: Notifications
    staff_chats: StaffChats
    audit: Audit
    clock: Clock

    async def charge(self, tx: Tx, charge: Charge, class_id: ClassId, actor: str) -> int:
        """Issue one fee to a class, and tell the guardians; says to how many pupils.

        A class is what one transaction bears; the same charge to every class is a charge to the school.

        Raises:
            BadInvoiceError: when title or amount make no sense.
            OtherChargeError: when the batch was issued with another title, amount or last day, or was changed since;
                nothing is changed.
        """
        pupils = {one.id: one for one in await self.students.list_students(tx, class_id)}
        shares = {InvoiceId(uuid5(charge.batch, str(one))): charge.for_pupil(one) for one in pupils}
        invoices = await self.fees.issue_all(tx, shares)
        if any(not charge.is_of(one) for one in invoices):
            raise OtherChargeError
        people = await self.audience.of_students(tx, pupils, Feature.FEES)
        told = [
            notice
            for one in invoices
            for notice in notices.issued(one, pupils[one.student_id].given_name, people[one.student_id])
        ]
        await self.notifications.enqueue(tx, *told)
        details: Mapping[str, str | int] = {"pupils": len(pupils), "amount": int(charge.amount)}
        await self.audit.record(tx, AuditEntry(actor, "fees.charged", f"charge:{charge.batch}", details))
        return len(pupils)

    async def take(self, tx: Tx, received: Received, actor: str = "system") -> PaymentResult:
        """Take money into the ledger and tell whom it concerns; money told twice is told to nobody twice."""
        result = await self.fees.receive(tx, received)
        if result.outcome is MatchOutcome.DUPLICATE:
            return result
        await self._tell(tx, result)
        details: Mapping[str, str | int] = {
            "amount": int(received.amount),
            "outcome": result.outcome.value,
            "source": received.source,
        }
        subject = notices.payment_subject(result.payment.id)
        await self.audit.record(tx, AuditEntry(actor, "fees.received", subject, details))
        return result

    async def allocate(self, tx: Tx, payment_id: UUID, invoice_id: InvoiceId, actor: str) -> Allocation:
        """Set waiting money against an invoice, as a person decided, and tell the guardians.

        Raises:
            PaymentNotFoundError, InvoiceNotFoundError: as the ledger does.
            NothingToAllocateError: when nothing of the money is left, or nothing of the invoice is owed.
        """
        allocation = await self.fees.allocate(tx, payment_id, invoice_id, by=actor)
        if not allocation.applied:
            raise NothingToAllocateError
        payment = await self.fees.get_payment(tx, payment_id)
        invoice = await self.fees.get(tx, invoice_id)
        await self._tell(tx, PaymentResult(MatchOutcome.APPLIED, payment, invoice, allocation))
        details: Mapping[str, str | int] = {"applied": int(allocation.applied), "invoice": str(invoice_id)}
        subject = notices.payment_subject(payment_id)
        await self.audit.record(tx, AuditEntry(actor, "fees.allocated", subject, details))
        return allocation

    async def due_soon(self, tx: Tx, today: date, until: date) -> tuple[InvoiceId, ...]:
        """What is due from today until then and of which a guardian with a chat was not reminded yet.

        Whoever reads it in another's chat counts as not reminded: `remind` tells nobody twice.
        """
        due = await self.fees.due_between(tx, today, until)
        guardians: dict[StudentId, list[GuardianId]] = {}
        for student_id, guardian_id in await self.audience.linked_to(tx, {one.student_id for one in due}):
            guardians.setdefault(student_id, []).append(guardian_id)
        wanted = {
            one.id: [notices.reminder(one, each) for each in guardians.get(one.student_id, ())] for one in due
        }
        told = await self.notifications.known(tx, [key for keys in wanted.values() for key in keys])
        return tuple(invoice_id for invoice_id, keys in wanted.items() if not told.issuperset(keys))

    async def remind(self, tx: Tx, ids: Sequence[InvoiceId]) -> int:
        """Tell guardians, once for each invoice, of what is due soon; says how many invoices are still owed."""
        due = await self.fees.still_owed(tx, ids)
        pupils = await self.students.get_many(tx, {one.student_id for one in due})
        here = {id_: one.given_name for id_, one in pupils.items() if one.left_on is None}
        people = await self.audience.of_students(tx, here, Feature.FEES)
        new = [
            notice
            for one in due
            if one.student_id in here
            for notice in notices.due_soon(one, here[one.student_id], people[one.student_id])
        ]
        # Told in a digest is told, whatever the person has chosen since.
        told = await self.notifications.known(tx, [one.dedupe_key for one in new])
        await self.notifications.enqueue(tx, *(one for one in new if one.dedupe_key not in told))
        return len(due)

    async def _tell(self, tx: Tx, result: PaymentResult) -> None:
        if result.outcome is not MatchOutcome.APPLIED:
            chats = await self._accountants(tx)
            await self.notifications.enqueue(tx, *notices.unmatched(result, chats))
        if result.invoice is None:
            return
        pupil = await self.students.get(tx, result.invoice.student_id)
        people = await self.audience.of_student(tx, pupil.id, Feature.FEES)
        told = notices.received(result, pupil.given_name, people, self.clock.now())
        await self.notifications.enqueue(tx, *told)

    async def _accountants(self, tx: Tx) -> tuple[Recipient, ...]:
        chats = await self.staff_chats.list_chats(tx)
        able = (one.recipient for one in chats if may(one, Right.MANAGE_FEES))
        return tuple(one for one in able if one is not None)

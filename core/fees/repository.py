"""Rows of invoices and of the ledger. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.fees.domain import CollectingAccount, FeeSums, Invoice, NewInvoice, Payment, Received
from core.fees.reference import Reference
from core.fees.tables import AllocationRow, CollectingAccountRow, InvoiceRow, PaymentRow
from core.values.ids import InvoiceId, StudentId, new_id
from core.values.money import Vnd, vnd
from core.vault.keyring import SchoolKeys, SealedDataError

TEXT = "payment.text"


async def add_invoice(
    tx: Tx, invoice_id: InvoiceId, reference: Reference, new: NewInvoice, now: datetime
) -> bool:
    """Insert an invoice; False when its id or code is taken."""
    added = await tx.session.scalar(
        insert(InvoiceRow)
        .values(
            school_id=tx.school_id,
            id=invoice_id,
            student_id=new.student_id,
            title=new.title.strip(),
            amount=new.amount,
            due_on=new.due_on,
            reference=reference,
            issued_at=now,
        )
        .on_conflict_do_nothing()
        .returning(InvoiceRow.id)
    )
    return added is not None


async def list_invoices(
    tx: Tx,
    *,
    ids: Collection[InvoiceId] | None = None,
    reference: Reference | None = None,
    student_ids: Sequence[StudentId] | None = None,
    due: tuple[date, date] | None = None,
    open_only: bool = False,
) -> tuple[Invoice, ...]:
    """Invoices with what was paid, the earliest due first; `due` is the first and the last day."""
    paid = (
        select(func.coalesce(func.sum(AllocationRow.amount), 0))
        .where(AllocationRow.school_id == tx.school_id, AllocationRow.invoice_id == InvoiceRow.id)
        .scalar_subquery()
    )
    chosen: list[ColumnElement[bool]] = [InvoiceRow.school_id == tx.school_id]
    if ids is not None:
        chosen.append(InvoiceRow.id.in_(ids))
    if reference is not None:
        chosen.append(InvoiceRow.reference == reference)
    if student_ids is not None:
        chosen.append(InvoiceRow.student_id.in_(student_ids))
    if due is not None:
        chosen.append(InvoiceRow.due_on.between(*due))
    if open_only:
        chosen.append(paid < InvoiceRow.amount)
    rows = await tx.session.execute(
        select(InvoiceRow, paid).where(*chosen).order_by(InvoiceRow.due_on, InvoiceRow.id)
    )
    return tuple(
        Invoice(
            InvoiceId(row.id),
            StudentId(row.student_id),
            row.title,
            vnd(row.amount),
            vnd(int(sum_)),
            row.due_on,
            Reference(row.reference),
        )
        for row, sum_ in rows
    )


async def sum_up(tx: Tx) -> tuple[FeeSums, ...]:
    """One line for each fee, the latest due first; added up by the database, however many years there are."""
    paid = _paid(tx)
    so_far = func.coalesce(paid.c.paid, 0)
    rows = await tx.session.execute(
        select(
            InvoiceRow.title,
            InvoiceRow.due_on,
            func.count(),
            func.count().filter(so_far >= InvoiceRow.amount),
            func.sum(InvoiceRow.amount),
            func.sum(so_far),
        )
        .outerjoin(paid, paid.c.invoice_id == InvoiceRow.id)
        .where(InvoiceRow.school_id == tx.school_id)
        .group_by(InvoiceRow.title, InvoiceRow.due_on)
        .order_by(InvoiceRow.due_on.desc(), InvoiceRow.title.desc())
    )
    return tuple(
        FeeSums(title, due_on, pupils, settled, vnd(int(amount)), vnd(int(so_far)))
        for title, due_on, pupils, settled, amount, so_far in rows
    )


async def list_owing(tx: Tx) -> frozenset[StudentId]:
    """The pupils of whom anything is still owed."""
    paid = _paid(tx)
    rows = await tx.session.scalars(
        select(InvoiceRow.student_id)
        .outerjoin(paid, paid.c.invoice_id == InvoiceRow.id)
        .where(InvoiceRow.school_id == tx.school_id, func.coalesce(paid.c.paid, 0) < InvoiceRow.amount)
        .distinct()
    )
    return frozenset(StudentId(one) for one in rows)


def _paid(tx: Tx) -> Subquery:
    paid = func.sum(AllocationRow.amount).label("paid")
    of_school = AllocationRow.school_id == tx.school_id
    return (
        select(AllocationRow.invoice_id, paid).where(of_school).group_by(AllocationRow.invoice_id).subquery()
    )


async def lock_invoice(tx: Tx, invoice_id: InvoiceId) -> bool:
    """Let nobody else allocate to this invoice until the transaction ends; False when there is none."""
    found = await tx.session.scalar(
        select(InvoiceRow.id)
        .where(InvoiceRow.school_id == tx.school_id, InvoiceRow.id == invoice_id)
        .with_for_update()
    )
    return found is not None


async def lock_payment(tx: Tx, payment_id: UUID) -> bool:
    """The same for a payment."""
    found = await tx.session.scalar(
        select(PaymentRow.id)
        .where(PaymentRow.school_id == tx.school_id, PaymentRow.id == payment_id)
        .with_for_update()
    )
    return found is not None


async def add_payment(tx: Tx, keys: SchoolKeys, received: Received, now: datetime) -> UUID | None:
    """Append money to the ledger; None when this source told of it before."""
    return await tx.session.scalar(
        insert(PaymentRow)
        .values(
            school_id=tx.school_id,
            id=new_id(),
            source=received.source,
            external_id=received.external_id,
            amount=received.amount,
            sealed_text=keys.seal(received.text, TEXT),
            received_at=received.received_at,
            recorded_at=now,
        )
        .on_conflict_do_nothing()
        .returning(PaymentRow.id)
    )


async def add_allocation(
    tx: Tx, payment_id: UUID, invoice_id: InvoiceId, amount: Vnd, by: tuple[str, datetime]
) -> None:
    """Append an allocation to the ledger; `by` says who and when."""
    await tx.session.execute(
        insert(AllocationRow).values(
            school_id=tx.school_id,
            id=new_id(),
            payment_id=payment_id,
            invoice_id=invoice_id,
            amount=amount,
            allocated_by=by[0],
            allocated_at=by[1],
        )
    )


async def list_payments(
    tx: Tx,
    keys: SchoolKeys,
    *,
    payment_id: UUID | None = None,
    told: tuple[str, str] | None = None,
) -> tuple[Payment, ...]:
    """Payments with what was allocated; `told` is (source, external id)."""
    allocated = (
        select(func.coalesce(func.sum(AllocationRow.amount), 0))
        .where(AllocationRow.school_id == tx.school_id, AllocationRow.payment_id == PaymentRow.id)
        .scalar_subquery()
    )
    chosen: list[ColumnElement[bool]] = [PaymentRow.school_id == tx.school_id]
    if payment_id is not None:
        chosen.append(PaymentRow.id == payment_id)
    if told is not None:
        chosen += [PaymentRow.source == told[0], PaymentRow.external_id == told[1]]
    rows = await tx.session.execute(select(PaymentRow, allocated).where(*chosen))
    return tuple(_payment(keys, row, int(sum_)) for row, sum_ in rows)


async def list_left(tx: Tx, keys: SchoolKeys) -> tuple[Payment, ...]:
    """The payments of which something is not allocated, newest first."""
    allocated = (
        select(AllocationRow.payment_id, func.sum(AllocationRow.amount).label("amount"))
        .where(AllocationRow.school_id == tx.school_id)
        .group_by(AllocationRow.payment_id)
        .subquery()
    )
    so_far = func.coalesce(allocated.c.amount, 0)
    rows = await tx.session.execute(
        select(PaymentRow, so_far)
        .outerjoin(allocated, allocated.c.payment_id == PaymentRow.id)
        .where(PaymentRow.school_id == tx.school_id, so_far < PaymentRow.amount)
        .order_by(PaymentRow.received_at.desc(), PaymentRow.id.desc())
    )
    return tuple(_payment(keys, row, int(sum_)) for row, sum_ in rows)


async def set_account(tx: Tx, account: CollectingAccount) -> None:
    """Say to which bank account fees go."""
    values = {"bank_bin": account.bank_bin, "number": account.number, "holder": account.holder}
    await tx.session.execute(
        insert(CollectingAccountRow)
        .values(school_id=tx.school_id, **values)
        .on_conflict_do_update(index_elements=["school_id"], set_=values)
    )


async def find_account(tx: Tx) -> CollectingAccount | None:
    """The bank account to which fees go."""
    row = await tx.session.scalar(
        select(CollectingAccountRow).where(CollectingAccountRow.school_id == tx.school_id)
    )
    return CollectingAccount(row.bank_bin, row.number, row.holder) if row else None


def _payment(keys: SchoolKeys, row: PaymentRow, allocated: int) -> Payment:
    try:
        said = keys.open(row.sealed_text, TEXT)
    except SealedDataError:
        said = ""  # money whose words are lost is still money: it stays in the list of what waits
    received = Received(row.source, row.external_id, vnd(row.amount), row.received_at, said)
    return Payment(row.id, received, vnd(allocated))

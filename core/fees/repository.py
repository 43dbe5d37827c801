"""Rows of invoices, and the account that they are paid to. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.fees.domain import CollectingAccount, FeeSums, Invoice, NewInvoice
from core.fees.reference import Reference
from core.fees.tables import AllocationRow, CollectingAccountRow, InvoiceRow
from core.values.ids import InvoiceId, StudentId
from core.values.money import vnd

_STANDS = InvoiceRow.withdrawn_at.is_(None)


async def add_invoices(
    tx: Tx, shares: Mapping[InvoiceId, tuple[Reference, NewInvoice]], now: datetime
) -> None:
    """Insert invoices; one whose id or code is taken changes nothing."""
    rows = [
        {
            "school_id": tx.school_id,
            "id": invoice_id,
            "student_id": new.student_id,
            "title": new.title.strip(),
            "amount": new.amount,
            "due_on": new.due_on,
            "reference": reference,
            "issued_at": now,
        }
        for invoice_id, (reference, new) in shares.items()
    ]
    await tx.session.execute(insert(InvoiceRow).on_conflict_do_nothing(), rows)


async def list_invoices(
    tx: Tx,
    *,
    ids: Collection[InvoiceId] | None = None,
    references: Collection[Reference] | None = None,
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
    if references is not None:
        chosen.append(InvoiceRow.reference.in_(references))
    if student_ids is not None:
        chosen.append(InvoiceRow.student_id.in_(student_ids))
    if due is not None:
        chosen.append(InvoiceRow.due_on.between(*due))
    if open_only:
        chosen += [paid < InvoiceRow.amount, _STANDS]
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
            row.version,
            row.postponed,
            row.withdrawn_at,
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
            func.count().filter(_STANDS),
            func.count().filter(_STANDS, so_far >= InvoiceRow.amount),
            func.coalesce(func.sum(InvoiceRow.amount).filter(_STANDS), 0),
            func.sum(so_far),
            func.count().filter(InvoiceRow.withdrawn_at.is_not(None)),
        )
        .outerjoin(paid, paid.c.invoice_id == InvoiceRow.id)
        .where(InvoiceRow.school_id == tx.school_id)
        .group_by(InvoiceRow.title, InvoiceRow.due_on)
        .order_by(InvoiceRow.due_on.desc(), InvoiceRow.title.desc())
    )
    return tuple(
        FeeSums(title, due_on, pupils, settled, vnd(int(amount)), vnd(int(so_far)), withdrawn)
        for title, due_on, pupils, settled, amount, so_far, withdrawn in rows
    )


async def list_owing(tx: Tx) -> frozenset[StudentId]:
    """The pupils of whom anything is still owed."""
    paid = _paid(tx)
    rows = await tx.session.scalars(
        select(InvoiceRow.student_id)
        .outerjoin(paid, paid.c.invoice_id == InvoiceRow.id)
        .where(
            InvoiceRow.school_id == tx.school_id, _STANDS, func.coalesce(paid.c.paid, 0) < InvoiceRow.amount
        )
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
        .with_for_update(key_share=True)
    )
    return found is not None


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

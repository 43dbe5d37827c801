"""Rows of the ledger: money that came, what it was set against, what was given back. Private to the slice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, func, select
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.fees.domain import Payment, Received
from core.fees.tables import AllocationRow, PaymentRow, ReturnRow
from core.values.ids import InvoiceId, new_id
from core.values.money import Vnd, vnd
from core.vault.keyring import SchoolKeys

TEXT = "payment.text"


async def lock_payment(tx: Tx, payment_id: UUID) -> bool:
    """Let nobody else spend this payment until the transaction ends; False when there is none.

    Rows that only refer to it (what comes off an invoice, `core.fees.changes`) need not wait.
    """
    found = await tx.session.scalar(
        select(PaymentRow.id)
        .where(PaymentRow.school_id == tx.school_id, PaymentRow.id == payment_id)
        .with_for_update(key_share=True)
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
    """Payments with what was allocated and given back; `told` is (source, external id)."""
    chosen: list[ColumnElement[bool]] = [PaymentRow.school_id == tx.school_id]
    if payment_id is not None:
        chosen.append(PaymentRow.id == payment_id)
    if told is not None:
        chosen += [PaymentRow.source == told[0], PaymentRow.external_id == told[1]]
    spent = _of_payment(tx, AllocationRow), _of_payment(tx, ReturnRow)
    rows = await tx.session.execute(select(PaymentRow, *spent).where(*chosen))
    return tuple(_payment(keys, *row) for row in rows)


async def list_left(tx: Tx, keys: SchoolKeys) -> tuple[Payment, ...]:
    """The payments of which something is neither allocated nor given back, newest first."""
    allocated, returned = _sums(tx, AllocationRow), _sums(tx, ReturnRow)
    so_far = func.coalesce(allocated.c.amount, 0), func.coalesce(returned.c.amount, 0)
    rows = await tx.session.execute(
        select(PaymentRow, *so_far)
        .outerjoin(allocated, allocated.c.payment_id == PaymentRow.id)
        .outerjoin(returned, returned.c.payment_id == PaymentRow.id)
        .where(PaymentRow.school_id == tx.school_id, sum(so_far) < PaymentRow.amount)
        .order_by(PaymentRow.received_at.desc(), PaymentRow.id.desc())
    )
    return tuple(_payment(keys, *row) for row in rows)


async def invoices_of(tx: Tx, payment_ids: Collection[UUID]) -> dict[UUID, list[InvoiceId]]:
    """On which invoices these payments stand, or stood until it was taken off."""
    rows = await tx.session.execute(
        select(AllocationRow.payment_id, AllocationRow.invoice_id)
        .where(AllocationRow.school_id == tx.school_id, AllocationRow.payment_id.in_(payment_ids))
        .distinct()
        .order_by(AllocationRow.invoice_id)
    )
    found: dict[UUID, list[InvoiceId]] = {}
    for payment_id, invoice_id in rows:
        found.setdefault(payment_id, []).append(InvoiceId(invoice_id))
    return found


async def has_return(tx: Tx, number: str) -> bool:
    """Whether the slip of this number is on record."""
    found = select(ReturnRow.id).where(ReturnRow.school_id == tx.school_id, ReturnRow.number == number)
    return await tx.session.scalar(found) is not None


async def add_return(tx: Tx, payment_id: UUID, amount: Vnd, number: str, by: tuple[str, datetime]) -> bool:
    """Append that a part of a payment was given back; False when the slip of this number is on record."""
    added = await tx.session.scalar(
        insert(ReturnRow)
        .values(
            school_id=tx.school_id,
            id=new_id(),
            payment_id=payment_id,
            number=number,
            amount=amount,
            returned_by=by[0],
            returned_at=by[1],
        )
        .on_conflict_do_nothing(index_elements=["school_id", "number"])
        .returning(ReturnRow.id)
    )
    return added is not None


def _of_payment(tx: Tx, table: type[AllocationRow | ReturnRow]) -> ScalarSelect[int]:
    mine = (table.school_id == tx.school_id, table.payment_id == PaymentRow.id)
    return select(func.coalesce(func.sum(table.amount), 0)).where(*mine).scalar_subquery()


def _sums(tx: Tx, table: type[AllocationRow | ReturnRow]) -> Subquery:
    """What is spent of every payment, added up by the database, however many years there are."""
    amount = func.sum(table.amount).label("amount")
    of_school = table.school_id == tx.school_id
    return select(table.payment_id, amount).where(of_school).group_by(table.payment_id).subquery()


def _payment(keys: SchoolKeys, row: PaymentRow, allocated: int, returned: int) -> Payment:
    said = keys.read(row.sealed_text, TEXT) or ""  # money whose words are lost still waits in the list
    received = Received(row.source, row.external_id, vnd(row.amount), row.received_at, said)
    return Payment(row.id, received, vnd(int(allocated)), vnd(int(returned)))

"""The SQL that adds fees up as they stood at a moment, from the ledger and the record of changes. Private."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, func, select

from core.db.transaction import Tx
from core.fees.changes.domain import ChangeKind
from core.fees.tables import AllocationRow, ChangeRow, InvoiceRow, PaymentRow, ReturnRow


async def asked_for(tx: Tx, since: datetime, until: datetime) -> tuple[int, int, int, int]:
    """Invoices issued, their amount as issued; then how many are owed at `until`, and what is owed.

    An invoice is as its changes before `until` left it; an allocation below zero counts as what it is.
    """
    paid = (
        select(AllocationRow.invoice_id, func.sum(AllocationRow.amount).label("paid"))
        .where(AllocationRow.school_id == tx.school_id, AllocationRow.allocated_at < until)
        .group_by(AllocationRow.invoice_id)
        .subquery()
    )
    each = (
        select(
            (InvoiceRow.issued_at >= since).label("is_new"),
            func.coalesce(_amount_before(None), InvoiceRow.amount).label("issued"),
            (func.coalesce(_amount_before(until), InvoiceRow.amount) - func.coalesce(paid.c.paid, 0)).label(
                "left"
            ),
            func.coalesce(_last_kind(until) != ChangeKind.WITHDRAWN.value, True).label("stands"),
        )
        .outerjoin(paid, paid.c.invoice_id == InvoiceRow.id)
        .where(InvoiceRow.school_id == tx.school_id, InvoiceRow.issued_at < until)
        .subquery()
    )
    owed = each.c.stands & (each.c.left > 0)
    found = await tx.session.execute(
        select(
            func.count().filter(each.c.is_new),
            func.coalesce(func.sum(each.c.issued).filter(each.c.is_new), 0),
            func.count().filter(owed),
            func.coalesce(func.sum(each.c.left).filter(owed), 0),
        )
    )
    new, amount, owing, left = found.one()
    return new, int(amount), owing, int(left)


async def set_right(tx: Tx, since: datetime, until: datetime) -> dict[ChangeKind, int]:
    """How many invoices were changed in which way; one changed twice in the same way counts once."""
    rows = await tx.session.execute(
        select(ChangeRow.kind, func.count(ChangeRow.invoice_id.distinct()))
        .where(
            ChangeRow.school_id == tx.school_id, ChangeRow.changed_at >= since, ChangeRow.changed_at < until
        )
        .group_by(ChangeRow.kind)
    )
    return {ChangeKind(kind): invoices for kind, invoices in rows}


async def money(tx: Tx, since: datetime, until: datetime) -> tuple[int, int, int, int]:
    """Payments received, their amount, what was given back; then what waited for a person at `until`."""
    given_back = select(func.coalesce(func.sum(ReturnRow.amount), 0)).where(
        ReturnRow.school_id == tx.school_id, ReturnRow.returned_at >= since, ReturnRow.returned_at < until
    )
    is_new = PaymentRow.received_at >= since
    allocated = _spent(AllocationRow, AllocationRow.allocated_at < until)
    returned = _spent(ReturnRow, ReturnRow.returned_at < until)
    found = await tx.session.execute(
        select(
            func.count().filter(is_new),
            func.coalesce(func.sum(PaymentRow.amount).filter(is_new), 0),
            given_back.scalar_subquery(),
            func.coalesce(func.sum(PaymentRow.amount - allocated - returned), 0),
        ).where(PaymentRow.school_id == tx.school_id, PaymentRow.received_at < until)
    )
    payments, received, back, waiting = found.one()
    return payments, int(received), int(back), int(waiting)


def _amount_before(until: datetime | None) -> ScalarSelect[int]:
    """What an invoice came to before its first change, or before its first from `until` on; null without one."""
    mine = and_(ChangeRow.school_id == InvoiceRow.school_id, ChangeRow.invoice_id == InvoiceRow.id)
    found = select(ChangeRow.old_amount).where(mine)
    if until is not None:
        found = found.where(ChangeRow.changed_at >= until)
    return found.order_by(ChangeRow.changed_at, ChangeRow.id).limit(1).scalar_subquery()


def _last_kind(until: datetime) -> ScalarSelect[str]:
    """What withdrew or brought back an invoice last before `until`; null when nothing did."""
    return (
        select(ChangeRow.kind)
        .where(
            ChangeRow.school_id == InvoiceRow.school_id,
            ChangeRow.invoice_id == InvoiceRow.id,
            ChangeRow.kind != ChangeKind.CORRECTED.value,
            ChangeRow.changed_at < until,
        )
        .order_by(ChangeRow.changed_at.desc(), ChangeRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _spent(table: type[AllocationRow | ReturnRow], when: Any) -> ScalarSelect[int]:
    mine = (table.school_id == PaymentRow.school_id, table.payment_id == PaymentRow.id)
    return select(func.coalesce(func.sum(table.amount), 0)).where(*mine, when).scalar_subquery()

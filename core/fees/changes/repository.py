"""Rows of changed invoices and of what comes off them. A repository of its own, private to the slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update

from core.db.transaction import Tx
from core.fees.changes.domain import Change, ChangeKind, Effect, PastChange, Reason
from core.fees.tables import AllocationRow, ChangeRow, InvoiceRow
from core.values.ids import InvoiceId, new_id
from core.values.money import Vnd, vnd
from core.vault.keyring import SchoolKeys

NOTE = "fee_change.note"
By = tuple[str, datetime]


async def lock_invoices(tx: Tx, ids: Collection[InvoiceId]) -> None:
    """Let nobody else allocate to these or change them until the transaction ends; always in one order."""
    await tx.session.execute(
        select(InvoiceRow.id)
        .where(InvoiceRow.school_id == tx.school_id, InvoiceRow.id.in_(ids))
        .order_by(InvoiceRow.id)
        .with_for_update(key_share=True)
    )


async def is_done(tx: Tx, change_id: UUID) -> bool:
    """Whether a change of this id is on record."""
    found = select(ChangeRow.id).where(ChangeRow.school_id == tx.school_id, ChangeRow.change_id == change_id)
    return await tx.session.scalar(found.limit(1)) is not None


async def put(tx: Tx, effects: Sequence[Effect]) -> None:
    """Write the invoices as they are now, all at once."""
    columns = ("title", "amount", "due_on", "version", "postponed", "withdrawn_at")
    rows = [
        {"row_id": one.after.id} | {name: getattr(one.after, name) for name in columns} for one in effects
    ]
    connection = await tx.session.connection()
    await connection.execute(
        update(InvoiceRow)
        .where(InvoiceRow.school_id == tx.school_id, InvoiceRow.id == bindparam("row_id"))
        .values({name: bindparam(name) for name in columns}),
        rows,
    )


async def parts_of(tx: Tx, ids: Collection[InvoiceId]) -> dict[InvoiceId, list[tuple[UUID, Vnd]]]:
    """How much of which payments stands on these invoices, the oldest allocation first."""
    amount = func.sum(AllocationRow.amount)
    rows = await tx.session.execute(
        select(AllocationRow.invoice_id, AllocationRow.payment_id, amount)
        .where(AllocationRow.school_id == tx.school_id, AllocationRow.invoice_id.in_(ids))
        .group_by(AllocationRow.invoice_id, AllocationRow.payment_id)
        .having(amount > 0)
        .order_by(func.min(AllocationRow.allocated_at), AllocationRow.payment_id)
    )
    found: dict[InvoiceId, list[tuple[UUID, Vnd]]] = {}
    for invoice_id, payment_id, total in rows:
        found.setdefault(InvoiceId(invoice_id), []).append((payment_id, vnd(int(total))))
    return found


async def take_off(tx: Tx, parts: Sequence[tuple[InvoiceId, UUID, Vnd]], by: By) -> None:
    """Append to the ledger that this much comes off again."""
    await tx.session.execute(
        insert(AllocationRow),
        [
            {
                "school_id": tx.school_id,
                "id": new_id(),
                "payment_id": payment_id,
                "invoice_id": invoice_id,
                "amount": -amount,
                "allocated_by": by[0],
                "allocated_at": by[1],
            }
            for invoice_id, payment_id, amount in parts
        ],
    )


async def note_down(tx: Tx, keys: SchoolKeys, change: Change, effects: Sequence[Effect], by: By) -> None:
    """Append to the record what each invoice was and is."""
    await tx.session.execute(
        insert(ChangeRow),
        [
            {
                "school_id": tx.school_id,
                "id": new_id(),
                "change_id": change.id,
                "invoice_id": one.after.id,
                "kind": change.kind.value,
                "reason": change.reason.value,
                "sealed_note": keys.seal(change.note, NOTE),
                "old_title": one.before.title,
                "old_amount": one.before.amount,
                "old_due_on": one.before.due_on,
                "title": one.after.title,
                "amount": one.after.amount,
                "due_on": one.after.due_on,
                "released": one.released,
                "changed_by": by[0],
                "changed_at": by[1],
            }
            for one in effects
        ],
    )


async def list_changes(tx: Tx, keys: SchoolKeys, ids: Collection[InvoiceId]) -> tuple[PastChange, ...]:
    """What was changed of these invoices, the newest first."""
    rows: Any = await tx.session.scalars(
        select(ChangeRow)
        .where(ChangeRow.school_id == tx.school_id, ChangeRow.invoice_id.in_(ids))
        .order_by(ChangeRow.changed_at.desc(), ChangeRow.id.desc())
    )
    return tuple(_change(keys, row) for row in rows)


def _change(keys: SchoolKeys, row: ChangeRow) -> PastChange:
    note = keys.read(row.sealed_note, NOTE) or ""  # what was changed is still told
    return PastChange(
        InvoiceId(row.invoice_id),
        ChangeKind(row.kind),
        Reason(row.reason),
        note,
        (row.old_title, vnd(row.old_amount), row.old_due_on),
        (row.title, vnd(row.amount), row.due_on),
        vnd(row.released),
        row.changed_by,
        row.changed_at,
    )

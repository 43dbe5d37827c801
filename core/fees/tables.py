"""The tables of fees. Private to this slice.

All but `fee_invoices` and `fee_accounts` is a ledger: a trigger refuses to change or delete a row. What is set right
afterwards is a row of its own: an allocation below zero takes money off an invoice again.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped


class InvoiceRow(SchoolScoped, Base):
    """A fee to collect from one pupil; what was paid is the sum of its allocations."""

    __tablename__ = "fee_invoices"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        UniqueConstraint("school_id", "reference"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        Index(None, "school_id", "student_id"),
    )

    student_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(20))
    issued_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    postponed: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    withdrawn_at: Mapped[datetime | None]


class PaymentRow(SchoolScoped, Base):
    """Money that arrived; append-only."""

    __tablename__ = "fee_payments"
    __table_args__ = (
        UniqueConstraint("school_id", "source", "external_id"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        Index(None, "school_id", "received_at"),
    )

    source: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(BigInteger)
    sealed_text: Mapped[bytes]
    received_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class AllocationRow(SchoolScoped, Base):
    """A part of a payment that went to an invoice, or below zero: that was taken off it again; append-only."""

    __tablename__ = "fee_allocations"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "payment_id"], ["fee_payments.school_id", "fee_payments.id"]),
        ForeignKeyConstraint(["school_id", "invoice_id"], ["fee_invoices.school_id", "fee_invoices.id"]),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index(None, "school_id", "invoice_id"),
        Index(None, "school_id", "payment_id"),
    )

    payment_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    allocated_by: Mapped[str] = mapped_column(String(120))
    allocated_at: Mapped[datetime]


class ChangeRow(SchoolScoped, Base):
    """What was changed of an invoice: what it was, what it became, why, by whom; append-only."""

    __tablename__ = "fee_changes"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "invoice_id"], ["fee_invoices.school_id", "fee_invoices.id"]),
        UniqueConstraint("school_id", "change_id", "invoice_id"),
        Index(None, "school_id", "invoice_id"),
    )

    change_id: Mapped[UUID]
    invoice_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    sealed_note: Mapped[bytes]
    old_title: Mapped[str] = mapped_column(String(120))
    old_amount: Mapped[int] = mapped_column(BigInteger)
    old_due_on: Mapped[date] = mapped_column(Date)
    title: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[date] = mapped_column(Date)
    released: Mapped[int] = mapped_column(BigInteger)
    changed_by: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime]


class ReturnRow(SchoolScoped, Base):
    """A part of a payment that a person gave back, by another way than ours; append-only."""

    __tablename__ = "fee_returns"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "payment_id"], ["fee_payments.school_id", "fee_payments.id"]),
        UniqueConstraint("school_id", "number"),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        Index(None, "school_id", "payment_id"),
    )

    payment_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(120))
    amount: Mapped[int] = mapped_column(BigInteger)
    returned_by: Mapped[str] = mapped_column(String(120))
    returned_at: Mapped[datetime]


class CollectingAccountRow(Base):
    """The bank account of a school to which fees go."""

    __tablename__ = "fee_accounts"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    bank_bin: Mapped[str] = mapped_column(String(6))
    number: Mapped[str] = mapped_column(String(19))
    holder: Mapped[str] = mapped_column(String(120))

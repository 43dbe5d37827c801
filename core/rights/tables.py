"""Requests about personal data, and links to exports. Private to this slice."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed


class RequestRow(SchoolScoped, Base):
    """One request; no foreign key to the chat, which may be erased on request."""

    __tablename__ = "data_requests"
    __table_args__ = (
        UniqueConstraint("school_id", "number"),
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        Index(None, "school_id", "status", "due_on"),
    )

    number: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(10))
    student_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    actor: Mapped[str] = mapped_column(Text)
    sealed_text: Mapped[Sealed]
    status: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(Text)
    sealed_answer: Mapped[Sealed | None]


class ExportRow(SchoolScoped, Base):
    """A link to what is kept about a pupil, for one chat; the data is put together when it is opened."""

    __tablename__ = "data_exports"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        Index(None, "expires_at"),
    )

    token_hash: Mapped[BlindIndex]
    student_id: Mapped[UUID]
    account_id: Mapped[UUID]
    opened: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

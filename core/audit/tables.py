"""The trail, and for each school its head, whose lock puts the entries in a line."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, Json, SchoolScoped, Sealed


class AuditRow(SchoolScoped, Base):
    """One entry. A trigger refuses UPDATE, DELETE and TRUNCATE."""

    __tablename__ = "audit_entries"

    number: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    details: Mapped[Json]
    private: Mapped[Sealed | None]
    key_id: Mapped[BlindIndex]
    mac: Mapped[BlindIndex]

    __table_args__ = (UniqueConstraint("school_id", "number"),)


class AuditHeadRow(Base):
    """The last number and MAC of a school's trail."""

    __tablename__ = "audit_heads"

    school_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[BlindIndex]

"""Everything that was said about consents; nothing is overwritten. Private to this slice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped


class ConsentRow(SchoolScoped, Base):
    """One word of one person about one purpose and pupil."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        Index(None, "school_id", "student_id"),
    )

    student_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(30))
    version: Mapped[int] = mapped_column(SmallInteger)
    given: Mapped[bool]
    child_agreed: Mapped[bool]
    guardian_id: Mapped[UUID | None]
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

"""The tables of classes and pupils. Private to this slice; personal data is sealed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped


class ClassRow(SchoolScoped, Base):
    """A class."""

    __tablename__ = "classes"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    name: Mapped[str] = mapped_column(String(40))


class StudentRow(SchoolScoped, Base):
    """A pupil: name, date of birth and sex in one sealed value, the citizen number in another."""

    __tablename__ = "students"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "class_id"], ["classes.school_id", "classes.id"]),
        UniqueConstraint("school_id", "citizen_id_index"),
        Index(None, "school_id", "identity_index"),
        Index(None, "school_id", "class_id"),
    )

    class_id: Mapped[UUID]
    sealed_profile: Mapped[bytes]
    sealed_citizen_id: Mapped[bytes | None]
    citizen_id_index: Mapped[bytes | None]
    identity_index: Mapped[bytes]
    left_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

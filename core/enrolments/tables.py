"""Enrolled faces. Private to this slice. Templates are sealed like pictures; there is no picture."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped, Sealed


class EnrolledFaceRow(SchoolScoped, Base):
    """The templates of one pupil under one model; its id is the one that the kiosk gave."""

    __tablename__ = "enrolled_faces"
    __table_args__ = (
        UniqueConstraint("school_id", "student_id", "model_id"),
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        ForeignKeyConstraint(["school_id", "device_id"], ["devices.school_id", "devices.id"]),
    )

    student_id: Mapped[UUID]
    device_id: Mapped[UUID]
    model_id: Mapped[str] = mapped_column(String(40))
    sealed_templates: Mapped[Sealed]
    enrolled_at: Mapped[datetime]

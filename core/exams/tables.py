"""The tables of exam sessions. Private to this slice."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Interval, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped


class ExamSessionRow(SchoolScoped, Base):
    """A sitting of an exam in one room."""

    __tablename__ = "exam_sessions"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        Index(None, "school_id", "starts_at"),
    )

    title: Mapped[str] = mapped_column(String(120))
    room: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    opens_before: Mapped[timedelta] = mapped_column(Interval)
    late_for: Mapped[timedelta] = mapped_column(Interval)
    created_at: Mapped[datetime]


class CandidateRow(SchoolScoped, Base):
    """A pupil on the list of a session."""

    __tablename__ = "exam_candidates"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "session_id"], ["exam_sessions.school_id", "exam_sessions.id"]),
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        UniqueConstraint("school_id", "session_id", "student_id"),
        UniqueConstraint("school_id", "session_id", "number"),
    )

    session_id: Mapped[UUID]
    student_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(20))

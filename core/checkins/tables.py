"""The tables of check-ins, of leave asked for, and of the daily look for who did not come.

The citizen number is kept only of unknown persons, sealed; of a note of leave only whom and which days it is for.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Float, ForeignKeyConstraint, Index, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed


class CheckInRow(SchoolScoped, Base):
    """One check-in. The exam session is what the kiosk named: it need not exist, a fact is never lost."""

    __tablename__ = "check_ins"
    __table_args__ = (
        UniqueConstraint("school_id", "report_id"),
        ForeignKeyConstraint(["school_id", "device_id"], ["devices.school_id", "devices.id"]),
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        Index(None, "school_id", "school_day", "student_id"),
        Index(None, "recorded_at"),
    )

    report_id: Mapped[UUID]
    report_index: Mapped[BlindIndex]
    device_id: Mapped[UUID]
    student_id: Mapped[UUID | None]
    exam_session_id: Mapped[UUID | None]
    mode: Mapped[str] = mapped_column(String(20))
    identified_by: Mapped[str] = mapped_column(String(20))
    chip: Mapped[str] = mapped_column(String(40))
    face: Mapped[str] = mapped_column(String(20))
    face_score: Mapped[float | None] = mapped_column(Float)
    liveness_passed: Mapped[bool | None]
    observed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    school_day: Mapped[date] = mapped_column(Date)
    provisional: Mapped[bool]
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(40))
    punctuality: Mapped[str] = mapped_column(String(20))
    sealed_receipt: Mapped[Sealed]
    sealed_citizen_id: Mapped[Sealed | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(60))


class LeaveNoteRow(SchoolScoped, Base):
    """A guardian asked leave for a pupil. Without days nothing certain was said of them."""

    __tablename__ = "leave_notes"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        Index(None, "school_id", "said_at"),
        Index(None, "said_at"),
    )

    student_id: Mapped[UUID]
    first_on: Mapped[date | None] = mapped_column(Date)
    last_on: Mapped[date | None] = mapped_column(Date)
    said_at: Mapped[datetime]


class AbsenceRoundRow(Base):
    """That a school was looked at on a day: one row makes one round of messages."""

    __tablename__ = "absence_rounds"
    __table_args__ = (ForeignKeyConstraint(["school_id"], ["schools.school_id"]),)

    school_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    school_day: Mapped[date] = mapped_column(Date, primary_key=True)
    looked_at: Mapped[datetime]

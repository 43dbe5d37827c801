"""The tables of schools and of their calendars. Private to this slice."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, String, Time, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped


class SchoolRow(Base):
    """One school; its id is the `school_id` of everything else."""

    __tablename__ = "schools"
    __table_args__ = (CheckConstraint("opens <= starts AND starts <= late_after", name="day_in_order"),)

    school_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    opens: Mapped[time] = mapped_column(Time)
    starts: Mapped[time] = mapped_column(Time)
    late_after: Mapped[time] = mapped_column(Time)
    created_at: Mapped[datetime]
    lessons_on_saturdays: Mapped[bool | None]
    absent_after: Mapped[time | None] = mapped_column(Time)


class SchoolSpanRow(SchoolScoped, Base):
    """Days in a row that a school declared off, or days of lessons made up; the service keeps them apart."""

    __tablename__ = "school_spans"
    __table_args__ = (
        ForeignKeyConstraint(["school_id"], ["schools.school_id"]),
        CheckConstraint("first_on <= last_on", name="in_order"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    first_on: Mapped[date] = mapped_column(Date)
    last_on: Mapped[date] = mapped_column(Date)

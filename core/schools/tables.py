"""The table of schools. Private to this slice."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Time, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base


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

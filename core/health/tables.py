"""The signs of health: what programs said of themselves last. Private to this slice; no personal data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base


class HealthSignRow(Base):
    """One sign of one school; `since` is when it began to say this."""

    __tablename__ = "health_signs"

    school_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    failure: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime]
    seen_at: Mapped[datetime]

"""The table of broadcasts. Private to this slice; who got one is the outbox's to know."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped, Sealed


class BroadcastRow(SchoolScoped, Base):
    """One announcement; `cursor` is the last guardian for whom messages were written."""

    __tablename__ = "broadcasts"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'scheduled', 'running', 'sent', 'stopped')", name="status"),
        Index(
            "ix_broadcasts_due", "starts_at", postgresql_where=text("status IN ('scheduled', 'running')")
        ),
        Index(None, "school_id", "created_at"),
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[Sealed]
    audience: Mapped[str] = mapped_column(String(20))
    audience_values: Mapped[list[str]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(String(12), server_default=text("'draft'"))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(String(80))
    starts_at: Mapped[datetime | None]
    cursor: Mapped[UUID | None]
    people: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    messages: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    unreached: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    expanded_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None] = mapped_column(String(80))
    stopped_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

"""The tables of preferences. A person is known by the fingerprint of (channel, address) alone."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import CheckConstraint, Index, String, Text, Time, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed


class PreferenceRow(SchoolScoped, Base):
    """How one chat wants one kind of message; the empty fingerprint holds the school's own default."""

    __tablename__ = "notification_preferences"
    __table_args__ = (
        UniqueConstraint("school_id", "lane", "kind"),
        CheckConstraint("mode IN ('now', 'digest', 'off')", name="mode"),
    )

    lane: Mapped[BlindIndex]
    kind: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(10))
    digest_at: Mapped[time] = mapped_column(Time)
    changed_at: Mapped[datetime]


class DigestItemRow(SchoolScoped, Base):
    """A message that waits for the daily digest of its chat; once told it is empty and never due again."""

    __tablename__ = "notification_digest_items"
    __table_args__ = (
        UniqueConstraint("school_id", "dedupe_key"),
        Index(None, "due_at"),
        Index(None, "kept_at"),
        Index(None, "school_id", "lane", "due_at"),
    )

    lane: Mapped[BlindIndex]
    content: Mapped[Sealed]
    dedupe_key: Mapped[str] = mapped_column(Text(collation="C"))
    due_at: Mapped[datetime]
    kept_at: Mapped[datetime]

"""The table of the inbox. `content` seals ordering key and payload; `lane` is the fingerprint of the key."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed


class InboxRow(SchoolScoped, Base):
    """One outside fact."""

    __tablename__ = "inbox_events"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    source: Mapped[str] = mapped_column(Text)
    external_id: Mapped[str] = mapped_column(Text)
    lane: Mapped[BlindIndex]
    content: Mapped[Sealed]
    status: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    received_at: Mapped[datetime]
    attempt_at: Mapped[datetime]
    lease_token: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("school_id", "source", "external_id"),
        CheckConstraint("status IN ('queued', 'working', 'done', 'parked')", name="status"),
        CheckConstraint("(status = 'working') = (lease_token IS NOT NULL)", name="lease"),
        # The promise "never two of one chat at once", kept by the database itself.
        Index(
            "uq_inbox_events_working", "school_id", "lane", unique=True,
            postgresql_where=text("status = 'working'"),
        ),
        Index(
            "ix_inbox_events_waiting", "school_id", "lane", "seq",
            postgresql_where=text("status IN ('queued', 'working')"),
        ),
        Index("ix_inbox_events_queued", "seq", postgresql_where=text("status = 'queued'")),
        Index("ix_inbox_events_parked", "school_id", "seq", postgresql_where=text("status = 'parked'")),
        Index("ix_inbox_events_done", "finished_at", postgresql_where=text("status = 'done'")),
    )  # fmt: skip

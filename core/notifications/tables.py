"""The outbox. `content` seals address and params; `lane` is the fingerprint of (channel, address)."""

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
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed

_OPEN = text("status IN ('queued', 'sending')")
_DONE = text("status IN ('sent', 'expired', 'rerouted')")


class NotificationRow(SchoolScoped, Base):
    """One message to one person."""

    __tablename__ = "notifications"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    channel: Mapped[str] = mapped_column(Text)
    lane: Mapped[BlindIndex]
    key: Mapped[str] = mapped_column(Text)
    content: Mapped[Sealed]
    dedupe_key: Mapped[str] = mapped_column(Text(collation="C"))
    """Plainly collated, so that a search by its beginning uses the unique index."""
    urgency: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(Text, server_default=text("'queued'"))
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempt_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    lease_token: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))

    __table_args__ = (
        UniqueConstraint("school_id", "dedupe_key"),
        CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'parked', 'expired', 'rerouted')", name="status"
        ),
        CheckConstraint("urgency BETWEEN 0 AND 3", name="urgency"),
        CheckConstraint("(status = 'sending') = (lease_token IS NOT NULL)", name="lease"),
        # The promise "never two to one chat at once", kept by the database itself.
        Index(
            "uq_notifications_sending", "school_id", "lane", unique=True,
            postgresql_where=text("status = 'sending'"),
        ),
        Index(
            "ix_notifications_waiting", "school_id", "lane", "urgency", "seq", postgresql_where=_OPEN
        ),
        Index(
            "ix_notifications_queued", "channel", "urgency", "seq",
            postgresql_where=text("status = 'queued'"),
        ),
        Index(
            "ix_notifications_expiring", "expires_at",
            postgresql_where=text("status = 'queued' AND expires_at IS NOT NULL"),
        ),
        Index("ix_notifications_parked", "school_id", "seq", postgresql_where=text("status = 'parked'")),
        Index("ix_notifications_history", "school_id", "lane", "seq"),
        Index("ix_notifications_done", "finished_at", postgresql_where=_DONE),
    )  # fmt: skip


class DeliveryPaceRow(Base):
    """How far the quota of a channel is spent.

    The one table without a school: the name says whose quota it is, a channel's for all schools ("telegram") or that of
    one school's own account ("telegram:<school>").
    """

    __tablename__ = "delivery_paces"

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    spent_until: Mapped[datetime]
    paused_until: Mapped[datetime]


class DeliveryLaneRow(Base):
    """How far one chat's own quota is spent, and when it may get its next message; old rows mean nothing."""

    __tablename__ = "delivery_lanes"

    school_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    lane: Mapped[BlindIndex] = mapped_column(primary_key=True)
    spent_until: Mapped[datetime]
    open_at: Mapped[datetime]

    __table_args__ = (Index("ix_delivery_lanes_open_at", "open_at"),)

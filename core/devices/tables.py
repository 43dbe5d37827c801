"""Devices, the one-time codes that enrol them, and what they are ordered to do. Private to this slice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, Json, SchoolScoped, Sealed


class DeviceRow(SchoolScoped, Base):
    """One kiosk. Its id is unique over all schools: a signed request names the device alone."""

    __tablename__ = "devices"
    __table_args__ = (UniqueConstraint("id"), UniqueConstraint("public_key"))

    name: Mapped[str] = mapped_column(String(80))
    public_key: Mapped[bytes]
    enrolled_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    software: Mapped[str | None] = mapped_column(String(60))
    spooled: Mapped[int | None] = mapped_column(Integer)
    drained_at: Mapped[datetime | None]


class EnrolmentCodeRow(SchoolScoped, Base):
    """One code, known by its selector and by the keyed fingerprint of its secret part."""

    __tablename__ = "device_enrolment_codes"
    __table_args__ = (
        UniqueConstraint("selector"),
        ForeignKeyConstraint(["school_id", "device_id"], ["devices.school_id", "devices.id"]),
    )

    name: Mapped[str] = mapped_column(String(80))
    selector: Mapped[str] = mapped_column(String(4))
    secret_index: Mapped[BlindIndex]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    device_id: Mapped[UUID | None]


class DeviceCommandRow(SchoolScoped, Base):
    """One order to one kiosk and what became of it. `outcome` is empty while it is open."""

    __tablename__ = "device_commands"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "device_id"], ["devices.school_id", "devices.id"]),
        Index(None, "school_id", "device_id", "issued_at"),
        Index(
            "ix_device_commands_open",
            "school_id",
            "device_id",
            "expires_at",
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    device_id: Mapped[UUID]
    order: Mapped[Json]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(60))
    sealed_reply_to: Mapped[Sealed | None]
    expires_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    detail: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[Json | None]

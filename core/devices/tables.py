"""Devices and the one-time codes that enrol them. Private to this slice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped


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

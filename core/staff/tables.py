"""Staff accounts, sessions and wrong tries. Private to this slice; names are sealed, passwords and tokens hashed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed


class StaffRow(SchoolScoped, Base):
    """One account. Username and citizen number are unique over all schools: sign-in asks for no school."""

    __tablename__ = "staff_accounts"
    __table_args__ = (UniqueConstraint("username"), UniqueConstraint("citizen_index"))

    username: Mapped[str] = mapped_column(String(40))
    sealed_name: Mapped[Sealed]
    role: Mapped[str] = mapped_column(String(20))
    class_id: Mapped[UUID | None]
    password_hash: Mapped[str] = mapped_column(Text)
    must_change: Mapped[bool] = mapped_column(server_default=text("false"))
    sealed_totp: Mapped[Sealed | None]
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    recovery: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    sealed_citizen_id: Mapped[Sealed | None]
    citizen_index: Mapped[BlindIndex | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class SessionRow(SchoolScoped, Base):
    """One signed-in browser, known by the hash of its token."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        ForeignKeyConstraint(
            ["school_id", "staff_id"], ["staff_accounts.school_id", "staff_accounts.id"], ondelete="CASCADE"
        ),
        Index(None, "expires_at"),
    )

    staff_id: Mapped[UUID]
    token_hash: Mapped[BlindIndex]
    stage: Mapped[str] = mapped_column(String(10), server_default=text("'open'"))
    method: Mapped[str] = mapped_column(String(10), server_default=text("'password'"))
    agent: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class AttemptsRow(SchoolScoped, Base):
    """Wrong tries of one username or one address, whose keyed fingerprint is the id; of no school."""

    __tablename__ = "staff_sign_in_attempts"
    __table_args__ = (Index(None, "last_at"),)

    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[datetime | None]
    last_at: Mapped[datetime]

"""Staff accounts and sessions. Private to this slice; names are sealed, passwords and tokens hashed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed


class StaffRow(SchoolScoped, Base):
    """One account. The username is unique over all schools: the sign-in page asks for no school."""

    __tablename__ = "staff_accounts"
    __table_args__ = (UniqueConstraint("username"),)

    username: Mapped[str] = mapped_column(String(40))
    sealed_name: Mapped[Sealed]
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(Text)
    sealed_totp: Mapped[Sealed | None]
    failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    locked_until: Mapped[datetime | None]
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
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]

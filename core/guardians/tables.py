"""The tables of guardians. Private to this slice; personal data is sealed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped


def _of_guardian() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["school_id", "guardian_id"], ["guardians.school_id", "guardians.id"])


class GuardianRow(SchoolScoped, Base):
    """A guardian: name and phone in one sealed value; the same phone is the same guardian."""

    __tablename__ = "guardians"
    __table_args__ = (UniqueConstraint("school_id", "phone_index"),)

    sealed_profile: Mapped[bytes]
    phone_index: Mapped[bytes | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class GuardianshipRow(SchoolScoped, Base):
    """One guardian of one pupil."""

    __tablename__ = "guardianships"
    __table_args__ = (
        ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"]),
        _of_guardian(),
        UniqueConstraint("school_id", "student_id", "guardian_id"),
        Index(None, "school_id", "guardian_id"),
    )

    student_id: Mapped[UUID]
    guardian_id: Mapped[UUID]
    relation: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(30))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class GuardianAccountRow(SchoolScoped, Base):
    """A chat account that speaks for a guardian."""

    __tablename__ = "guardian_accounts"
    __table_args__ = (
        _of_guardian(),
        ForeignKeyConstraint(
            ["school_id", "chat_account_id"],
            ["chat_accounts.school_id", "chat_accounts.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("school_id", "chat_account_id", "guardian_id"),
        Index(None, "school_id", "guardian_id"),
    )

    guardian_id: Mapped[UUID]
    chat_account_id: Mapped[UUID]
    linked_at: Mapped[datetime]


class LinkCodeRow(SchoolScoped, Base):
    """A one-time code, known by its fingerprint."""

    __tablename__ = "guardian_link_codes"
    __table_args__ = (_of_guardian(), Index(None, "school_id", "code_index"))

    guardian_id: Mapped[UUID]
    code_index: Mapped[bytes]
    strength: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LinkAttemptsRow(SchoolScoped, Base):
    """The wrong codes of one chat account, whose id is the row's."""

    __tablename__ = "guardian_link_attempts"

    failures: Mapped[int]
    blocked_until: Mapped[datetime | None]

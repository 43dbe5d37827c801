"""The tables of guardians. Private to this slice; personal data is sealed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, SchoolScoped


def _of_guardian() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["school_id", "guardian_id"], ["guardians.school_id", "guardians.id"])


class GuardianRow(SchoolScoped, Base):
    """A guardian: name and phone in one sealed value, number and date of birth in another once they are known.

    The same phone is the same guardian. One person may stand here twice (two phones on two children's lines),
    so the number is not unique.
    """

    __tablename__ = "guardians"
    __table_args__ = (UniqueConstraint("school_id", "phone_index"), Index(None, "school_id", "citizen_index"))

    sealed_profile: Mapped[bytes]
    phone_index: Mapped[bytes | None]
    sealed_identity: Mapped[bytes | None]
    citizen_index: Mapped[bytes | None]
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
    valid_until: Mapped[date | None]
    adult_agreed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class GuardianAccountRow(SchoolScoped, Base):
    """A chat account that speaks for a guardian, and how surely it is the guardian's (0 to 3)."""

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
    level: Mapped[int]
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
    """Failed attempts. The row's id is a chat account's, or a fingerprint of a number, an address or a kiosk."""

    __tablename__ = "guardian_link_attempts"

    failures: Mapped[int]
    blocked_until: Mapped[datetime | None]
    last_at: Mapped[datetime | None]


def _of_student() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["school_id", "student_id"], ["students.school_id", "students.id"])


def _of_account() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["school_id", "chat_account_id"], ["chat_accounts.school_id", "chat_accounts.id"], ondelete="CASCADE"
    )


class GuardianshipStepRow(SchoolScoped, Base):
    """One thing that happened to a guardianship; the database refuses to change it afterwards."""

    __tablename__ = "guardianship_steps"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "guardianship_id"],
            ["guardianships.school_id", "guardianships.id"],
            ondelete="CASCADE",
        ),
        Index(None, "school_id", "guardianship_id"),
        Index(None, "school_id", "at"),
    )

    guardianship_id: Mapped[UUID]
    event: Mapped[str] = mapped_column(String(30))
    state_before: Mapped[str] = mapped_column(String(30))
    state_after: Mapped[str] = mapped_column(String(30))
    actor: Mapped[str] = mapped_column(String(120))
    evidence: Mapped[str] = mapped_column(String(120))
    sealed_reason: Mapped[bytes | None]
    at: Mapped[datetime]


class TicketRow(SchoolScoped, Base):
    """A one-time ticket from the chat, for our page or for the kiosk; known by its fingerprint."""

    __tablename__ = "guardian_tickets"
    __table_args__ = (
        _of_account(),
        Index(None, "school_id", "ticket_index"),
        Index(None, "school_id", "chat_account_id"),
    )

    chat_account_id: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(20))
    ticket_index: Mapped[bytes]
    looks: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class CaseRow(SchoolScoped, Base):
    """Something that a person of the school has to decide: a claim nobody could match, or a conflict."""

    __tablename__ = "guardian_cases"
    __table_args__ = (
        _of_account(),
        _of_student(),
        ForeignKeyConstraint(
            ["school_id", "guardianship_id"],
            ["guardianships.school_id", "guardianships.id"],
            ondelete="CASCADE",
        ),
        Index(None, "school_id", "status"),
        Index(None, "school_id", "chat_account_id"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    means: Mapped[str] = mapped_column(String(20))
    chat_account_id: Mapped[UUID | None]
    student_id: Mapped[UUID | None]
    guardianship_id: Mapped[UUID | None]
    sealed_details: Mapped[bytes]
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    sealed_reason: Mapped[bytes | None]


class RestrictionRow(SchoolScoped, Base):
    """Somebody who must not see a pupil's data, or must not pick the pupil up."""

    __tablename__ = "guardian_restrictions"
    __table_args__ = (
        _of_student(),
        Index(None, "school_id", "student_id"),
        Index(None, "school_id", "citizen_index"),
    )

    student_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(20))
    sealed_person: Mapped[bytes]
    citizen_index: Mapped[bytes | None]
    sealed_reason: Mapped[bytes]
    until: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(120))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None] = mapped_column(String(120))


class KioskReportRow(SchoolScoped, Base):
    """A guardian's visit to a kiosk, under the report's id, with the receipt that every repetition gets."""

    __tablename__ = "guardian_kiosk_reports"

    device_id: Mapped[UUID]
    report_index: Mapped[bytes]
    sealed_receipt: Mapped[bytes | None]
    recorded_at: Mapped[datetime]

"""Keys and their use, passages, asked questions, clusters, previews. Private to this slice; texts are sealed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Date,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, Json, SchoolScoped, Sealed


class ApiKeyRow(SchoolScoped, Base):
    """One key, known by the hash of its secret, with the counter of its newest minute."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("secret_hash"),)

    name: Mapped[str] = mapped_column(String(80))
    hint: Mapped[str] = mapped_column(String(12))
    secret_hash: Mapped[BlindIndex]
    scopes: Mapped[str] = mapped_column(String(200))
    per_minute: Mapped[int] = mapped_column(Integer)
    per_day: Mapped[int] = mapped_column(Integer)
    minute_at: Mapped[datetime]
    minute_used: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_by: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ApiKeyDayRow(Base):
    """What a key used on one school day."""

    __tablename__ = "api_key_days"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "key_id"], ["api_keys.school_id", "api_keys.id"], ondelete="CASCADE"
        ),
    )

    school_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    key_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    used: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int] = mapped_column(Integer)


class SchoolPassageRow(SchoolScoped, Base):
    """One passage of the school; what it says and who wrote it is sealed."""

    __tablename__ = "school_passages"
    __table_args__ = (Index(None, "school_id", "status"),)

    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    sealed_content: Mapped[Sealed]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))


class AskedRow(SchoolScoped, Base):
    """One question that the knowledge base was asked; its id is that of the turn."""

    __tablename__ = "asked_questions"
    __table_args__ = (Index(None, "school_id", "asked_at"), Index(None, "asked_at"))

    sealed_text: Mapped[Sealed]
    behaviour: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[float] = mapped_column(Float)
    passages: Mapped[Json]
    rating: Mapped[str | None] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class ClusterRow(SchoolScoped, Base):
    """One group of questions, replaced whole at every grouping; `id` is its middle question."""

    __tablename__ = "question_clusters"

    size: Mapped[int] = mapped_column(Integer)
    members: Mapped[Json]


class PreviewRow(SchoolScoped, Base):
    """One question that staff try; a bot process writes the answer."""

    __tablename__ = "answer_previews"
    __table_args__ = (Index(None, "school_id", "answered_at"),)

    passage_id: Mapped[UUID | None]
    sealed_question: Mapped[Sealed]
    sealed_answer: Mapped[Sealed | None]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class AnswersStateRow(Base):
    """Where the school's answers stand: one row a school."""

    __tablename__ = "answers_states"

    school_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    loaded_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    loaded_at: Mapped[datetime | None]
    clusters_wanted_at: Mapped[datetime | None]
    clustered_at: Mapped[datetime | None]

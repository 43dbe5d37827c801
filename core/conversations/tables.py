"""The tables of the conversations slice.

Addresses and sentences are sealed; an account is found by its blind index.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed


class ChatAccountRow(SchoolScoped, Base):
    """One chat account, found by the blind index of its address."""

    __tablename__ = "chat_accounts"
    __table_args__ = (UniqueConstraint("school_id", "channel", "address_index"),)

    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[Sealed]
    address_index: Mapped[BlindIndex]
    locale: Mapped[str] = mapped_column(String(8))
    state: Mapped[Sealed | None]
    conversation_id: Mapped[UUID]
    introduced_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class ChatTurnRow(SchoolScoped, Base):
    """One message of a person and what was answered."""

    __tablename__ = "chat_turns"
    __table_args__ = (
        UniqueConstraint("school_id", "account_id", "message_id"),
        ForeignKeyConstraint(
            ["school_id", "account_id"], ["chat_accounts.school_id", "chat_accounts.id"], ondelete="CASCADE"
        ),
        Index(None, "school_id", "account_id", "id"),
    )

    account_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    message_id: Mapped[str] = mapped_column(String(200))
    said: Mapped[Sealed]
    answered: Mapped[Sealed | None]
    flow: Mapped[str | None] = mapped_column(String(40))
    said_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ChatLineRow(SchoolScoped, Base):
    """One line of the web chat page; other channels keep their own history."""

    __tablename__ = "chat_lines"
    __table_args__ = (
        UniqueConstraint("school_id", "account_id", "external_id"),
        ForeignKeyConstraint(
            ["school_id", "account_id"], ["chat_accounts.school_id", "chat_accounts.id"], ondelete="CASCADE"
        ),
        Index(None, "school_id", "account_id", "id"),
    )

    account_id: Mapped[UUID]
    external_id: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(16))
    body: Mapped[Sealed]
    said_at: Mapped[datetime]


class HandoverRow(SchoolScoped, Base):
    """A conversation in the hands of staff; at most one open per account."""

    __tablename__ = "chat_handovers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["school_id", "account_id"], ["chat_accounts.school_id", "chat_accounts.id"], ondelete="CASCADE"
        ),
        Index(
            "uq_chat_handovers_open",
            "school_id",
            "account_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    account_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(String(40))
    urgency: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime]
    taken_by: Mapped[str | None] = mapped_column(String(120))
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ChannelTokenRow(SchoolScoped, Base):
    """The access and refresh token of one official account; the row is the lock under which they rotate."""

    __tablename__ = "chat_channel_tokens"
    __table_args__ = (UniqueConstraint("school_id", "channel"),)

    channel: Mapped[str] = mapped_column(String(80))
    access: Mapped[Sealed]
    refresh: Mapped[Sealed]
    expires_at: Mapped[datetime]
    rotated_at: Mapped[datetime]

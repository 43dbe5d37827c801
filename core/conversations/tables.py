"""The tables of the conversations slice.

Addresses and sentences are sealed; an account is found by its blind index.
"""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, SmallInteger, String, Time, UniqueConstraint, text
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
        Index(None, "said_at"),
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
        Index(None, "said_at"),
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
    stage: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    waiting_since: Mapped[datetime | None]
    raised_at: Mapped[datetime | None]
    taken_chat_id: Mapped[UUID | None]


class HandoverLineRow(SchoolScoped, Base):
    """What was said while staff had a conversation."""

    __tablename__ = "chat_handover_lines"
    __table_args__ = (
        UniqueConstraint("school_id", "handover_id", "external_id"),
        ForeignKeyConstraint(
            ["school_id", "handover_id"],
            ["chat_handovers.school_id", "chat_handovers.id"],
            ondelete="CASCADE",
        ),
    )

    handover_id: Mapped[UUID]
    external_id: Mapped[str] = mapped_column(String(200))
    origin: Mapped[str] = mapped_column(String(16))
    said: Mapped[Sealed]
    said_at: Mapped[datetime]


class StaffChatRow(SchoolScoped, Base):
    """A chat in which staff are told and answer; before it has joined, only its code is known."""

    __tablename__ = "chat_staff_chats"
    __table_args__ = (
        Index(
            "uq_chat_staff_chats_address", "school_id", "channel", "address_index", unique=True,
            postgresql_where=text("removed_at IS NULL AND joined_at IS NOT NULL"),
        ),
    )  # fmt: skip

    name: Mapped[Sealed]
    is_group: Mapped[bool]
    stage: Mapped[int] = mapped_column(SmallInteger)
    role: Mapped[str] = mapped_column(String(20), server_default=text("'head'"))
    class_id: Mapped[UUID | None]
    code_index: Mapped[BlindIndex | None]
    code_expires_at: Mapped[datetime | None]
    channel: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[Sealed | None]
    address_index: Mapped[BlindIndex | None]
    created_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class DeskRow(SchoolScoped, Base):
    """When staff of a school answer and how soon a silent one is passed over; the id is the school's."""

    __tablename__ = "chat_desks"

    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    days: Mapped[int] = mapped_column(SmallInteger)
    raise_after_minutes: Mapped[int] = mapped_column(SmallInteger)


class ChannelTokenRow(SchoolScoped, Base):
    """The access and refresh token of one official account; the row is the lock under which they rotate."""

    __tablename__ = "chat_channel_tokens"
    __table_args__ = (UniqueConstraint("school_id", "channel"),)

    channel: Mapped[str] = mapped_column(String(80))
    access: Mapped[Sealed]
    refresh: Mapped[Sealed]
    expires_at: Mapped[datetime]
    rotated_at: Mapped[datetime]

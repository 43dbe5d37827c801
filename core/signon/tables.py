"""The ways through the provider that are under way. Private to this slice; kept for minutes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed


class SignOnRow(SchoolScoped, Base):
    """One attempt. Tokens are hashed; nonce, verifier and the proven person are sealed."""

    __tablename__ = "sign_ons"
    __table_args__ = (
        UniqueConstraint("link_hash"),
        UniqueConstraint("state_hash"),
        ForeignKeyConstraint(
            ["school_id", "chat_account_id"],
            ["chat_accounts.school_id", "chat_accounts.id"],
            ondelete="CASCADE",
        ),
        Index(None, "school_id", "chat_account_id"),
        Index(None, "expires_at"),
    )

    purpose: Mapped[str] = mapped_column(String(10))
    chat_account_id: Mapped[UUID | None]
    link_hash: Mapped[BlindIndex | None]
    state_hash: Mapped[BlindIndex | None]
    browser_hash: Mapped[BlindIndex | None]
    sealed_secrets: Mapped[Sealed | None]
    sealed_person: Mapped[Sealed | None]
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

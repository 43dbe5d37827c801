"""The data keys of schools, each wrapped by a master key. Private to this slice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, Sequence, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, BlindIndex, SchoolScoped, Sealed

CHANGES = Sequence("vault_changes", metadata=Base.metadata)


class VaultKeyRow(SchoolScoped, Base):
    """One data key. `change` grows with every change of the table, so that readers see that there is news."""

    __tablename__ = "vault_keys"
    __table_args__ = (UniqueConstraint("school_id", "version"), UniqueConstraint("change"))

    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    indexing: Mapped[bool] = mapped_column(server_default=text("false"))
    key_id: Mapped[BlindIndex]
    master_id: Mapped[BlindIndex]
    wrapped: Mapped[Sealed]
    change: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

"""Rows of tickets. Private to the slice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.guardians.tables import TicketRow
from core.values.ids import ChatAccountId, new_id


@dataclass(frozen=True, slots=True)
class StoredTicket:
    """A ticket that can still be used."""

    id: UUID
    account_id: ChatAccountId
    looks: int


async def add(
    tx: Tx, account_id: ChatAccountId, purpose: str, index: bytes, times: tuple[datetime, datetime]
) -> None:
    """Keep the fingerprint of a ticket; `times` are now and the end."""
    now, expires_at = times
    await tx.session.execute(
        insert(TicketRow).values(
            school_id=tx.school_id,
            id=new_id(),
            chat_account_id=account_id,
            purpose=purpose,
            ticket_index=index,
            looks=0,
            created_at=now,
            expires_at=expires_at,
        )
    )


async def count_since(tx: Tx, account_id: ChatAccountId, since: datetime) -> int:
    """How many tickets an account took since then."""
    found = await tx.session.scalar(
        select(func.count()).where(
            TicketRow.school_id == tx.school_id,
            TicketRow.chat_account_id == account_id,
            TicketRow.created_at > since,
        )
    )
    return found or 0


async def lock(tx: Tx, purpose: str, index: bytes, now: datetime) -> StoredTicket | None:
    """The unused ticket with this fingerprint, locked until the transaction ends."""
    row = await tx.session.scalar(
        select(TicketRow)
        .where(
            TicketRow.school_id == tx.school_id,
            TicketRow.purpose == purpose,
            TicketRow.ticket_index == index,
            TicketRow.used_at.is_(None),
            TicketRow.expires_at > now,
        )
        .order_by(TicketRow.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
    )
    return StoredTicket(row.id, ChatAccountId(row.chat_account_id), row.looks) if row else None


async def change(
    tx: Tx, ticket_id: UUID, *, looks: int | None = None, used_at: datetime | None = None
) -> None:
    """Count a look, or note that the ticket is used."""
    values: dict[str, object] = {} if looks is None else {"looks": looks}
    if used_at is not None:
        values["used_at"] = used_at
    await tx.session.execute(
        update(TicketRow)
        .where(TicketRow.school_id == tx.school_id, TicketRow.id == ticket_id)
        .values(**values)
    )


async def forget(tx: Tx, before: datetime) -> int:
    """Delete tickets that ended before `before`."""
    gone = await tx.session.scalars(
        delete(TicketRow)
        .where(TicketRow.school_id == tx.school_id, TicketRow.expires_at < before)
        .returning(TicketRow.id)
    )
    return len(gone.all())

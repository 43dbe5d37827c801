"""The SQL of attempts to sign on. Private to this slice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.signon.tables import SignOnRow
from core.values.ids import ChatAccountId


async def add(tx: PlatformTx, values: dict[str, Any]) -> None:
    """Insert an attempt."""
    await tx.session.execute(insert(SignOnRow).values(**values))


async def lock_by_link(tx: PlatformTx, link_hash: bytes, now: datetime) -> SignOnRow | None:
    """The living attempt of a link, locked until the transaction ends."""
    return await _lock(tx, SignOnRow.link_hash == link_hash, now)


async def lock_by_state(tx: PlatformTx, state_hash: bytes, now: datetime) -> SignOnRow | None:
    """The living attempt with this state, locked until the transaction ends."""
    return await _lock(tx, SignOnRow.state_hash == state_hash, now)


async def lock_proven(tx: Tx, account_id: ChatAccountId, now: datetime) -> SignOnRow | None:
    """The newest proven attempt of a chat account, locked until the transaction ends."""
    return await tx.session.scalar(
        select(SignOnRow)
        .where(
            SignOnRow.school_id == tx.school_id,
            SignOnRow.chat_account_id == account_id,
            SignOnRow.sealed_person.isnot(None),
            SignOnRow.expires_at > now,
        )
        .order_by(SignOnRow.id.desc())
        .limit(1)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )


async def change(tx: PlatformTx, row: SignOnRow, **values: Any) -> None:
    """Overwrite columns of an attempt."""
    await tx.session.execute(
        update(SignOnRow).where(SignOnRow.school_id == row.school_id, SignOnRow.id == row.id).values(**values)
    )


async def remove(tx: PlatformTx, school_id: UUID, id_: UUID) -> None:
    """Forget an attempt."""
    await tx.session.execute(delete(SignOnRow).where(SignOnRow.school_id == school_id, SignOnRow.id == id_))


async def _lock(tx: PlatformTx, condition: Any, now: datetime) -> SignOnRow | None:
    return await tx.session.scalar(
        select(SignOnRow).where(condition, SignOnRow.expires_at > now).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )

"""The SQL of staff accounts and sessions. Private to this slice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.staff.tables import SessionRow, StaffRow
from core.values.ids import StaffId


async def insert_account(tx: Tx, values: dict[str, Any]) -> bool:
    """Insert an account; False when the username is taken."""
    done = await tx.session.execute(
        insert(StaffRow)
        .values(school_id=tx.school_id, **values)
        .on_conflict_do_nothing(index_elements=["username"])
        .returning(StaffRow.id)
    )
    return done.scalar() is not None


async def find_by_username(tx: PlatformTx, username: str) -> StaffRow | None:
    """The open account with this username, of whichever school."""
    return await tx.session.scalar(
        select(StaffRow).where(StaffRow.username == username, StaffRow.closed_at.is_(None))
    )


async def lock_account(tx: Tx, staff_id: StaffId) -> StaffRow | None:
    """An account, locked until the transaction ends."""
    return await tx.session.scalar(
        select(StaffRow).where(StaffRow.school_id == tx.school_id, StaffRow.id == staff_id).with_for_update(),
        execution_options={"populate_existing": True},
    )


async def change_account(tx: Tx, staff_id: StaffId, **values: Any) -> None:
    """Overwrite columns of an account."""
    await tx.session.execute(
        update(StaffRow).where(StaffRow.school_id == tx.school_id, StaffRow.id == staff_id).values(**values)
    )


async def insert_session(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a session."""
    await tx.session.execute(insert(SessionRow).values(school_id=tx.school_id, **values))


async def find_session(
    tx: PlatformTx, token_hash: bytes, now: datetime
) -> tuple[SessionRow, StaffRow] | None:
    """The living session with this token, and its open account."""
    statement = (
        select(SessionRow, StaffRow)
        .join(StaffRow, (StaffRow.school_id == SessionRow.school_id) & (StaffRow.id == SessionRow.staff_id))
        .where(SessionRow.token_hash == token_hash, SessionRow.expires_at > now, StaffRow.closed_at.is_(None))
    )
    found = (await tx.session.execute(statement)).one_or_none()
    return (found[0], found[1]) if found else None


async def touch_session(tx: PlatformTx, token_hash: bytes, now: datetime) -> None:
    """Note that the session was used."""
    await tx.session.execute(
        update(SessionRow).where(SessionRow.token_hash == token_hash).values(seen_at=now)
    )


async def delete_session(tx: PlatformTx, token_hash: bytes) -> None:
    """Forget a session."""
    await tx.session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


async def forget_sessions(tx: PlatformTx, now: datetime) -> None:
    """Forget the sessions that have ended."""
    await tx.session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))

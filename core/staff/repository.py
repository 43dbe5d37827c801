"""The SQL of staff accounts, sessions and wrong tries. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from core.db.transaction import PlatformTx, Tx
from core.staff.tables import AttemptsRow, SessionRow, StaffRow
from core.values.ids import StaffId
from core.vault.keyring import PLATFORM


async def insert_account(tx: Tx, values: dict[str, Any]) -> bool:
    """Insert an account; False when the username or the citizen number is taken."""
    done = await tx.session.execute(
        insert(StaffRow)
        .values(school_id=tx.school_id, **values)
        .on_conflict_do_nothing()
        .returning(StaffRow.id)
    )
    return done.scalar() is not None


async def find_by_username(tx: PlatformTx, username: str) -> StaffRow | None:
    """The open account with this username, of whichever school."""
    return await tx.session.scalar(
        select(StaffRow).where(StaffRow.username == username, StaffRow.closed_at.is_(None))
    )


async def find_by_citizen(tx: PlatformTx, index: bytes) -> StaffRow | None:
    """The open account with this citizen number, of whichever school."""
    return await tx.session.scalar(
        select(StaffRow).where(StaffRow.citizen_index == index, StaffRow.closed_at.is_(None))
    )


async def list_accounts(tx: Tx) -> Sequence[StaffRow]:
    """Every account of the school, open ones first."""
    statement = select(StaffRow).where(StaffRow.school_id == tx.school_id)
    return (
        await tx.session.scalars(statement.order_by(StaffRow.closed_at.isnot(None), StaffRow.username))
    ).all()


async def list_of_classes(tx: Tx, role: str, class_ids: Collection[UUID]) -> Sequence[StaffRow]:
    """The open accounts with this role and one of these classes, oldest first."""
    rows = await tx.session.scalars(
        select(StaffRow)
        .where(
            StaffRow.school_id == tx.school_id,
            StaffRow.role == role,
            StaffRow.class_id.in_(class_ids),
            StaffRow.closed_at.is_(None),
        )
        .order_by(StaffRow.id)
    )
    return rows.all()


async def lock_account(tx: Tx, staff_id: StaffId) -> StaffRow | None:
    """An account, locked until the transaction ends."""
    return await tx.session.scalar(
        select(StaffRow)
        .where(StaffRow.school_id == tx.school_id, StaffRow.id == staff_id)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )


async def lock_role(tx: Tx, role: str) -> Sequence[UUID]:
    """The open accounts with this role, locked, so that two of the last two cannot leave at once."""
    statement = select(StaffRow.id).where(
        StaffRow.school_id == tx.school_id, StaffRow.role == role, StaffRow.closed_at.is_(None)
    )
    return (await tx.session.scalars(statement.order_by(StaffRow.id).with_for_update(key_share=True))).all()


async def change_account(tx: Tx, staff_id: StaffId, **values: Any) -> bool:
    """Overwrite columns of an account; False when another has this citizen number."""
    statement = update(StaffRow).where(StaffRow.school_id == tx.school_id, StaffRow.id == staff_id)
    try:
        async with tx.session.begin_nested():
            await tx.session.execute(statement.values(**values))
    except IntegrityError:
        return False
    return True


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


async def list_sessions(tx: Tx, staff_id: StaffId, now: datetime) -> Sequence[SessionRow]:
    """The living sessions of an account, the last used first."""
    statement = select(SessionRow).where(
        SessionRow.school_id == tx.school_id, SessionRow.staff_id == staff_id, SessionRow.expires_at > now
    )
    return (await tx.session.scalars(statement.order_by(SessionRow.seen_at.desc()))).all()


async def touch_session(tx: PlatformTx, token_hash: bytes, now: datetime) -> None:
    """Note that the session was used."""
    await tx.session.execute(
        update(SessionRow).where(SessionRow.token_hash == token_hash).values(seen_at=now)
    )


async def delete_session(tx: PlatformTx, token_hash: bytes) -> None:
    """Forget a session."""
    await tx.session.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


async def delete_sessions(
    tx: Tx, staff_id: StaffId, only: UUID | None = None, but: bytes | None = None
) -> int:
    """Forget one session of an account, or all of them but that with a token; how many there were."""
    statement = delete(SessionRow).where(
        SessionRow.school_id == tx.school_id, SessionRow.staff_id == staff_id
    )
    if only is not None:
        statement = statement.where(SessionRow.id == only)
    if but is not None:
        statement = statement.where(SessionRow.token_hash != but)
    return len((await tx.session.scalars(statement.returning(SessionRow.id))).all())


async def forget_sessions(tx: PlatformTx, now: datetime) -> None:
    """Forget the sessions that have ended."""
    await tx.session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))


async def list_attempts(tx: PlatformTx, ids: Collection[UUID]) -> Sequence[AttemptsRow]:
    """The wrong tries of these usernames and addresses."""
    statement = select(AttemptsRow).where(AttemptsRow.school_id == PLATFORM, AttemptsRow.id.in_(ids))
    return (await tx.session.scalars(statement, execution_options={"populate_existing": True})).all()


async def lock_attempts(tx: PlatformTx, id_: UUID, now: datetime) -> AttemptsRow:
    """The wrong tries of one username or address, locked until the transaction ends."""
    await tx.session.execute(
        insert(AttemptsRow)
        .values(school_id=PLATFORM, id=id_, failures=0, last_at=now)
        .on_conflict_do_nothing()
    )
    statement = select(AttemptsRow).where(AttemptsRow.school_id == PLATFORM, AttemptsRow.id == id_)
    found = await tx.session.scalars(
        statement.with_for_update(key_share=True), execution_options={"populate_existing": True}
    )
    return found.one()


async def save_attempts(
    tx: PlatformTx, id_: UUID, failures: int, locked_until: datetime | None, now: datetime
) -> None:
    """Remember a wrong try."""
    await tx.session.execute(
        update(AttemptsRow)
        .where(AttemptsRow.school_id == PLATFORM, AttemptsRow.id == id_)
        .values(failures=failures, locked_until=locked_until, last_at=now)
    )


async def forget_attempts(tx: PlatformTx, id_: UUID) -> None:
    """Start counting anew."""
    await tx.session.execute(
        delete(AttemptsRow).where(AttemptsRow.school_id == PLATFORM, AttemptsRow.id == id_)
    )

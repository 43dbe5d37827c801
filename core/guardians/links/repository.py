"""Rows of link codes, wrong attempts and linked chat accounts. A second repository, private to the slice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.guardians.codes import Attempts, LinkCode
from core.guardians.domain import CodeStrength
from core.guardians.tables import GuardianAccountRow, LinkAttemptsRow, LinkCodeRow
from core.values.ids import ChatAccountId, GuardianId, new_id
from core.vault.keyring import SchoolKeys

CODE = "guardian.link_code"


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A code on record, without the code."""

    id: UUID
    guardian_id: GuardianId
    strength: CodeStrength
    used: bool
    expires_at: datetime


async def add_code(tx: Tx, keys: SchoolKeys, code: LinkCode, stored: StoredCode, now: datetime) -> None:
    """Keep the fingerprint of a code."""
    await tx.session.execute(
        insert(LinkCodeRow).values(
            school_id=tx.school_id,
            id=stored.id,
            guardian_id=stored.guardian_id,
            code_index=keys.blind_index(code.value, CODE),
            strength=stored.strength,
            created_at=now,
            expires_at=stored.expires_at,
        )
    )


async def list_codes(tx: Tx, keys: SchoolKeys, code: LinkCode) -> tuple[StoredCode, ...]:
    """What is known about this code, newest first, locked until the transaction ends."""
    rows = await tx.session.scalars(
        select(LinkCodeRow)
        .where(
            LinkCodeRow.school_id == tx.school_id,
            LinkCodeRow.code_index == keys.blind_index(code.value, CODE),
        )
        .order_by(LinkCodeRow.id.desc())
        .with_for_update()
    )
    return tuple(
        StoredCode(
            row.id,
            GuardianId(row.guardian_id),
            CodeStrength(row.strength),
            row.used_at is not None,
            row.expires_at,
        )
        for row in rows
    )


async def use_code(tx: Tx, code_id: UUID, now: datetime) -> None:
    """A code is used once."""
    await tx.session.execute(
        update(LinkCodeRow)
        .where(LinkCodeRow.school_id == tx.school_id, LinkCodeRow.id == code_id)
        .values(used_at=now)
    )


async def lock_attempts(tx: Tx, account_id: ChatAccountId) -> Attempts:
    """The wrong attempts of an account; two attempts at once go one after the other."""
    await tx.session.execute(
        insert(LinkAttemptsRow)
        .values(school_id=tx.school_id, id=account_id, failures=0)
        .on_conflict_do_nothing()
    )
    row = (
        await tx.session.execute(
            select(LinkAttemptsRow.failures, LinkAttemptsRow.blocked_until)
            .where(LinkAttemptsRow.school_id == tx.school_id, LinkAttemptsRow.id == account_id)
            .with_for_update()
        )
    ).one()
    return Attempts(row.failures, row.blocked_until)


async def save_attempts(tx: Tx, account_id: ChatAccountId, attempts: Attempts) -> None:
    """Remember the wrong attempts of an account."""
    await tx.session.execute(
        update(LinkAttemptsRow)
        .where(LinkAttemptsRow.school_id == tx.school_id, LinkAttemptsRow.id == account_id)
        .values(failures=attempts.failures, blocked_until=attempts.blocked_until)
    )


async def link_account(tx: Tx, account_id: ChatAccountId, guardian_id: GuardianId, now: datetime) -> bool:
    """Let an account speak for a guardian; False when it already does."""
    added = await tx.session.scalar(
        insert(GuardianAccountRow)
        .values(
            school_id=tx.school_id,
            id=new_id(),
            guardian_id=guardian_id,
            chat_account_id=account_id,
            linked_at=now,
        )
        .on_conflict_do_nothing()
        .returning(GuardianAccountRow.id)
    )
    return added is not None


async def unlink_account(tx: Tx, account_id: ChatAccountId) -> int:
    """Take every guardian from an account; returns how many."""
    gone = await tx.session.scalars(
        delete(GuardianAccountRow)
        .where(GuardianAccountRow.school_id == tx.school_id, GuardianAccountRow.chat_account_id == account_id)
        .returning(GuardianAccountRow.id)
    )
    return len(gone.all())


async def list_accounts(tx: Tx, guardian_ids: Collection[GuardianId]) -> tuple[ChatAccountId, ...]:
    """The chat accounts that speak for these guardians, each once, oldest link first."""
    rows = await tx.session.scalars(
        select(GuardianAccountRow.chat_account_id)
        .where(GuardianAccountRow.school_id == tx.school_id, GuardianAccountRow.guardian_id.in_(guardian_ids))
        .order_by(GuardianAccountRow.id)
    )
    return tuple(dict.fromkeys(ChatAccountId(one) for one in rows))


async def is_linked(tx: Tx, account_id: ChatAccountId, guardian_ids: Collection[GuardianId]) -> bool:
    """Whether the account speaks for one of these guardians."""
    return account_id in await list_accounts(tx, guardian_ids)

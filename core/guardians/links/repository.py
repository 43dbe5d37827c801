"""Rows of link codes and linked chat accounts. A second repository, private to the slice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.guardians.codes import LinkCode
from core.guardians.domain import CodeStrength, Level
from core.guardians.tables import GuardianAccountRow, LinkCodeRow
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
            LinkCodeRow.code_index.in_(keys.blind_indexes(code.value, CODE)),
        )
        .order_by(LinkCodeRow.id.desc())
        .with_for_update(key_share=True)
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


async def link_account(
    tx: Tx, account_id: ChatAccountId, guardian_id: GuardianId, level: Level, now: datetime
) -> bool:
    """Let an account speak for a guardian at this level, or at the higher one it has; False when it already did."""
    fresh = new_id()
    kept = await tx.session.scalar(
        insert(GuardianAccountRow)
        .values(
            school_id=tx.school_id,
            id=fresh,
            guardian_id=guardian_id,
            chat_account_id=account_id,
            level=int(level),
            linked_at=now,
        )
        .on_conflict_do_update(
            index_elements=["school_id", "chat_account_id", "guardian_id"],
            set_={"level": func.greatest(GuardianAccountRow.level, int(level))},
        )
        .returning(GuardianAccountRow.id)
    )
    return kept == fresh


async def unlink_account(tx: Tx, account_id: ChatAccountId, guardian_id: GuardianId | None = None) -> int:
    """Take one guardian from an account, or every; returns how many."""
    chosen = [GuardianAccountRow.school_id == tx.school_id, GuardianAccountRow.chat_account_id == account_id]
    if guardian_id is not None:
        chosen.append(GuardianAccountRow.guardian_id == guardian_id)
    gone = await tx.session.scalars(
        delete(GuardianAccountRow).where(*chosen).returning(GuardianAccountRow.id)
    )
    return len(gone.all())


async def list_accounts(
    tx: Tx, guardian_ids: Collection[GuardianId]
) -> tuple[tuple[ChatAccountId, GuardianId, Level], ...]:
    """The chat accounts that speak for these guardians and how surely, oldest link first."""
    rows = await tx.session.execute(
        select(GuardianAccountRow.chat_account_id, GuardianAccountRow.guardian_id, GuardianAccountRow.level)
        .where(GuardianAccountRow.school_id == tx.school_id, GuardianAccountRow.guardian_id.in_(guardian_ids))
        .order_by(GuardianAccountRow.id)
    )
    return tuple(
        (ChatAccountId(account), GuardianId(guardian), Level(level)) for account, guardian, level in rows
    )


async def list_of_accounts(
    tx: Tx, account_ids: Collection[ChatAccountId]
) -> tuple[tuple[ChatAccountId, GuardianId, Level], ...]:
    """The guardians that these chat accounts speak for and how surely."""
    rows = await tx.session.execute(
        select(GuardianAccountRow.chat_account_id, GuardianAccountRow.guardian_id, GuardianAccountRow.level)
        .where(
            GuardianAccountRow.school_id == tx.school_id,
            GuardianAccountRow.chat_account_id.in_(account_ids),
        )
        .order_by(GuardianAccountRow.id)
    )
    return tuple(
        (ChatAccountId(account), GuardianId(guardian), Level(level)) for account, guardian, level in rows
    )


async def is_linked(tx: Tx, account_id: ChatAccountId, guardian_ids: Collection[GuardianId]) -> bool:
    """Whether the account speaks for one of these guardians."""
    return any(account == account_id for account, _, _ in await list_accounts(tx, guardian_ids))

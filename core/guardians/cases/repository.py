"""Rows of cases. Private to the slice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.guardians.cases.domain import Case, CaseKind, CaseStatus, NewCase, dump, load
from core.guardians.evidence import Identity
from core.guardians.tables import CaseRow
from core.values.ids import ChatAccountId, GuardianshipId, StudentId
from core.vault.keyring import SchoolKeys
from core.vault.unreadable import UNREADABLE

DETAILS = "guardian.case"
REASON = "guardian.case_reason"


async def add(tx: Tx, keys: SchoolKeys, id_: UUID, new: NewCase, now: datetime) -> None:
    """Keep a case."""
    await tx.session.execute(
        insert(CaseRow).values(
            school_id=tx.school_id,
            id=id_,
            kind=new.kind,
            status=CaseStatus.OPEN,
            means=new.means,
            chat_account_id=new.account_id,
            student_id=new.student_id,
            guardianship_id=new.guardianship_id,
            sealed_details=keys.seal(dump(new.identity, new.child), DETAILS),
            opened_at=now,
        )
    )


async def count_open(tx: Tx, account_id: ChatAccountId) -> int:
    """How many cases of an account wait."""
    found = await tx.session.scalar(
        select(func.count()).where(
            CaseRow.school_id == tx.school_id,
            CaseRow.chat_account_id == account_id,
            CaseRow.status == CaseStatus.OPEN,
        )
    )
    return found or 0


async def list_with(tx: Tx, keys: SchoolKeys, status: CaseStatus, limit: int) -> tuple[Case, ...]:
    """The cases in this status, oldest first."""
    return await _list(tx, keys, limit, CaseRow.status == status)


async def lock(tx: Tx, keys: SchoolKeys, case_id: UUID) -> Case | None:
    """One case, locked until the transaction ends; one that cannot be read is not decided."""
    row = await tx.session.scalar(
        select(CaseRow)
        .where(CaseRow.school_id == tx.school_id, CaseRow.id == case_id)
        .with_for_update(key_share=True)
    )
    return _case(keys, row, keys.open(row.sealed_details, DETAILS)) if row else None


async def decide(
    tx: Tx, keys: SchoolKeys, case_id: UUID, status: CaseStatus, by: tuple[str, str], now: datetime
) -> None:
    """Close a case: who did and why."""
    actor, reason = by
    await tx.session.execute(
        update(CaseRow)
        .where(CaseRow.school_id == tx.school_id, CaseRow.id == case_id)
        .values(status=status, decided_at=now, decided_by=actor, sealed_reason=keys.seal(reason, REASON))
    )


async def _list(tx: Tx, keys: SchoolKeys, limit: int, *chosen: ColumnElement[bool]) -> tuple[Case, ...]:
    rows = await tx.session.scalars(
        select(CaseRow).where(CaseRow.school_id == tx.school_id, *chosen).order_by(CaseRow.id).limit(limit)
    )
    return tuple(_case(keys, row, keys.read(row.sealed_details, DETAILS)) for row in rows)


def _case(keys: SchoolKeys, row: CaseRow, details: str | None) -> Case:
    identity, child = (Identity(None, UNREADABLE), None) if details is None else load(details)
    return Case(
        id=row.id,
        kind=CaseKind(row.kind),
        status=CaseStatus(row.status),
        means=row.means,
        account_id=ChatAccountId(row.chat_account_id) if row.chat_account_id else None,
        student_id=StudentId(row.student_id) if row.student_id else None,
        guardianship_id=GuardianshipId(row.guardianship_id) if row.guardianship_id else None,
        identity=identity,
        child=child,
        opened_at=row.opened_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=keys.show(row.sealed_reason, REASON),
    )

"""Pages of guardians and their chat accounts. A repository of its own, private to the slice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from core.db.transaction import Tx
from core.guardians.tables import GuardianAccountRow, GuardianshipRow


def _chosen(tx: Tx, states: Collection[str], students: Collection[UUID] | None) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [
        GuardianshipRow.school_id == tx.school_id,
        GuardianshipRow.state.in_(states),
    ]
    if students is not None:
        chosen.append(GuardianshipRow.student_id.in_(students))
    return chosen


async def page(
    tx: Tx, states: Collection[str], students: Collection[UUID] | None, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """Guardians in the order of their ids, after one of them."""
    statement = select(GuardianshipRow.guardian_id).where(*_chosen(tx, states, students)).distinct()
    if after is not None:
        statement = statement.where(GuardianshipRow.guardian_id > after)
    rows = await tx.session.scalars(statement.order_by(GuardianshipRow.guardian_id).limit(limit))
    return rows.all()


async def linked(tx: Tx, states: Collection[str], students: Collection[UUID]) -> Sequence[tuple[UUID, UUID]]:
    """(pupil, guardian) where the guardian has a chat."""
    chat = select(GuardianAccountRow.guardian_id).where(
        GuardianAccountRow.school_id == tx.school_id,
        GuardianAccountRow.guardian_id == GuardianshipRow.guardian_id,
    )
    rows = await tx.session.execute(
        select(GuardianshipRow.student_id, GuardianshipRow.guardian_id).where(
            *_chosen(tx, states, students), chat.exists()
        )
    )
    return [(student_id, guardian_id) for student_id, guardian_id in rows]


async def beside(tx: Tx, account_id: UUID) -> Sequence[UUID]:
    """The chat accounts of the same guardians as this one's, itself included when it is linked."""
    mine = select(GuardianAccountRow.guardian_id).where(
        GuardianAccountRow.school_id == tx.school_id, GuardianAccountRow.chat_account_id == account_id
    )
    rows = await tx.session.scalars(
        select(GuardianAccountRow.chat_account_id)
        .where(GuardianAccountRow.school_id == tx.school_id, GuardianAccountRow.guardian_id.in_(mine))
        .distinct()
    )
    return rows.all()

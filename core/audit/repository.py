"""The SQL of the audit trail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.audit.domain import Search
from core.audit.tables import AuditHeadRow, AuditRow
from core.db.transaction import Tx

_PAGE = 1000


async def lock_head(tx: Tx) -> AuditHeadRow:
    """The head of the school's trail, locked until the transaction ends."""
    await tx.session.execute(
        insert(AuditHeadRow).values(school_id=tx.school_id, number=0, mac=b"").on_conflict_do_nothing()
    )
    statement = (
        select(AuditHeadRow).where(AuditHeadRow.school_id == tx.school_id).with_for_update(key_share=True)
    )
    return (await tx.session.scalars(statement, execution_options={"populate_existing": True})).one()


async def find_head(tx: Tx) -> AuditHeadRow | None:
    """The head of the school's trail, if there is any entry."""
    statement = select(AuditHeadRow).where(AuditHeadRow.school_id == tx.school_id)
    return (await tx.session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()


async def append(tx: Tx, values: dict[str, object]) -> None:
    """Insert an entry and move the head to it."""
    await tx.session.execute(insert(AuditRow).values(school_id=tx.school_id, **values))
    await tx.session.execute(
        update(AuditHeadRow)
        .where(AuditHeadRow.school_id == tx.school_id)
        .values(number=values["number"], mac=values["mac"])
    )


async def in_order(tx: Tx) -> AsyncIterator[AuditRow]:
    """Every entry of the school from the first on, a page at a time."""
    last = 0
    while True:
        page = await _page_after(tx, last)
        for row in page:
            yield row
        if not page:
            return
        last = page[-1].number


async def list_latest(tx: Tx, wanted: Search, limit: int) -> Sequence[AuditRow]:
    """The newest entries first."""
    statement = select(AuditRow).where(AuditRow.school_id == tx.school_id)
    if wanted.subject is not None:
        statement = statement.where(AuditRow.subject == wanted.subject)
    if wanted.kind:
        statement = statement.where(AuditRow.action.startswith(f"{wanted.kind}.", autoescape=True))
    if wanted.actor:
        own = AuditRow.actor.startswith(f"{wanted.actor}:", autoescape=True)
        statement = statement.where((AuditRow.actor == wanted.actor) | own)
    if wanted.since is not None:
        statement = statement.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(AuditRow.at < wanted.until)
    if wanted.before is not None:
        statement = statement.where(AuditRow.number < wanted.before)
    return (await tx.session.scalars(statement.order_by(AuditRow.number.desc()).limit(limit))).all()


async def _page_after(tx: Tx, number: int) -> Sequence[AuditRow]:
    statement = (
        select(AuditRow)
        .where(AuditRow.school_id == tx.school_id, AuditRow.number > number)
        .order_by(AuditRow.number)
        .limit(_PAGE)
    )
    return (await tx.session.scalars(statement)).all()

"""The SQL that adds conversations up. Private to this slice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from core.conversations.desk.domain import SaidBy
from core.conversations.tables import ChatTurnRow, HandoverLineRow, HandoverRow
from core.db.transaction import Tx


async def messages(tx: Tx, since: datetime, until: datetime) -> int:
    """How many messages people wrote."""
    found = await tx.session.scalar(
        select(func.count()).where(
            ChatTurnRow.school_id == tx.school_id, ChatTurnRow.said_at >= since, ChatTurnRow.said_at < until
        )
    )
    return found or 0


async def handovers(tx: Tx, since: datetime, until: datetime) -> tuple[int, int, int, float | None]:
    """Opened, closed, opened and answered by `until`, and the median of seconds until that first answer."""
    first = (
        select(func.min(HandoverLineRow.said_at))
        .where(
            HandoverLineRow.school_id == HandoverRow.school_id,
            HandoverLineRow.handover_id == HandoverRow.id,
            HandoverLineRow.origin == SaidBy.STAFF.value,
            HandoverLineRow.said_at < until,
        )
        .scalar_subquery()
    )
    each = (
        select(
            _within(HandoverRow.opened_at, since, until).label("opened"),
            func.coalesce(_within(HandoverRow.closed_at, since, until), False).label("closed"),
            func.extract("epoch", first - HandoverRow.opened_at).label("seconds"),
        )
        .where(HandoverRow.school_id == tx.school_id)
        .subquery()
    )
    answered = each.c.opened & each.c.seconds.is_not(None)
    found = await tx.session.execute(
        select(
            func.count().filter(each.c.opened),
            func.count().filter(each.c.closed),
            func.count().filter(answered),
            func.percentile_cont(0.5).within_group(each.c.seconds).filter(answered),
        )
    )
    opened, closed, told, median = found.one()
    return opened, closed, told, None if median is None else float(median)


def _within(
    column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    since: datetime,
    until: datetime,
) -> ColumnElement[bool]:
    return and_(column >= since, column < until)

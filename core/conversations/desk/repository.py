"""The rows behind the desk: staff chats, hours, lines, and which hand-overs wait. Private to the slice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.conversations.domain import Handover, HandoverUrgency
from core.conversations.tables import DeskRow, HandoverLineRow, HandoverRow, StaffChatRow
from core.db.transaction import PlatformTx, Tx
from core.values.ids import ChatAccountId, new_id


async def open_handover(tx: Tx, **values: Any) -> Handover:
    """Open a hand-over, or raise the urgency of the open one and return it."""
    statement = insert(HandoverRow).values(school_id=tx.school_id, id=new_id(), **values)
    statement = statement.on_conflict_do_update(
        index_elements=["school_id", "account_id"],
        index_where=HandoverRow.closed_at.is_(None),
        set_={
            "urgency": case(
                (
                    or_(HandoverRow.urgency == "emergency", statement.excluded.urgency == "emergency"),
                    "emergency",
                ),
                else_=HandoverRow.urgency,
            )
        },
    )
    rows = await tx.session.scalars(
        statement.returning(HandoverRow), execution_options={"populate_existing": True}
    )
    return _handover(rows.one())


async def find_open(tx: Tx, account_id: UUID) -> Handover | None:
    """The open hand-over of an account."""
    statement = select(HandoverRow).where(
        HandoverRow.school_id == tx.school_id,
        HandoverRow.account_id == account_id,
        HandoverRow.closed_at.is_(None),
    )
    row = (await tx.session.scalars(statement)).one_or_none()
    return _handover(row) if row else None


async def list_open(tx: Tx) -> tuple[Handover, ...]:
    """Every open hand-over, emergencies first, then by age."""
    rows = await tx.session.scalars(
        select(HandoverRow)
        .where(HandoverRow.school_id == tx.school_id, HandoverRow.closed_at.is_(None))
        .order_by(HandoverRow.urgency, HandoverRow.opened_at)
    )
    return tuple(_handover(row) for row in rows)


async def find_handover(tx: Tx, handover_id: UUID, *, lock: bool = False) -> Handover | None:
    """One hand-over as it stands now, open or not; locked when asked."""
    statement = (
        select(HandoverRow)
        .where(HandoverRow.school_id == tx.school_id, HandoverRow.id == handover_id)
        .execution_options(populate_existing=True)
    )
    row = (
        await tx.session.scalars(statement.with_for_update(key_share=True) if lock else statement)
    ).one_or_none()
    return _handover(row) if row else None


async def list_closed(tx: Tx, limit: int) -> tuple[Handover, ...]:
    """The hand-overs that ended last, newest first."""
    rows = await tx.session.scalars(
        select(HandoverRow)
        .where(HandoverRow.school_id == tx.school_id, HandoverRow.closed_at.is_not(None))
        .order_by(HandoverRow.closed_at.desc())
        .limit(limit)
    )
    return tuple(_handover(row) for row in rows)


async def lock_open(tx: Tx) -> tuple[Handover, ...]:
    """The open hand-overs that no other process works on now, locked."""
    rows = await tx.session.scalars(
        select(HandoverRow)
        .where(HandoverRow.school_id == tx.school_id, HandoverRow.closed_at.is_(None))
        .order_by(HandoverRow.id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return tuple(_handover(row) for row in rows)


async def schools_with_open(tx: PlatformTx) -> tuple[UUID, ...]:
    """The schools in which a hand-over is open."""
    rows = await tx.session.scalars(
        select(HandoverRow.school_id).where(HandoverRow.closed_at.is_(None)).distinct()
    )
    return tuple(rows)


async def change_handover(tx: Tx, handover_id: UUID, **values: Any) -> None:
    """Change columns of one hand-over."""
    await tx.session.execute(
        update(HandoverRow)
        .where(HandoverRow.school_id == tx.school_id, HandoverRow.id == handover_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


async def wait(tx: Tx, handover_id: UUID, now: datetime) -> None:
    """Somebody waits for an answer, since now if nobody did: an answer given at this moment does not count for it."""
    await change_handover(tx, handover_id, waiting_since=func.coalesce(HandoverRow.waiting_since, now))


async def add_line(tx: Tx, **values: Any) -> bool:
    """Write a line; False when the same external id wrote it before."""
    added = await tx.session.scalar(
        insert(HandoverLineRow)
        .values(school_id=tx.school_id, id=new_id(), **values)
        .on_conflict_do_nothing(index_elements=["school_id", "handover_id", "external_id"])
        .returning(HandoverLineRow.id)
    )
    return added is not None


async def list_lines(tx: Tx, handover_id: UUID) -> Sequence[HandoverLineRow]:
    """The lines of a hand-over in order."""
    rows = await tx.session.scalars(
        select(HandoverLineRow)
        .where(HandoverLineRow.school_id == tx.school_id, HandoverLineRow.handover_id == handover_id)
        .order_by(HandoverLineRow.id)
    )
    return rows.all()


async def last_line_at(tx: Tx, handover_id: UUID) -> datetime | None:
    """When something was last said in a hand-over."""
    at: datetime | None = await tx.session.scalar(
        select(HandoverLineRow.said_at)
        .where(HandoverLineRow.school_id == tx.school_id, HandoverLineRow.handover_id == handover_id)
        .order_by(HandoverLineRow.id.desc())
        .limit(1)
    )
    return at


async def add_staff_chat(tx: Tx, **values: Any) -> UUID:
    """Write a staff chat; returns its id."""
    chat_id = new_id()
    await tx.session.execute(insert(StaffChatRow).values(school_id=tx.school_id, id=chat_id, **values))
    return chat_id


async def list_staff_chats(tx: Tx) -> Sequence[StaffChatRow]:
    """The staff chats that were not removed, the first to be told first."""
    rows = await tx.session.scalars(
        select(StaffChatRow)
        .where(StaffChatRow.school_id == tx.school_id, StaffChatRow.removed_at.is_(None))
        .order_by(StaffChatRow.stage, StaffChatRow.id)
    )
    return rows.all()


async def find_staff_chat(
    tx: Tx, *, address: tuple[str, bytes] | None = None, code_index: bytes | None = None
) -> StaffChatRow | None:
    """The staff chat at (channel, address index), or the one that waits for this code (locked)."""
    statement = select(StaffChatRow).where(
        StaffChatRow.school_id == tx.school_id, StaffChatRow.removed_at.is_(None)
    )
    if address is not None:
        statement = statement.where(
            StaffChatRow.channel == address[0],
            StaffChatRow.address_index == address[1],
            StaffChatRow.joined_at.is_not(None),
        )
    else:
        statement = statement.where(
            StaffChatRow.code_index == code_index, StaffChatRow.joined_at.is_(None)
        ).with_for_update(key_share=True)
    return (await tx.session.scalars(statement)).first()


async def change_staff_chat(tx: Tx, chat_id: UUID, **values: Any) -> bool:
    """Change columns of a staff chat that was not removed; False when there is none."""
    changed = await tx.session.scalar(
        update(StaffChatRow)
        .where(
            StaffChatRow.school_id == tx.school_id,
            StaffChatRow.id == chat_id,
            StaffChatRow.removed_at.is_(None),
        )
        .values(**values)
        .returning(StaffChatRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


async def find_hours(tx: Tx) -> DeskRow | None:
    """The hours of the school's desk."""
    return (await tx.session.scalars(select(DeskRow).where(DeskRow.school_id == tx.school_id))).one_or_none()


async def put_hours(tx: Tx, **values: Any) -> None:
    """Write the hours of the school's desk."""
    statement = insert(DeskRow).values(school_id=tx.school_id, id=tx.school_id, **values)
    await tx.session.execute(statement.on_conflict_do_update(index_elements=["school_id", "id"], set_=values))


async def count_waiting(tx: Tx) -> tuple[int, int]:
    """How many open hand-overs wait for an answer, and how many of them are emergencies."""
    rows = (
        await tx.session.execute(
            select(HandoverRow.urgency).where(
                HandoverRow.school_id == tx.school_id,
                HandoverRow.closed_at.is_(None),
                or_(HandoverRow.waiting_since.is_not(None), HandoverRow.taken_by.is_(None)),
            )
        )
    ).scalars()
    urgencies = list(rows)
    return len(urgencies), urgencies.count("emergency")


def _handover(row: HandoverRow) -> Handover:
    return Handover(
        id=row.id,
        account_id=ChatAccountId(row.account_id),
        reason=row.reason,
        urgency=HandoverUrgency(row.urgency),
        opened_at=row.opened_at,
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        closed_at=row.closed_at,
        stage=row.stage,
        waiting_since=row.waiting_since,
        raised_at=row.raised_at,
        taken_chat_id=row.taken_chat_id,
    )

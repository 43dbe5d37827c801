"""The statements of the conversations slice. Private to it; sealing is the service's business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from core.conversations.tables import (
    ChannelTokenRow,
    ChatAccountRow,
    ChatLineRow,
    ChatTurnRow,
    HandoverRow,
)
from core.db.transaction import Tx
from core.values.ids import new_id


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is written when an account is met for the first time."""

    channel: str
    address: bytes
    address_index: bytes
    locale: str
    at: datetime


async def meet_account(tx: Tx, new: NewAccount, idle_since: datetime) -> ChatAccountRow:
    """Find or create the account in one statement; a long silence starts a new conversation."""
    statement = insert(ChatAccountRow).values(
        school_id=tx.school_id,
        id=new_id(),
        channel=new.channel,
        address=new.address,
        address_index=new.address_index,
        locale=new.locale,
        conversation_id=new_id(),
        created_at=new.at,
        last_seen_at=new.at,
    )
    fresh = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["school_id", "channel", "address_index"],
        set_={
            "last_seen_at": func.greatest(ChatAccountRow.last_seen_at, fresh.last_seen_at),
            "conversation_id": case(
                (ChatAccountRow.last_seen_at < idle_since, fresh.conversation_id),
                else_=ChatAccountRow.conversation_id,
            ),
        },
    )
    rows = await tx.session.scalars(
        statement.returning(ChatAccountRow), execution_options={"populate_existing": True}
    )
    return rows.one()


async def find_account(tx: Tx, account_id: UUID, *, lock: bool = False) -> ChatAccountRow | None:
    """One account by id, locked for this transaction when asked."""
    statement = select(ChatAccountRow).where(
        ChatAccountRow.school_id == tx.school_id, ChatAccountRow.id == account_id
    )
    rows = await tx.session.scalars(statement.with_for_update() if lock else statement)
    return rows.one_or_none()


async def find_account_by_index(tx: Tx, channel: str, address_index: bytes) -> ChatAccountRow | None:
    """One account by channel and blind index."""
    rows = await tx.session.scalars(
        select(ChatAccountRow).where(
            ChatAccountRow.school_id == tx.school_id,
            ChatAccountRow.channel == channel,
            ChatAccountRow.address_index == address_index,
        )
    )
    return rows.one_or_none()


async def list_accounts(tx: Tx, account_ids: Sequence[UUID]) -> Sequence[ChatAccountRow]:
    """Several accounts, in no order."""
    rows = await tx.session.scalars(
        select(ChatAccountRow).where(
            ChatAccountRow.school_id == tx.school_id, ChatAccountRow.id.in_(account_ids)
        )
    )
    return rows.all()


async def update_account(tx: Tx, account_id: UUID, **values: Any) -> None:
    """Change columns of one account."""
    await tx.session.execute(
        update(ChatAccountRow)
        .where(ChatAccountRow.school_id == tx.school_id, ChatAccountRow.id == account_id)
        .values(**values)
    )


async def add_turn(tx: Tx, **values: Any) -> ChatTurnRow:
    """Write a turn, or find the one that the same message made before."""
    statement = insert(ChatTurnRow).values(school_id=tx.school_id, id=new_id(), **values)
    statement = statement.on_conflict_do_update(
        index_elements=["school_id", "account_id", "message_id"],
        set_={"message_id": statement.excluded.message_id},
    )
    rows = await tx.session.scalars(
        statement.returning(ChatTurnRow), execution_options={"populate_existing": True}
    )
    return rows.one()


async def list_turns(
    tx: Tx, account_id: UUID, *, conversation_id: UUID | None, before: UUID | None, limit: int
) -> Sequence[ChatTurnRow]:
    """The newest closed turns, newest first."""
    statement = select(ChatTurnRow).where(
        ChatTurnRow.school_id == tx.school_id,
        ChatTurnRow.account_id == account_id,
        ChatTurnRow.closed_at.is_not(None),
    )
    if conversation_id is not None:
        statement = statement.where(ChatTurnRow.conversation_id == conversation_id)
    if before is not None:
        statement = statement.where(ChatTurnRow.id < before)
    rows = await tx.session.scalars(statement.order_by(ChatTurnRow.id.desc()).limit(limit))
    return rows.all()


async def close_turn(tx: Tx, turn_id: UUID, **values: Any) -> bool:
    """Close an open turn; False when it was closed before."""
    done = await tx.session.execute(
        update(ChatTurnRow)
        .where(
            ChatTurnRow.school_id == tx.school_id, ChatTurnRow.id == turn_id, ChatTurnRow.closed_at.is_(None)
        )
        .values(**values)
        .returning(ChatTurnRow.id)
    )
    return done.scalar_one_or_none() is not None


async def add_line(tx: Tx, **values: Any) -> bool:
    """Write a line; False when the same external id wrote it before."""
    done = await tx.session.execute(
        insert(ChatLineRow)
        .values(school_id=tx.school_id, **values)
        .on_conflict_do_nothing(index_elements=["school_id", "account_id", "external_id"])
        .returning(ChatLineRow.id)
    )
    return done.scalar_one_or_none() is not None


async def list_lines(tx: Tx, account_id: UUID, *, after: UUID | None, limit: int) -> Sequence[ChatLineRow]:
    """Lines in order: those after `after`, or the newest `limit` when it is None."""
    mine = (ChatLineRow.school_id == tx.school_id, ChatLineRow.account_id == account_id)
    if after is not None:
        rows = await tx.session.scalars(
            select(ChatLineRow).where(*mine, ChatLineRow.id > after).order_by(ChatLineRow.id).limit(limit)
        )
        return rows.all()
    rows = await tx.session.scalars(
        select(ChatLineRow).where(*mine).order_by(ChatLineRow.id.desc()).limit(limit)
    )
    return list(reversed(rows.all()))


async def open_handover(tx: Tx, **values: Any) -> HandoverRow:
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
    return rows.one()


async def find_open_handover(tx: Tx, account_id: UUID, *, lock: bool = False) -> HandoverRow | None:
    """The open hand-over of an account, locked when asked."""
    statement = select(HandoverRow).where(
        HandoverRow.school_id == tx.school_id,
        HandoverRow.account_id == account_id,
        HandoverRow.closed_at.is_(None),
    )
    rows = await tx.session.scalars(statement.with_for_update() if lock else statement)
    return rows.one_or_none()


async def list_open_handovers(tx: Tx) -> Sequence[HandoverRow]:
    """Every open hand-over, emergencies first, then by age."""
    rows = await tx.session.scalars(
        select(HandoverRow)
        .where(HandoverRow.school_id == tx.school_id, HandoverRow.closed_at.is_(None))
        .order_by(HandoverRow.urgency, HandoverRow.opened_at)
    )
    return rows.all()


async def lock_token(tx: Tx, channel: str) -> ChannelTokenRow | None:
    """The token row, locked until the transaction ends."""
    rows = await tx.session.scalars(
        select(ChannelTokenRow)
        .where(ChannelTokenRow.school_id == tx.school_id, ChannelTokenRow.channel == channel)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def find_token(tx: Tx, channel: str) -> ChannelTokenRow | None:
    """The token row as it stands."""
    rows = await tx.session.scalars(
        select(ChannelTokenRow).where(
            ChannelTokenRow.school_id == tx.school_id, ChannelTokenRow.channel == channel
        )
    )
    return rows.one_or_none()


async def put_token(tx: Tx, **values: Any) -> None:
    """Write or replace the tokens of a channel."""
    statement = insert(ChannelTokenRow).values(school_id=tx.school_id, id=new_id(), **values)
    changed = {key: statement.excluded[key] for key in ("access", "refresh", "expires_at", "rotated_at")}
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["school_id", "channel"], set_=changed)
    )


async def add_token(tx: Tx, **values: Any) -> None:
    """Write the first tokens of a channel; those of another process, even if written meanwhile, stay."""
    await tx.session.execute(
        insert(ChannelTokenRow)
        .values(school_id=tx.school_id, id=new_id(), **values)
        .on_conflict_do_nothing(index_elements=["school_id", "channel"])
    )

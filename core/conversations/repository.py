"""The SQL of accounts, turns and lines. Private to the slice; sealing is the service's business."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core.conversations.tables import (
    ChatAccountRow,
    ChatLineRow,
    ChatTurnRow,
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
    rows = await tx.session.scalars(statement.with_for_update(key_share=True) if lock else statement)
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


@dataclass(frozen=True, slots=True)
class OpenedTurn:
    """A turn with its account and what was said before it in its conversation, newest first; all still sealed."""

    account: ChatAccountRow
    id: UUID
    conversation_id: UUID
    closed: bool
    with_staff: bool
    history: tuple[tuple[bytes, bytes | None], ...]


_OPEN_TURN = text("""
WITH account AS (
  INSERT INTO chat_accounts AS a
    (school_id, id, channel, address, address_index, locale, conversation_id, created_at, last_seen_at)
  VALUES (:school, :account_id, :channel, :address, :address_index, :locale, :conversation_id, :at, :at)
  ON CONFLICT (school_id, channel, address_index) DO UPDATE
  SET last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at),
      conversation_id = CASE WHEN a.last_seen_at < CAST(:idle_since AS timestamptz) THEN excluded.conversation_id
                             ELSE a.conversation_id END
  RETURNING *),
turn AS (
  INSERT INTO chat_turns (school_id, id, account_id, conversation_id, message_id, said, said_at)
  SELECT school_id, CAST(:turn_id AS uuid), id, conversation_id, CAST(:message_id AS text), CAST(:said AS bytea),
         CAST(:at AS timestamptz)
  FROM account
  ON CONFLICT (school_id, account_id, message_id) DO UPDATE SET message_id = excluded.message_id
  RETURNING id, conversation_id, closed_at)
SELECT account.id, account.channel, account.address, account.address_index, account.locale, account.state,
       account.introduced_at, account.last_seen_at,
       turn.id AS turn_id, turn.conversation_id, turn.closed_at, before.said, before.answered,
       EXISTS (SELECT FROM chat_handovers o WHERE o.school_id = :school AND o.account_id = account.id
               AND o.closed_at IS NULL) AS with_staff
FROM account CROSS JOIN turn LEFT JOIN LATERAL (
  SELECT h.id, h.said, h.answered FROM chat_turns h
  WHERE h.school_id = :school AND h.account_id = account.id AND h.conversation_id = turn.conversation_id
    AND h.closed_at IS NOT NULL AND h.id < turn.id
  ORDER BY h.id DESC LIMIT :most) before ON true
ORDER BY before.id DESC
""")

_CLOSE_TURN = text("""
WITH closed AS (
  UPDATE chat_turns SET answered = :answered, flow = :flow, closed_at = CAST(:now AS timestamptz)
  WHERE school_id = :school AND id = :turn_id AND closed_at IS NULL
  RETURNING account_id)
UPDATE chat_accounts a
SET state = :state, locale = coalesce(CAST(:locale AS text), a.locale),
    introduced_at = coalesce(a.introduced_at, CAST(:now AS timestamptz))
FROM closed WHERE a.school_id = :school AND a.id = closed.account_id
RETURNING a.id
""")


async def open_turn(
    tx: Tx, new: NewAccount, idle_since: datetime, message_id: str, said: bytes, most: int
) -> OpenedTurn:
    """Find or create the account, write its turn or find the one that this message made, read what was before.

    One statement, because a person waits for it.
    """
    given = {
        "school": tx.school_id, "account_id": new_id(), "turn_id": new_id(), "conversation_id": new_id(),
        "channel": new.channel, "address": new.address, "address_index": new.address_index,
        "locale": new.locale, "at": new.at, "idle_since": idle_since, "message_id": message_id, "said": said,
        "most": most,
    }  # fmt: skip
    rows = (await tx.session.execute(_OPEN_TURN, given)).all()
    first = rows[0]
    account = ChatAccountRow(
        school_id=tx.school_id, id=first.id, channel=first.channel, address=first.address,
        address_index=first.address_index, locale=first.locale, state=first.state,
        conversation_id=first.conversation_id, introduced_at=first.introduced_at,
        last_seen_at=first.last_seen_at,
    )  # fmt: skip
    history = tuple((row.said, row.answered) for row in rows if row.said is not None)
    closed = first.closed_at is not None
    return OpenedTurn(account, first.turn_id, first.conversation_id, closed, first.with_staff, history)


async def list_turns(tx: Tx, account_id: UUID, limit: int) -> Sequence[ChatTurnRow]:
    """The newest closed turns, newest first."""
    rows = await tx.session.scalars(
        select(ChatTurnRow)
        .where(
            ChatTurnRow.school_id == tx.school_id,
            ChatTurnRow.account_id == account_id,
            ChatTurnRow.closed_at.is_not(None),
        )
        .order_by(ChatTurnRow.id.desc())
        .limit(limit)
    )
    return rows.all()


async def close_turn(tx: Tx, turn_id: UUID, **values: Any) -> bool:
    """Close an open turn and note where its account stands from here on; False when it was closed before."""
    given = {"school": tx.school_id, "turn_id": turn_id, **values}
    return (await tx.session.execute(_CLOSE_TURN, given)).scalar_one_or_none() is not None


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

"""The SQL of channel tokens. Private to the slice; sealing is the service's business."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.conversations.tables import ChannelTokenRow
from core.db.transaction import Tx
from core.values.ids import new_id


async def lock(tx: Tx, channel: str) -> ChannelTokenRow | None:
    """The token row, locked until the transaction ends."""
    rows = await tx.session.scalars(
        select(ChannelTokenRow)
        .where(ChannelTokenRow.school_id == tx.school_id, ChannelTokenRow.channel == channel)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.one_or_none()


async def find(tx: Tx, channel: str) -> ChannelTokenRow | None:
    """The token row as it stands."""
    rows = await tx.session.scalars(
        select(ChannelTokenRow).where(
            ChannelTokenRow.school_id == tx.school_id, ChannelTokenRow.channel == channel
        )
    )
    return rows.one_or_none()


async def put(tx: Tx, **values: Any) -> None:
    """Write or replace the tokens of a channel."""
    statement = insert(ChannelTokenRow).values(school_id=tx.school_id, id=new_id(), **values)
    changed = {key: statement.excluded[key] for key in ("access", "refresh", "expires_at", "rotated_at")}
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["school_id", "channel"], set_=changed)
    )


async def add(tx: Tx, **values: Any) -> None:
    """Write the first tokens of a channel; those of another process, even if written meanwhile, stay."""
    await tx.session.execute(
        insert(ChannelTokenRow)
        .values(school_id=tx.school_id, id=new_id(), **values)
        .on_conflict_do_nothing(index_elements=["school_id", "channel"])
    )

"""The SQL of requests and exports, of erasing a chat, and of forgetting by age. Private to this slice.

Forgetting touches other slices' tables by name, as `retention` lists them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.rights.tables import ExportRow, RequestRow
from core.values.ids import ChatAccountId


async def add_request(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a request."""
    await tx.session.execute(insert(RequestRow).values(school_id=tx.school_id, **values))


async def lock_request(tx: Tx, id_: UUID) -> RequestRow | None:
    """A request, locked until the transaction ends."""
    return await tx.session.scalar(
        select(RequestRow)
        .where(RequestRow.school_id == tx.school_id, RequestRow.id == id_)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )


async def change_request(tx: Tx, id_: UUID, **values: Any) -> None:
    """Overwrite columns of a request."""
    await tx.session.execute(
        update(RequestRow).where(RequestRow.school_id == tx.school_id, RequestRow.id == id_).values(**values)
    )


async def list_open(tx: Tx, limit: int) -> Sequence[RequestRow]:
    """Requests that wait, those with the nearest term first."""
    return await _list(tx, RequestRow.status == "open", by=(RequestRow.due_on, RequestRow.id), limit=limit)


async def list_answered(tx: Tx, limit: int) -> Sequence[RequestRow]:
    """Requests that were answered, the last one first."""
    last = (RequestRow.answered_at.desc(), RequestRow.id.desc())
    return await _list(tx, RequestRow.status != "open", by=last, limit=limit)


async def list_about(tx: Tx, student_id: UUID, limit: int) -> Sequence[RequestRow]:
    """The requests about a pupil, those with the nearest term first."""
    of_pupil = RequestRow.student_id == student_id
    return await _list(tx, of_pupil, by=(RequestRow.due_on, RequestRow.id), limit=limit)


async def _list(
    tx: Tx, chosen: ColumnElement[bool], *, by: Sequence[Any], limit: int
) -> Sequence[RequestRow]:
    statement = select(RequestRow).where(RequestRow.school_id == tx.school_id, chosen)
    return (await tx.session.scalars(statement.order_by(*by).limit(limit))).all()


async def add_export(tx: Tx, values: dict[str, Any]) -> None:
    """Insert a link to an export."""
    await tx.session.execute(insert(ExportRow).values(school_id=tx.school_id, **values))


async def open_export(tx: PlatformTx, token_hash: bytes, now: datetime, most: int) -> ExportRow | None:
    """The living link with this token; counts the opening."""
    return await tx.session.scalar(
        update(ExportRow)
        .where(ExportRow.token_hash == token_hash, ExportRow.expires_at > now, ExportRow.opened < most)
        .values(opened=ExportRow.opened + 1)
        .returning(ExportRow)
    )


async def drop_exports(tx: Tx, account_id: ChatAccountId) -> None:
    """Close every link of a chat."""
    await tx.session.execute(
        delete(ExportRow).where(ExportRow.school_id == tx.school_id, ExportRow.account_id == account_id)
    )


async def erase_chat(tx: Tx, account_id: ChatAccountId) -> bool:
    """Delete a chat with all that hangs on it: messages, hand-overs, links to guardians."""
    statement = text("DELETE FROM chat_accounts WHERE school_id = :school AND id = :id RETURNING id")
    done = await tx.session.execute(statement, {"school": tx.school_id, "id": account_id})
    return done.scalar() is not None


async def forget_older(tx: PlatformTx, rule: tuple[str, str, str], before: datetime, most: int) -> int:
    """Delete some rows of a table whose time has passed; says how many."""
    table, column, only = rule
    condition = f" AND ({only})" if only else ""
    statement = text(
        f'DELETE FROM "{table}" WHERE ctid = ANY(ARRAY(SELECT ctid FROM "{table}" '  # noqa: S608 - our own list
        f'WHERE "{column}" < :before{condition} LIMIT :most FOR UPDATE SKIP LOCKED))'
    )
    done = await tx.session.execute(statement, {"before": before, "most": most})
    return int(getattr(done, "rowcount", 0))

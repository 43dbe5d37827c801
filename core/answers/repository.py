"""The SQL of where a school's answers stand. Private to this slice."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.answers.tables import AnswersStateRow
from core.db.transaction import Tx

_FRESH = {"populate_existing": True}


async def find_state(tx: Tx) -> AnswersStateRow | None:
    """The school's state."""
    query = select(AnswersStateRow).where(AnswersStateRow.school_id == tx.school_id)
    return await tx.session.scalar(query, execution_options=_FRESH)


async def change_state(tx: Tx, **values: Any) -> None:
    """Overwrite columns of the school's state; makes the row."""
    statement = insert(AnswersStateRow).values(school_id=tx.school_id, **values)
    await tx.session.execute(statement.on_conflict_do_update(index_elements=["school_id"], set_=values))


async def next_version(tx: Tx) -> None:
    """The passages that parents are told have changed."""
    statement = insert(AnswersStateRow).values(school_id=tx.school_id, version=1)
    await tx.session.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id"], set_={"version": AnswersStateRow.version + 1}
        )
    )

"""The tables of these slices equal their migrations."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from core.db.metadata import all_tables
from core.db.transaction import Database

OURS = ("schools", "classes", "students", "guardian", "exam_", "fee_")


def _differences(connection: Connection) -> list[str]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [
        repr(found)
        for found in compare_metadata(context, all_tables())
        if any(name in repr(found) for name in OURS)
    ]


async def test_autogenerate_finds_nothing_to_do(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []

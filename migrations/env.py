"""Runs migrations on the database that DATABASE_URL (or `-x url=…`) names, one transaction for each."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from core.db.engine import async_url
from core.db.metadata import all_tables
from core.settings import CoreSettings

# Two starts at once migrate one after the other.
_LOCK = 4_211_600_071


def _url() -> str:
    given = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get("url")
    return async_url(given or CoreSettings().require_database_url())


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=all_tables(), transaction_per_migration=True, compare_type=True
    )
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
    connection.commit()
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")
        connection.commit()


async def _online() -> None:
    engine = create_async_engine(_url(), poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


if context.is_offline_mode():
    context.configure(url=_url(), target_metadata=all_tables(), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(_online())

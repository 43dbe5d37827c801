"""Migrations go up and down one step at a time, and end at exactly what the models say."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, pool
from sqlalchemy.ext.asyncio import create_async_engine

from core.db.metadata import all_tables
from tests.support import postgres


def _config(url: str) -> Config:
    config = Config(str(postgres.ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(postgres.ROOT / "migrations"))
    config.attributes["url"] = url
    return config


@pytest.fixture
async def bare_url(postgres_server: postgres.TestServer) -> AsyncIterator[str]:
    """A database with nothing in it."""
    async with postgres_server.clone(f"bare_{os.getpid()}", template="template0") as url:
        yield url


async def _inspect(url: str, look: object) -> object:
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(look)  # type: ignore[arg-type]  # the callers bring callables
    finally:
        await engine.dispose()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, all_tables()))


def _table_names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


async def test_the_models_equal_the_migrations(database_url: str) -> None:
    assert await _inspect(database_url, _differences) == []


async def test_every_migration_goes_up_down_and_up_again(bare_url: str) -> None:
    config = _config(bare_url)
    revisions = list(reversed(list(ScriptDirectory.from_config(config).walk_revisions())))
    assert [revision.revision for revision in revisions] == sorted(r.revision for r in revisions)
    for revision in revisions:
        await asyncio.to_thread(command.upgrade, config, revision.revision)
        await asyncio.to_thread(command.downgrade, config, revision.down_revision or "base")
        await asyncio.to_thread(command.upgrade, config, revision.revision)
    assert await _inspect(bare_url, _differences) == []
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await _inspect(bare_url, _table_names) == set()


def test_every_table_of_a_school_has_the_school_first_in_its_key() -> None:
    """So that a province can spread its schools over servers; a channel's quota belongs to no school."""
    without = {
        table.name
        for table in all_tables().tables.values()
        if next(iter(table.primary_key.columns)).name != "school_id" and table.name != "schools"
    }
    assert without <= {"delivery_paces"}


def test_every_migration_gives_up_when_it_cannot_have_its_locks() -> None:
    folder = postgres.ROOT / "migrations" / "versions"
    for path in folder.glob("*.py"):
        assert path.read_text().count("SET LOCAL lock_timeout") >= 2, path.name

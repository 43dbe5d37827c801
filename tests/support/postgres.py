"""A PostgreSQL server per test process, a migrated template database, and a clone of it per test."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from core.db.embedded import EmbeddedPostgres
from core.db.notify import dsn_of

ROOT = Path(__file__).parents[2]
TEMPLATE = "congtruong_template"


@dataclass(frozen=True, slots=True)
class TestServer:
    """A running server whose template holds the migrated, empty schema."""

    __test__ = False
    server: EmbeddedPostgres

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(dsn_of(self.server.url()))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    @asynccontextmanager
    async def clone(self, name: str, template: str = TEMPLATE) -> AsyncIterator[str]:
        """A fresh database; yields its URL and drops it afterwards."""
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield self.server.url(name)
        finally:
            await self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def start(folder: Path) -> Iterator[EmbeddedPostgres]:
    """Start the server in `folder`, stop it in the end; nothing is made durable."""
    server = EmbeddedPostgres(folder, password="only-for-tests", durable=False)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def migrate(url: str, revision: str = "head") -> None:
    """Run alembic as an operator would, in a process of its own."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "alembic",
            "-c",
            str(ROOT / "alembic.ini"),
            "-x",
            f"url={url}",
            "upgrade",
            revision,
        ],
        cwd=ROOT,
        check=True,
    )

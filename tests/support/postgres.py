"""A PostgreSQL server per test process, a migrated template database, and a clone of it per test."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from core.db.embedded import EmbeddedPostgres
from core.db.notify import dsn_of

ROOT = Path(__file__).parents[2]
TEMPLATE = "congtruong_template"
MEMORY = Path("/dev/shm")
_ROOM_NEEDED = 2 * 1024**3


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
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        try:
            yield self.server.url(name)
        finally:
            await self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def fast_folder() -> Iterator[Path]:
    """A folder for the server: in memory where there is room, for each clone is some four hundred files.

    On a disk that is busy a clone takes a second and more; in memory a twentieth of one.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > _ROOM_NEEDED
    with tempfile.TemporaryDirectory(prefix="congtruong-tests-", dir=MEMORY if roomy else None) as folder:
        yield Path(folder)


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

"""Starts worker processes on a database and kills them with SIGKILL in the middle of their work."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from core.db.transaction import Database
from tests.support.postgres import ROOT


@asynccontextmanager
async def worker_process(kind: str, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker process; it is killed when the block ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.queue_process", kind, url), cwd=ROOT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def make_effect_tables(database: Database) -> None:
    """`calls` counts every attempt that got through, `effects` holds each thing once or fails."""
    async with database.platform() as tx:
        await tx.session.execute(text("CREATE TABLE calls (n serial, what text)"))
        await tx.session.execute(text("CREATE TABLE effects (n serial, what text UNIQUE)"))


async def count(database: Database, statement: str) -> int:
    """The one number that a query gives."""
    async with database.platform() as tx:
        return int((await tx.session.execute(text(statement))).scalar_one())


async def kill_one_after_another(database: Database, url: str, kind: str, finished: str, total: int) -> int:
    """Let processes work and kill each a quarter further on; the last one may finish. Returns the deaths."""
    deaths = 0
    while await count(database, finished) < total:
        stop_at = min(total, await count(database, finished) + total // 4)
        async with worker_process(kind, url) as process:
            while await count(database, finished) < stop_at:
                assert process.returncode is None, "the worker died by itself"
                await asyncio.sleep(0.005)
            process.kill()
        deaths += 1
    return deaths

"""A sample school on a database of its own, whose programs a test may start, kill and start again."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest

from core.demo import command as demo
from core.demo.prepare import Prepared, prepare
from core.demo.processes import Program, Running, start
from kiosk.clock import CoreTime, SystemClock
from kiosk.uplink.client import enrol
from kiosk.uplink.identity import keep_identity
from tests.support import postgres

_numbers = itertools.count()


@dataclass(slots=True)
class Village:
    """The programs of one school."""

    data: Path
    prepared: Prepared
    running: list[Running] = field(default_factory=list)

    async def start(self, program: Program) -> Running:
        """Start one program and wait until it is ready."""
        one = await start(program)
        self.running.append(one)
        return one

    async def core(self, port: int = 0) -> Running:
        return await self.start(_on_port(demo._core(self.data, self.prepared), port))

    async def bot(self, port: int = 0) -> Running:
        return await self.start(_on_port(demo._bot(self.data, self.prepared), port))

    async def kiosk(self, core_url: str) -> Running:
        """A kiosk of this school, enrolled here: the command that enrols has tests of its own."""
        assert self.prepared.kiosk_code is not None
        async with aiohttp.ClientSession() as http:
            asked = (core_url, self.prepared.kiosk_code, "Cổng chính", CoreTime(SystemClock()))
            key, receipt = await enrol(http, *asked)
        keep_identity(self.data / "kiosk", key, receipt, core_url)
        return await self.start(demo._kiosk(self.data, self.prepared, core_url))

    async def kill(self, one: Running) -> None:
        """Like a power cut: no goodbye."""
        one.process.kill()
        await one.process.wait()

    async def stop(self) -> None:
        for one in reversed(self.running):
            await one.stop()


def _on_port(program: Program, port: int) -> Program:
    arguments = tuple(str(port) if before == "--port" else part for before, part in _pairs(program.arguments))
    return Program(program.name, arguments, program.environment, program.log_file)


def _pairs(arguments: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(("", *arguments), arguments, strict=False))


@asynccontextmanager
async def opened_village(data: Path) -> AsyncIterator[Village]:
    prepared = await asyncio.to_thread(prepare, data, None)
    village = Village(data, prepared)
    try:
        yield village
    finally:
        await village.stop()


@dataclass(frozen=True, slots=True)
class Pattern:
    """The sample school as it was prepared once: a database to clone, and the folder of its secrets to copy."""

    database: str
    data: Path
    prepared: Prepared


@pytest.fixture(scope="session")
def pattern(postgres_server: postgres.TestServer, tmp_path_factory: pytest.TempPathFactory) -> Pattern:
    """Preparing takes seconds of each journey; a clone a tenth of one."""
    name, data = f"village_{os.getpid()}", tmp_path_factory.mktemp("village")
    asyncio.run(postgres_server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgres.TEMPLATE}"'))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", postgres_server.server.url(name))
        return Pattern(name, data, prepare(data, None))


@asynccontextmanager
async def settled(pattern: Pattern, database_url: str, folder: Path) -> AsyncIterator[Village]:
    """A village like the pattern, in that database; nothing runs yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        data = shutil.copytree(pattern.data, folder)
        data.chmod(0o700)
        files = {
            name: data / getattr(pattern.prepared, name).name for name in ("pupils_file", "api_key_file")
        }
        village = Village(data, replace(pattern.prepared, database_url=database_url, **files))
        try:
            yield village
        finally:
            await village.stop()


@pytest.fixture
async def village_url(postgres_server: postgres.TestServer, pattern: Pattern) -> AsyncIterator[str]:
    """The database of the village."""
    async with postgres_server.clone(f"v{os.getpid()}_{next(_numbers)}", pattern.database) as url:
        yield url


@pytest.fixture
async def village(village_url: str, pattern: Pattern, tmp_path: Path) -> AsyncIterator[Village]:
    """The sample school, loaded; nothing runs yet."""
    async with settled(pattern, village_url, tmp_path / "data") as village:
        yield village

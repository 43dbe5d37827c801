"""A sample school on a database of its own, whose programs a test may start, kill and start again."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.demo import __main__ as demo
from core.demo.prepare import Prepared, prepare
from core.demo.processes import Program, Running, start


def free_port() -> int:
    """A port that nobody uses now; a program that is started again keeps it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


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
        await demo._enrol(self.data, self.prepared, core_url)
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


@pytest.fixture
async def village(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Village]:
    """The sample school, loaded; nothing runs yet."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    async with opened_village(data) as made:
        yield made

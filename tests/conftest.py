"""Fixtures that every test may ask for: a database, a clock that stands still, keys."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.db.engine import make_engine
from core.db.transaction import Database
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring, MasterKey
from tests.support import postgres
from tests.support.loopback import only_loopback

only_loopback()
_numbers = itertools.count()
MASTER_KEY_TEXT = base64.b64encode(b"k" * 32).decode()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.TestServer]:
    """The server of this test process, with its migrated template."""
    with postgres.fast_folder() as folder:
        for server in postgres.start(folder):
            tested = postgres.TestServer(server)
            asyncio.run(tested.execute(f'CREATE DATABASE "{postgres.TEMPLATE}"'))
            postgres.migrate(server.url(postgres.TEMPLATE))
            yield tested


@pytest.fixture
async def database_url(postgres_server: postgres.TestServer) -> AsyncIterator[str]:
    """A database of this test's own, migrated and empty."""
    async with postgres_server.clone(f"t{os.getpid()}_{next(_numbers)}") as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, ready for transactions."""
    opened = Database(make_engine(database_url, pool_size=5))
    yield opened
    await opened.dispose()


@pytest.fixture
def clock() -> FixedClock:
    """A Saturday morning in school time, 06:50."""
    return FixedClock(datetime(2026, 11, 20, 23, 50, tzinfo=UTC))


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(MasterKey(b"k" * 32))


@pytest.fixture
def school_id() -> SchoolId:
    return SchoolId(new_id())


@pytest.fixture
def master_key_text() -> str:
    return MASTER_KEY_TEXT


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--screenshots",
        metavar="DIR",
        default=None,
        help="keep the journeys' pictures here (docs/screenshots)",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where two processes share the files, the long ones begin: one that comes last leaves a process idle.

    A file is long that has a test marked `slow`; then those with many tests, as xdist would have it.
    """
    if not hasattr(config, "workerinput"):
        return
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    shares = sorted(files.values(), key=lambda tests: (not _is_long(tests), -len(tests)))
    items[:] = itertools.chain.from_iterable(shares)


def _is_long(tests: list[pytest.Item]) -> bool:
    return any(test.get_closest_marker("slow") for test in tests)


Photograph = Callable[[Any, str], Awaitable[None]]


@pytest.fixture
def photograph(request: pytest.FixtureRequest) -> Photograph:
    """Keeps a page's picture, where `--screenshots` asks for it: that takes longer than drawing and measuring the page."""
    folder = request.config.getoption("--screenshots")

    async def keep(page: Any, name: str) -> None:
        if folder:
            await page.wait_for_timeout(450)  # a camera's first picture
            await page.screenshot(path=f"{folder}/{name}.png")

    return keep


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where page tests save what they saw."""
    chosen = request.config.getoption("--screenshots")
    folder = Path(chosen).resolve() if chosen else tmp_path / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""Fixtures that every test may ask for: a database, a clock that stands still, keys."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

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


@pytest.fixture
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where page tests save what they saw."""
    chosen = request.config.getoption("--screenshots")
    folder = Path(chosen).resolve() if chosen else tmp_path / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

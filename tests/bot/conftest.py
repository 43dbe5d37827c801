"""A running bot with the sample school."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator

import pytest

from bot.app import Bot
from core.app import build_core
from core.settings import CoreSettings
from tests.bot.support import KnownAnswers, load_sample, running_bot, settings_for
from tests.conftest import MASTER_KEY_TEXT
from tests.support import postgres

_TEMPLATE = f"sample_{os.getpid()}"
_numbers = itertools.count()


@pytest.fixture(scope="session")
def sample_template(postgres_server: postgres.TestServer) -> str:
    """A database that holds the sample school: loading it takes seconds, a clone a tenth of one."""

    async def make() -> None:
        await postgres_server.execute(f'CREATE DATABASE "{_TEMPLATE}" TEMPLATE "{postgres.TEMPLATE}"')
        core = build_core(settings_for(postgres_server.server.url(_TEMPLATE), MASTER_KEY_TEXT))
        try:
            await load_sample(core)
        finally:
            await core.database.dispose()

    asyncio.run(make())
    return _TEMPLATE


@pytest.fixture
async def database_url(postgres_server: postgres.TestServer, sample_template: str) -> AsyncIterator[str]:
    """A database of this test's own, with the sample school."""
    async with postgres_server.clone(f"b{os.getpid()}_{next(_numbers)}", sample_template) as url:
        yield url


@pytest.fixture
def core_settings(database_url: str, master_key_text: str) -> CoreSettings:
    return settings_for(database_url, master_key_text)


@pytest.fixture
def answers() -> KnownAnswers:
    return KnownAnswers()


@pytest.fixture
async def running(core_settings: CoreSettings, answers: KnownAnswers) -> AsyncIterator[tuple[Bot, str]]:
    async with running_bot(core_settings, answers) as bot:
        yield bot

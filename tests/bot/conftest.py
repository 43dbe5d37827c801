"""A running bot with the sample school."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.app import Bot
from core.settings import CoreSettings
from tests.bot.support import KnownAnswers, running_bot, settings_for


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

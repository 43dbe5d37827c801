"""The fake Zalo, and a client."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.support.fake_zalo import FakeZalo, fake_zalo


@pytest.fixture
async def zalo() -> AsyncIterator[FakeZalo]:
    async with fake_zalo() as fake:
        yield fake


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session

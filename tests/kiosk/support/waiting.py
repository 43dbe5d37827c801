"""Waits for what another task brings about, within a limit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(true: Callable[[], bool], seconds: float = 15) -> None:
    """Return when the condition holds; time out when it never does."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - the condition is of another task that knows nothing of tests
            await asyncio.sleep(0.01)

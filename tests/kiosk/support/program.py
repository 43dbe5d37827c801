"""The kiosk's program in a process of its own, as an operator starts it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[3]


async def started(*arguments: str, **settings: object) -> asyncio.subprocess.Process:
    """`python -m kiosk …` with these settings; the caller waits for its end."""
    named = {f"CONGTRUONG_KIOSK_{name.upper()}": str(value) for name, value in settings.items()}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kiosk", *arguments,
        cwd=ROOT, env={**os.environ, **named},  # noqa: TID251 - a child needs PATH and HOME
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


@asynccontextmanager
async def program(*arguments: str, **settings: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """The same, and it is gone afterwards whatever happens."""
    one = await started(*arguments, **settings)
    try:
        yield one
    finally:
        with suppress(ProcessLookupError):
            one.kill()
        await one.communicate()

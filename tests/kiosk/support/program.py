"""The kiosk's program in a process of its own, as an operator starts it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
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


def _serve(data_dir: Path, out: Connection) -> None:
    from kiosk.app import build_kiosk
    from kiosk.settings import KioskSettings

    settings = KioskSettings(data_dir=data_dir, emulated=True, port=0)
    asyncio.run(build_kiosk(settings).serve(out.send))


@asynccontextmanager
async def forked(data_dir: Path) -> AsyncIterator[tuple[BaseProcess, str]]:
    """An emulated kiosk and its page's address, in a process that can be killed; its modules are loaded once for all."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kiosk.app", "kiosk.emulated.cards", "kiosk.screen.demo"])
    back, out = context.Pipe(duplex=False)
    one = context.Process(target=_serve, args=(data_dir, out))
    one.start()
    out.close()
    try:
        yield one, await asyncio.to_thread(back.recv)
    finally:
        back.close()
        one.kill()
        one.join()
        one.close()

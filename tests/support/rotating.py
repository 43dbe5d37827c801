"""A process that changes the keys of the sample school slowly, so that a test can kill it in the middle."""

from __future__ import annotations

import asyncio
import sys

from core.app import build_core
from core.keys.rotation import Rotation
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings


async def rotate(url: str, key: str) -> None:
    settings = CoreSettings(database_url=url, master_key=key, session_key=key)  # type: ignore[arg-type]
    core = build_core(settings)
    await Rotation(core.database, core.data_keys, batch=1).rotate(SCHOOL_ID)


if __name__ == "__main__":
    asyncio.run(rotate(sys.argv[1], sys.argv[2]))

"""Opens what another process may have sealed under a data key that it made just now."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.db.transaction import Database
from core.vault.keyring import SealedDataError

Opened = TypeVar("Opened")


async def with_fresh_keys(database: Database, opening: Callable[[], Opened]) -> Opened:
    """What `opening` opens: with the keys that are known here, else once more after reading them again.

    Raises:
        SealedDataError: when it cannot be opened with any key.
    """
    try:
        return opening()
    except SealedDataError:
        async with database.platform():
            pass  # `Database.prepare` reads the data keys
        return opening()

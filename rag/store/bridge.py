"""One event loop in a thread of its own, so that searching (plain functions in worker threads) can ask asyncpg.

What the database does wrong is told as one error, whoever asked.
"""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import asyncpg

from rag.errors import StoreError

Result = TypeVar("Result")


class Bridge:
    """Runs coroutines to their end for threads that cannot await."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="rag-store", daemon=True)
        self._thread.start()

    def call(self, work: Coroutine[Any, Any, Result], *, timeout: float | None = 30.0) -> Result:
        """Wait in this thread for a coroutine of the bridge's loop (seconds).

        Raises:
            StoreError: the database failed, or did not answer in time; what waits is cancelled.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            future.cancel()
            said = getattr(error, "detail", None) or str(error) or type(error).__name__
            raise StoreError(f"the store's database: {said}") from error

    def close(self) -> None:
        """Stop the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

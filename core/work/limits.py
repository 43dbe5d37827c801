"""How much a worker takes on, and how soon a dead one is noticed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """How many jobs at once, how long one may take, and when a lease ends.

    A lease is renewed while its job runs, so `lease` bounds how long a crash delays a job, and `job` how long
    one may take at all. `sweep` is how often a worker looks without being woken, `grace` how long running
    jobs may go on when it is stopped.
    """

    at_once: int = 32
    lease: timedelta = timedelta(seconds=15)
    job: timedelta = timedelta(seconds=60)
    sweep: timedelta = timedelta(seconds=1)
    grace: timedelta = timedelta(seconds=5)

    async def rest(self) -> None:
        """Wait for the next sweep."""
        await asyncio.sleep(self.sweep.total_seconds())

    def __post_init__(self) -> None:
        if self.at_once < 1 or self.lease <= 2 * self.sweep:
            raise ValueError("a lease must outlast two sweeps, and at least one job runs")

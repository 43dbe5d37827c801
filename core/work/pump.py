"""Keeps leased jobs running; one short transaction at a time settles what finished and claims more.

That one exchange is what makes it quick (a single commit for a batch of acknowledgements and the next batch
of claims) and safe (an outcome is kept until its exchange has committed; settling twice is harmless). The
pump outlives any failure of the database; jobs report their own failures as outcomes. It knows neither SQL
nor leases.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from core.work.limits import Limits
from core.work.retry import RetryPolicy, chance

log = structlog.get_logger(__name__)
Job = TypeVar("Job")
Outcome = TypeVar("Outcome")
_AFTER_FAILURE = RetryPolicy(first=timedelta(milliseconds=50), longest=timedelta(seconds=5))


@dataclass(frozen=True, slots=True)
class Claimed(Generic[Job]):
    """What an exchange brought: jobs, and how long to wait at most before asking again."""

    jobs: Sequence[Job]
    wait: timedelta | None = None


class WorkSource(Protocol[Job, Outcome]):
    """Where jobs come from and outcomes go to."""

    async def exchange(self, outcomes: Sequence[Outcome], room: int) -> Claimed[Job]:
        """Settle `outcomes` and claim up to `room` jobs, in one transaction."""
        ...

    async def work(self, job: Job) -> Outcome | None:
        """Do one job; never raises. None when there is nothing to settle."""
        ...


class Pump(Generic[Job, Outcome]):
    """Runs the jobs of one source until it is cancelled."""

    def __init__(self, source: WorkSource[Job, Outcome], limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._running: dict[int, Job] = {}
        self._finished: list[Outcome] = []
        self._wake = asyncio.Event()
        self._failures = 0

    def wake(self) -> None:
        """There may be new work."""
        self._wake.set()

    def running(self) -> Iterator[Job]:
        """The jobs that run now."""
        return iter(tuple(self._running.values()))

    async def run(self) -> None:
        """Work until cancelled; then claim nothing more, give running jobs some grace, settle them."""
        async with asyncio.TaskGroup() as group:
            try:
                while True:
                    await self._turn(group)
            except asyncio.CancelledError:
                await self._drain()
                raise

    async def _turn(self, group: asyncio.TaskGroup) -> None:
        self._wake.clear()
        try:
            claimed = await self._exchange(self._limits.at_once - len(self._running))
        except Exception as error:  # noqa: BLE001 - work goes on when the database is back, whatever it said
            self._failures += 1
            log.warning("exchange_failed", error=type(error).__name__, failures=self._failures)
            await asyncio.sleep(_AFTER_FAILURE.delay(self._failures, chance()).total_seconds())
            return
        self._failures = 0
        for job in claimed.jobs:
            self._running[id(job)] = job
            group.create_task(self._one(job))
        if self._finished:
            return
        rest = self._limits.sweep if claimed.wait is None else min(claimed.wait, self._limits.sweep)
        with suppress(TimeoutError):
            async with asyncio.timeout(rest.total_seconds()):
                await self._wake.wait()

    async def _exchange(self, room: int) -> Claimed[Job]:
        # After a failure one at a time, and what failed last of all: it keeps back nobody else's for ever.
        taken = 1 if self._failures else len(self._finished)
        outcomes, self._finished = self._finished[:taken], self._finished[taken:]
        if not outcomes and room == 0:
            return Claimed(())
        try:
            return await self._source.exchange(outcomes, room)
        except BaseException:
            self._finished = [*self._finished, *outcomes]
            raise

    async def _one(self, job: Job) -> None:
        try:
            outcome = await self._source.work(job)
            if outcome is not None:
                self._finished.append(outcome)
        finally:
            del self._running[id(job)]
            self._wake.set()

    async def _drain(self) -> None:
        self._failures = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.grace.total_seconds()):
                while self._running:
                    self._wake.clear()
                    await self._wake.wait()
                await self._settle_last()

    async def _settle_last(self) -> None:
        """All at once; where that fails, each once for itself. What is not settled comes back when its lease ends."""
        for _ in range(1 + len(self._finished)):
            try:
                await self._exchange(room=0)
            except Exception as error:  # noqa: BLE001 - a clean stop is no place for it: the lease brings it back
                self._failures += 1
                log.warning("exchange_failed", error=type(error).__name__, failures=self._failures)

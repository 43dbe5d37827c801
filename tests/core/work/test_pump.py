"""The pump on a source of its own: what can never be settled keeps back nobody else's work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from core.work.limits import Limits
from core.work.pump import Claimed, Pump
from tests.support import background

QUICK = Limits(at_once=4, sweep=timedelta(seconds=5), grace=timedelta(seconds=0.1))


@dataclass
class Source:
    """Jobs are numbers; every batch with a poisoned one fails whole, as a transaction does."""

    jobs: list[int]
    poison: int
    settled: list[int] = field(default_factory=list)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    worked: asyncio.Event = field(default_factory=asyncio.Event)

    async def exchange(self, outcomes: Sequence[int], room: int) -> Claimed[int]:
        if self.poison in outcomes:
            raise ValueError("no column takes this")
        self.settled += outcomes
        if len(self.settled) == 9:
            self.enough.set()
        claimed, self.jobs = self.jobs[:room], self.jobs[room:]
        return Claimed(claimed)

    async def work(self, job: int) -> int:
        if job == 3:
            self.worked.set()
        return job


async def test_an_outcome_that_can_never_be_settled_keeps_back_no_other() -> None:
    source = Source(list(range(10)), poison=2)
    async with background.running(Pump(source, QUICK).run()):
        await source.enough.wait()
    assert sorted(source.settled) == [0, 1, 3, 4, 5, 6, 7, 8, 9]


async def test_a_stop_settles_what_can_be_settled_and_ends_cleanly() -> None:
    source = Source(list(range(4)), poison=2)
    async with background.running(Pump(source, QUICK).run()):
        await source.worked.wait()
    assert sorted(source.settled) == [0, 1, 3]

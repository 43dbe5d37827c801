"""Random interleavings of two workers, crashes and retries keep the order of each chat and one effect each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.db.engine import make_engine
from core.db.transaction import Database
from core.inbox import repository
from core.inbox.domain import EventStatus, Incoming, LeaseLostError
from core.inbox.leased import Claim, Outcome
from core.inbox.service import Inbox
from core.inbox.worker import InboxWorker
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring

_TRIES = 1000
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["record", "claim", "complete", "fail", "crash", "late"]),
        st.integers(0, 2),
    ),
    max_size=40,
)


@dataclass
class _Story:
    """Plays steps on a real inbox and keeps what must have happened."""

    database: Database
    inbox: Inbox
    worker: InboxWorker
    clock: FixedClock
    school_id: SchoolId = field(default_factory=lambda: SchoolId(new_id()))
    recorded: dict[int, list[str]] = field(default_factory=lambda: {0: [], 1: [], 2: []})
    effects: dict[int, list[str]] = field(default_factory=lambda: {0: [], 1: [], 2: []})
    held: list[Claim] = field(default_factory=list)
    stale: list[Claim] = field(default_factory=list)

    async def play(self, step: str, number: int) -> None:
        await getattr(self, f"_{step}")(number)
        chats = [one.external_id[0] for one in self.held]
        assert len(chats) == len(set(chats)), "two of one chat at once"

    async def _record(self, chat: int) -> None:
        external_id = f"{chat}:{len(self.recorded[chat])}"
        async with self.database.transaction(self.school_id) as tx:
            await self.inbox.record(tx, Incoming("telegram", external_id, str(chat), {}))
        self.recorded[chat].append(external_id)

    async def _claim(self, room: int) -> None:
        self.held.extend((await self.worker.exchange([], room + 1)).jobs)

    async def _complete(self, place: int) -> None:
        if self.held:
            await self._finish(self.held.pop(place % len(self.held)))

    async def _finish(self, claim: Claim) -> None:
        event = self.worker._open(claim)
        async with self.database.transaction(self.school_id) as tx:
            await self.inbox.complete(tx, event)
        self.effects[int(claim.external_id[0])].append(claim.external_id)

    async def _fail(self, place: int) -> None:
        if self.held:
            claim = self.held.pop(place % len(self.held))
            outcome = Outcome(claim, EventStatus.QUEUED, self.clock.now() + timedelta(seconds=place), "x")
            await self.worker.exchange([outcome], 0)
            self.clock.advance(timedelta(seconds=1))

    async def _crash(self, _number: int) -> None:
        """Whoever held something is gone for longer than its lease."""
        async with self.database.platform() as tx:
            await tx.session.execute(text("UPDATE inbox_events SET leased_until = now() - interval '1 s'"))
            await repository.LEASES.reclaim(tx, _TRIES, self.clock.now())
        self.stale.extend(self.held)
        self.held.clear()

    async def _late(self, _number: int) -> None:
        """One that was thought dead comes back: it must not have an effect."""
        if self.stale:
            try:
                await self._finish(self.stale.pop())
            except LeaseLostError:
                return
            raise AssertionError("a lost lease committed")


async def _play(url: str, keyring: Keyring, clock: FixedClock, steps: list[tuple[str, int]]) -> None:
    database = Database(make_engine(url, pool_size=1))
    inbox = Inbox(keyring, clock)

    async def no_handler(_event: object) -> None: ...

    story = _Story(database, inbox, InboxWorker(database, url, inbox, clock, {"telegram": no_handler}), clock)
    try:
        async with database.platform() as tx:
            await tx.session.execute(text("DELETE FROM inbox_events"))
        for step, number in steps:
            await story.play(step, number)
        await story._crash(0)
        clock.advance(timedelta(hours=1))
        while sum(map(len, story.effects.values())) < sum(map(len, story.recorded.values())):
            await story.play("claim", 2)
            while story.held:
                await story.play("complete", 0)
    finally:
        await database.dispose()
    assert story.effects == story.recorded


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_every_interleaving_keeps_order_and_one_effect_each(
    database_url: str, keyring: Keyring, clock: FixedClock, steps: list[tuple[str, int]]
) -> None:
    asyncio.run(_play(database_url, keyring, clock, steps))

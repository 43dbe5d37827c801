"""Hands recorded facts to their handlers: each once, those of one chat one after the other.

Several processes may run it. A process that dies leaves leases that expire; the next one takes them over, and
what the dead one had not committed was never done. It does not decide what a fact means.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import orjson
import structlog

from core.db.fresh_keys import with_fresh_keys
from core.db.notify import Listener
from core.db.transaction import Database, PlatformTx, inside_transaction
from core.errors import CoreError
from core.inbox import repository
from core.inbox.domain import EventStatus, InboxEvent, LeaseLostError
from core.inbox.leased import Claim, Outcome
from core.inbox.ports import Handler
from core.inbox.service import CONTENT_LABEL, NOTIFY_CHANNEL, Inbox
from core.values.clock import Clock
from core.values.ids import InboxId, SchoolId, new_id
from core.vault.keyring import SealedDataError
from core.work.blame import where
from core.work.limits import Limits
from core.work.pump import Claimed, Pump
from core.work.retry import RetryPolicy, chance
from core.work.rounds import rounds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InboxWorker:
    """Runs the handlers of some sources until it is cancelled: for every school, or for one alone.

    A bot answers with what its own school published, so it must not take what was said to another school's.
    """

    database: Database
    database_url: str = field(repr=False)
    inbox: Inbox
    clock: Clock
    handlers: Mapping[str, Handler]
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    limits: Limits = field(default_factory=Limits)
    school_id: SchoolId | None = None

    async def run(self) -> None:
        """Handle events until cancelled; running handlers then get a little grace."""
        pump = Pump[Claim, Outcome](self, self.limits)
        listening = Listener(self.database_url, NOTIFY_CHANNEL).listening()
        async with listening as listener, asyncio.TaskGroup() as group:
            group.create_task(pump.run())
            group.create_task(rounds("inbox_leases", partial(self._tend, pump), self.limits.rest))
            while True:
                heard = await listener.get()
                if heard is not None and (not heard[1] or heard[1] in self.handlers):
                    pump.wake()

    async def exchange(self, outcomes: Sequence[Outcome], room: int) -> Claimed[Claim]:
        """Settle and claim in one transaction; a claim alone is one statement (`WorkSource`)."""
        opened = self.database.platform() if outcomes else self.database.at_once()
        async with opened as tx:
            if outcomes:
                await repository.settle(tx, outcomes, self.clock.now())
            if room == 0:
                return Claimed(())
            return Claimed(await self._claim(tx, room, may_be_lost=not outcomes))

    async def _claim(self, tx: PlatformTx, room: int, *, may_be_lost: bool) -> tuple[Claim, ...]:
        return await repository.claim(
            tx, new_id(), self.limits.lease,
            sources=list(self.handlers), school=self.school_id, now=self.clock.now(), limit=room,
            may_be_lost=may_be_lost,
        )  # fmt: skip

    async def work(self, job: Claim) -> Outcome | None:
        """Open one event and hand it to its handler (`WorkSource`)."""
        assert not inside_transaction(), "a handler opens its own transaction"
        try:
            event = await with_fresh_keys(self.database, partial(self._open, job))
            async with asyncio.timeout(self.limits.job.total_seconds()):
                await self.handlers[event.source](event)
        except LeaseLostError:
            log.warning("inbox_lease_lost", inbox_id=str(job.id), source=job.source)
            return None
        except SealedDataError:
            return self._parked(job, "sealed_data")
        except CoreError as error:
            return self._failed(job, error.code) if error.retryable else self._parked(job, error.code)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises, its event is tried again
            failure = type(error).__name__
            log.warning("inbox_handler_failed", inbox_id=str(job.id), failure=failure, where=where(error))
            return self._failed(job, failure)
        return Outcome(job, EventStatus.DONE)

    def _open(self, job: Claim) -> InboxEvent:
        school_id = SchoolId(job.school_id)
        content = orjson.loads(self.inbox.keyring.for_school(school_id).open(job.content, CONTENT_LABEL))
        return InboxEvent(
            id=InboxId(job.id),
            school_id=school_id,
            source=job.source,
            external_id=job.external_id,
            ordering_key=content["key"],
            payload=content["payload"],
            attempt=job.attempt,
            received_at=job.received_at,
            lease=job.lease,
        )

    def _failed(self, job: Claim, failure: str) -> Outcome:
        if self.retry.is_last(job.attempt):
            return self._parked(job, failure)
        attempt_at = self.clock.now() + self.retry.delay(job.attempt, chance())
        return Outcome(job, EventStatus.QUEUED, attempt_at, failure)

    def _parked(self, job: Claim, failure: str) -> Outcome:
        log.error(
            "inbox_parked", inbox_id=str(job.id), source=job.source, failure=failure, attempt=job.attempt
        )
        return Outcome(job, EventStatus.PARKED, failure=failure)

    async def _tend(self, pump: Pump[Claim, Outcome]) -> None:
        """Renew what runs here, take back what died elsewhere, and wake the pump for it."""
        tokens = list({job.lease for job in pump.running()})
        async with self.database.platform() as tx:
            if tokens:
                await repository.LEASES.renew(tx, tokens, self.limits.lease)
            lost = await repository.LEASES.reclaim(tx, self.retry.tries, self.clock.now())
        if lost:
            log.warning("inbox_leases_expired", count=lost)
            pump.wake()

"""The work of one channel: claims what may go now, hands it over, writes down what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from core.db.transaction import Database, PlatformTx, inside_transaction
from core.notifications import repository
from core.notifications.domain import Delivered, NotificationStatus, Outgoing, Recipient, Urgency
from core.notifications.leased import Claim, Outcome
from core.notifications.pace import Pace, QuietHours, available, spend, wait_for_one
from core.notifications.ports import Channel, GiveUp, RetryLater
from core.notifications.service import Notifications
from core.values.clock import Clock
from core.values.ids import NotificationId, SchoolId, new_id
from core.vault.keyring import SealedDataError
from core.work.blame import where
from core.work.limits import Limits
from core.work.pump import Claimed
from core.work.retry import RetryPolicy, chance

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ChannelSource:
    """Brings the messages of one channel to its pump (`WorkSource`)."""

    database: Database
    notifications: Notifications
    clock: Clock
    name: str
    channel: Channel
    pace: Pace | None
    quiet: QuietHours
    retry: RetryPolicy
    limits: Limits

    async def exchange(self, outcomes: Sequence[Outcome], room: int) -> Claimed[Claim]:
        """Settle and claim in one transaction."""
        async with self.database.platform() as tx:
            if outcomes:
                await self._settle(tx, outcomes)
            if room == 0:
                return Claimed(())
            if self.pace is None:
                return Claimed(await self._claim(tx, room))
            return await self._claim_at_pace(tx, self.pace, room)

    async def work(self, job: Claim) -> Outcome | None:
        """Hand one message to the channel."""
        assert not inside_transaction(), "no outside call while a transaction is open"
        try:
            outgoing = self._open(job)
            async with asyncio.timeout(self.limits.job.total_seconds()):
                delivered = await self.channel.deliver(outgoing)
        except RetryLater as error:
            return self._later(job, error)
        except GiveUp as error:
            return self._parked(job, error.reason)
        except SealedDataError:
            return self._parked(job, "sealed_data")
        except Exception as error:  # noqa: BLE001 - whatever a channel raises, its message is tried again
            reason = type(error).__name__
            log.warning("delivery_failed", notification=str(job.id), reason=reason, where=where(error))
            return self._later(job, RetryLater(reason=reason))
        return self._sent(job, delivered)

    async def _settle(self, tx: PlatformTx, outcomes: Sequence[Outcome]) -> None:
        settled = await repository.settle(tx, outcomes, self.clock.now())
        for one in outcomes:
            if one.claim.id not in settled:
                log.warning("delivery_lease_lost", notification=str(one.claim.id), channel=self.name)
        pause = max((one.pause for one in outcomes), default=timedelta())
        if pause > timedelta():
            await repository.pause(tx, self.name, pause)

    async def _claim(self, tx: PlatformTx, limit: int) -> tuple[Claim, ...]:
        now = self.clock.now()
        return await repository.claim(
            tx, new_id(), self.limits.lease,
            channel=self.name, least_urgent=int(self.quiet.least_urgent(now)), now=now, limit=limit,
        )  # fmt: skip

    async def _claim_at_pace(self, tx: PlatformTx, pace: Pace, room: int) -> Claimed[Claim]:
        """Claim no more than the pace allows all processes together; the database keeps the count."""
        state = await repository.lock_pace(tx, self.name)
        if state.paused_until > state.now:
            return Claimed((), state.paused_until - state.now)
        tokens = available(pace, state.spent_until, state.now)
        jobs = await self._claim(tx, min(room, tokens)) if tokens else ()
        spent_until = spend(pace, state.spent_until, state.now, len(jobs))
        if jobs:
            await repository.save_pace(tx, self.name, spent_until)
        if len(jobs) < tokens:
            return Claimed(jobs)
        return Claimed(jobs, wait_for_one(pace, spent_until, state.now))

    def _open(self, job: Claim) -> Outgoing:
        keys = self.notifications.keyring.for_school(SchoolId(job.school_id))
        address, params = self.notifications.opened(keys, job.content)
        return Outgoing(
            id=NotificationId(job.id),
            school_id=SchoolId(job.school_id),
            recipient=Recipient(self.name, address),
            key=job.key,
            params=params,
            dedupe_key=job.dedupe_key,
            urgency=Urgency(job.urgency),
            attempt=job.attempt,
            created_at=job.created_at,
        )

    def _sent(self, job: Claim, delivered: Delivered) -> Outcome:
        return Outcome(job, NotificationStatus.SENT, message_id=delivered.message_id)

    def _later(self, job: Claim, error: RetryLater) -> Outcome:
        if not error.whole_channel and self.retry.is_last(job.attempt):
            return self._parked(job, error.reason)
        delay = self.retry.delay(job.attempt, chance())
        delay = max(delay, error.after) if error.after is not None else delay
        return Outcome(
            job,
            NotificationStatus.QUEUED,
            attempt_at=self.clock.now() + delay,
            failure=error.reason,
            refund=int(error.whole_channel),
            pause=delay if error.whole_channel else timedelta(),
        )

    def _parked(self, job: Claim, reason: str) -> Outcome:
        log.error("delivery_parked", notification=str(job.id), channel=self.name, reason=reason)
        return Outcome(job, NotificationStatus.PARKED, failure=reason)

"""The work of one channel: claims what may go now, hands it over, writes down what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import structlog

from core.db.fresh_keys import with_fresh_keys
from core.db.transaction import DATABASE_FAULTS, Database, PlatformTx, Tx, inside_transaction
from core.notifications import repository
from core.notifications.domain import NotificationStatus, Outgoing, Recipient, Urgency
from core.notifications.lanes import repository as lanes
from core.notifications.leased import Claim, Outcome
from core.notifications.pace import LanePace, Pace, QuietHours, available, spend, wait_for_one
from core.notifications.ports import Channel, GiveUp, RetryLater, StillTold, Takes, WaitForPerson
from core.notifications.service import UNREADABLE, Notifications
from core.values.clock import Clock
from core.values.ids import NotificationId, SchoolId, new_id
from core.vault.keyring import SealedDataError
from core.work.blame import where
from core.work.limits import Limits
from core.work.pump import Claimed
from core.work.retry import RetryPolicy, chance

log = structlog.get_logger(__name__)
NOT_THEIRS = "not_theirs"
"""Why a message was not sent: whoever was to read it may not learn it any more."""
LONGEST_PAUSE = timedelta(hours=1)
"""Whatever a channel asks for: asking once an hour harms nobody, and one wrong answer must not silence it for days."""
LONGEST_AWAY = timedelta(hours=6)
"""So long a message that has no other way is tried while the channel answers nobody; its last pause is kept."""
LONGEST_WAIT = timedelta(days=7)
"""A message that waits for its person to write is worth nothing after this."""


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
    lane_pace: LanePace | None = None
    takes: Mapping[str, Takes] = field(default_factory=dict)
    """What the other channels take at all: a message never falls back on one that would refuse its kind."""
    still_told: StillTold | None = None
    school_id: SchoolId | None = None

    @property
    def quota(self) -> str:
        """Whose quota is counted: the channel's for all schools, or the own account's of one school."""
        return f"{self.name}:{self.school_id}" if self.school_id else self.name

    async def exchange(self, outcomes: Sequence[Outcome], room: int) -> Claimed[Claim]:
        """Settle and claim in one transaction."""
        async with self.database.platform() as tx:
            if outcomes:
                await self._settle(tx, outcomes)
            may_be_lost = not outcomes
            if room == 0:
                return Claimed(())
            if self.pace is None:
                claimed = Claimed(await self._claim(tx, room, may_be_lost=may_be_lost))
            else:
                claimed = await self._claim_at_pace(tx, self.pace, room, may_be_lost=may_be_lost)
            return await self._spend_lanes(tx, self.lane_pace, claimed) if self.lane_pace else claimed

    async def work(self, job: Claim) -> Outcome | None:
        """Hand one message to the channel."""
        assert not inside_transaction(), "no outside call while a transaction is open"
        try:
            outgoing = await with_fresh_keys(self.database, partial(self._open, job))
        except SealedDataError:
            return self._parked(job, "sealed_data")
        except DATABASE_FAULTS as error:
            return self._again(job, type(error).__name__)
        except UNREADABLE as error:
            log.warning("delivery_unreadable", notification=str(job.id), where=where(error))
            return self._parked(job, "unreadable")
        return await self._deliver(job, outgoing)

    async def leave_off(self, tx: PlatformTx, job: Claim) -> None:
        """A dead worker had it in its last try: it goes another way, where there is one, else it is parked."""
        try:
            outgoing = self._open(job)
        except UNREADABLE:
            outgoing = None
        await self._settle(tx, (self._parked(job, "lease_expired", outgoing),))

    async def _deliver(self, job: Claim, outgoing: Outgoing) -> Outcome:
        try:
            async with asyncio.timeout(self.limits.job.total_seconds()):
                if not await self._may_be_told(outgoing, outgoing.recipient):
                    others = [one for one in outgoing.fallbacks if await self._may_be_told(outgoing, one)]
                    return self._not_theirs(job, replace(outgoing, fallbacks=tuple(others)))
                delivered = await self.channel.deliver(outgoing)
        except RetryLater as error:
            return self._later(job, outgoing, error)
        except WaitForPerson as error:
            return self._waiting(job, outgoing, error.reason)
        except GiveUp as error:
            return self._parked(job, error.reason, outgoing)
        except Exception as error:  # noqa: BLE001 - whatever a channel raises, its message is tried again
            reason = type(error).__name__
            log.warning("delivery_failed", notification=str(job.id), reason=reason, where=where(error))
            return self._later(job, outgoing, RetryLater(reason=reason))
        return Outcome(job, NotificationStatus.SENT, message_id=delivered.message_id)

    async def _may_be_told(self, outgoing: Outgoing, to: Recipient) -> bool:
        """Rights may have ended while the message waited: unlinked, restricted, of age, consent taken back."""
        if self.still_told is None or not outgoing.about:
            return True
        async with self.database.transaction(outgoing.school_id) as tx:
            return await self.still_told(tx, to, outgoing.about)

    async def _settle(self, tx: PlatformTx, outcomes: Sequence[Outcome]) -> None:
        settled = await repository.settle(tx, outcomes, self.clock.now())
        for one in outcomes:
            if one.claim.id not in settled:
                log.warning("delivery_lease_lost", notification=str(one.claim.id), channel=self.name)
            elif one.instead is not None:
                await self.notifications.pass_on(Tx(tx.session, SchoolId(one.claim.school_id)), one.instead)
        pause = max((one.pause for one in outcomes), default=timedelta())
        if pause > timedelta():
            await repository.pause(tx, self.quota, pause)

    async def _claim(
        self, tx: PlatformTx, limit: int, paying: repository.Paying | None = None, *, may_be_lost: bool
    ) -> tuple[Claim, ...]:
        now = self.clock.now()
        return await repository.claim(
            tx, new_id(), self.limits.lease, paying,
            channel=self.name, school=self.school_id, pace=self.quota,
            least_urgent=int(self.quiet.least_urgent(now)), now=now, limit=limit, may_be_lost=may_be_lost,
        )  # fmt: skip

    async def _claim_at_pace(
        self, tx: PlatformTx, pace: Pace, room: int, *, may_be_lost: bool
    ) -> Claimed[Claim]:
        """Claim no more than the pace allows all processes together; the database keeps the count."""
        state = await repository.lock_pace(tx, self.quota, may_be_lost=may_be_lost)
        if state.paused_until > state.now:
            return Claimed((), state.paused_until - state.now)
        tokens = available(pace, state.spent_until, state.now)
        paying = repository.Paying(pace.interval, state.now)
        jobs = await self._claim(tx, min(room, tokens), paying, may_be_lost=may_be_lost) if tokens else ()
        if len(jobs) < tokens:
            return Claimed(jobs)
        spent_until = spend(pace, state.spent_until, state.now, len(jobs))
        return Claimed(jobs, wait_for_one(pace, spent_until, state.now))

    async def _spend_lanes(
        self, tx: PlatformTx, pace_of: LanePace, claimed: Claimed[Claim]
    ) -> Claimed[Claim]:
        """Count what each chat with a quota of its own got; wake when the first of them may get more."""
        spent = [
            lanes.Spent(job.school_id, job.lane, pace)
            for job in claimed.jobs
            if (pace := pace_of(self._address(job))) is not None
        ]
        if spent:
            await lanes.spend(tx, spent)
        opening = await lanes.next_opening(tx, self.name)
        waits = [one for one in (claimed.wait, opening) if one is not None]
        return Claimed(claimed.jobs, min(waits, default=None))

    def _address(self, job: Claim) -> str:
        try:
            return self._open(job).recipient.address
        except UNREADABLE:
            return ""

    def _open(self, job: Claim) -> Outgoing:
        keys = self.notifications.keyring.for_school(SchoolId(job.school_id))
        opened = self.notifications.opened(keys, job.content)
        return Outgoing(
            id=NotificationId(job.id),
            school_id=SchoolId(job.school_id),
            recipient=Recipient(self.name, opened.address),
            key=job.key,
            params=opened.params,
            dedupe_key=job.dedupe_key,
            urgency=Urgency(job.urgency),
            attempt=job.attempt,
            created_at=job.created_at,
            expires_at=job.expires_at,
            fallbacks=tuple(one for one in opened.fallbacks if self._is_taken(one.channel, job.key)),
            progress=job.progress,
            about=opened.about,
        )

    def _is_taken(self, channel: str, key: str) -> bool:
        takes = self.takes.get(channel)
        return takes is None or takes(key)

    def _later(self, job: Claim, outgoing: Outgoing, error: RetryLater) -> Outcome:
        leave = error.elsewhere and outgoing.fallbacks
        is_last = not error.whole_channel and self.retry.is_last(job.attempt)
        goes_on = is_last and self._waits_out(job, outgoing, error)
        if leave or (is_last and not goes_on):
            return self._parked(job, error.reason, outgoing)
        delay = self.retry.delay(job.attempt, chance())
        delay = max(delay, min(error.after, LONGEST_PAUSE)) if error.after is not None else delay
        return Outcome(
            job,
            NotificationStatus.QUEUED,
            attempt_at=self.clock.now() + delay,
            failure=error.reason,
            refund=int(error.whole_channel or goes_on),
            pause=delay if error.whole_channel else timedelta(),
            progress=error.progress,
        )

    def _waits_out(self, job: Claim, outgoing: Outgoing, error: RetryLater) -> bool:
        """Whether a message without another way waits for a channel that answers nobody (the school's line is cut)."""
        return error.away and not outgoing.fallbacks and self.clock.now() < job.created_at + LONGEST_AWAY

    def _again(self, job: Claim, reason: str) -> Outcome:
        """Not tried at all, for a fault of our own: later, with no try lost."""
        attempt_at = self.clock.now() + self.retry.delay(job.attempt, chance())
        return Outcome(job, NotificationStatus.QUEUED, attempt_at=attempt_at, failure=reason, refund=1)

    def _waiting(self, job: Claim, outgoing: Outgoing, reason: str) -> Outcome:
        """To another address at once where there is one; else until the person writes (`resume`)."""
        until = job.created_at + LONGEST_WAIT
        if outgoing.fallbacks or self.clock.now() >= until:
            return self._parked(job, reason, outgoing)
        failure = f"{lanes.WAITING}{reason}"
        return Outcome(job, NotificationStatus.QUEUED, attempt_at=until, failure=failure, refund=1)

    def _not_theirs(self, job: Claim, outgoing: Outgoing) -> Outcome:
        """To an address that is still the person's, when one chat of several was left; else to nobody."""
        instead = outgoing.rerouted()
        status = NotificationStatus.REROUTED if instead else NotificationStatus.EXPIRED
        log.info("delivery_not_theirs_any_more", notification=str(job.id), channel=self.name, status=status)
        return Outcome(job, status, failure=NOT_THEIRS, instead=instead)

    def _parked(self, job: Claim, reason: str, outgoing: Outgoing | None = None) -> Outcome:
        instead = outgoing.rerouted() if outgoing else None
        if instead is not None:
            to = instead.recipient.channel
            log.info("delivery_rerouted", notification=str(job.id), channel=self.name, to=to, reason=reason)
            return Outcome(job, NotificationStatus.REROUTED, failure=reason, instead=instead)
        log.error("delivery_parked", notification=str(job.id), channel=self.name, reason=reason)
        return Outcome(job, NotificationStatus.PARKED, failure=reason)

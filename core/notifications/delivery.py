"""Sends what is queued: in order for each address, at each channel's pace, not at night unless it must.

Several processes may run it. Each channel has a pump of its own, so a slow one holds nobody back. A process
that dies between sending and noting it leaves a lease that expires, and the message is sent again under the
same dedupe key: once where the channel can tell, at least once elsewhere. It does not render texts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

import structlog

from core.db.notify import Listener
from core.db.transaction import Database
from core.notifications import repository
from core.notifications.channel_source import ChannelSource
from core.notifications.lanes import repository as lanes
from core.notifications.leased import Claim, Outcome
from core.notifications.pace import LanePace, Pace, QuietHours
from core.notifications.ports import Channel, StillTold, Takes
from core.notifications.service import NOTIFY_CHANNEL, Notifications
from core.values.clock import Clock
from core.values.ids import SchoolId
from core.work.limits import Limits
from core.work.pump import Pump
from core.work.retry import RetryPolicy
from core.work.rounds import rounds

log = structlog.get_logger(__name__)
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class DeliveryWorker:
    """Delivers over some channels until it is cancelled, for every school or for one alone.

    A bot's token, and its quota, are its own school's: through it no other school's message can go. A channel without
    a pace goes as fast as it can.
    """

    database: Database
    database_url: str = field(repr=False)
    notifications: Notifications
    clock: Clock
    channels: Mapping[str, Channel]
    paces: Mapping[str, Pace] = field(default_factory=dict)
    quiet: QuietHours = field(default_factory=QuietHours)
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    limits: Limits = field(default_factory=Limits)
    lane_paces: Mapping[str, LanePace] = field(default_factory=dict)
    takes: Mapping[str, Takes] = field(default_factory=dict)
    still_told: StillTold | None = None
    school_id: SchoolId | None = None

    async def run(self) -> None:
        """Deliver until cancelled; messages on their way then get a little grace."""
        sources = {name: self._source(name) for name in self.channels}
        pumps = {name: Pump(source, self.limits) for name, source in sources.items()}
        listening = Listener(self.database_url, NOTIFY_CHANNEL).listening()
        async with listening as listener, asyncio.TaskGroup() as group:
            for pump in pumps.values():
                group.create_task(pump.run())
            tend = partial(self._tend, tuple(pumps.values()), sources)
            group.create_task(rounds("delivery_leases", tend, self.limits.rest))
            while True:
                heard = await listener.get()
                for name, pump in pumps.items():
                    if heard is not None and heard[1] in {"", name}:
                        pump.wake()

    def _source(self, name: str) -> ChannelSource:
        return ChannelSource(
            database=self.database,
            notifications=self.notifications,
            clock=self.clock,
            name=name,
            channel=self.channels[name],
            pace=self.paces.get(name),
            quiet=self.quiet,
            retry=self.retry,
            limits=self.limits,
            lane_pace=self.lane_paces.get(name),
            takes=self.takes,
            still_told=self.still_told,
            school_id=self.school_id,
        )

    async def _tend(
        self, pumps: tuple[Pump[Claim, Outcome], ...], sources: Mapping[str, ChannelSource]
    ) -> None:
        """Renew what runs here, take back what died elsewhere, close what came too late."""
        tokens = list({job.lease for pump in pumps for job in pump.running()})
        now = self.clock.now()
        async with self.database.platform() as tx:
            if tokens:
                await repository.LEASES.renew(tx, tokens, self.limits.lease)
            mine, tries = {"channels": list(sources), "school": self.school_id}, self.retry.tries
            at_last = await repository.lost_at_last(tx, tries, _AT_ONCE, **mine)
            for name, job in at_last:
                await sources[name].leave_off(tx, job)
            lost = len(at_last)
            lost += await repository.LEASES.reclaim(tx, tries, now, **mine)
            expired = await repository.expire(tx, now)
            await lanes.forget(tx)
        if lost or expired:
            log.warning("delivery_swept", leases_expired=lost, notifications_expired=expired)
            for pump in pumps:
                pump.wake()

"""Keeps what programs say of themselves, and puts together how the whole system stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from core.db.transaction import Database, Tx
from core.devices.service import Devices
from core.health import machine, repository
from core.health.domain import BOT, Finding, Seen, Sign, judge
from core.inbox.service import Inbox
from core.notifications.service import Notifications
from core.schools.calendar.domain import Lessons
from core.schools.calendar.service import Calendars
from core.schools.service import Schools
from core.values.clock import SCHOOL_TIME, Clock
from core.values.ids import SchoolId

_EVENING = time(18)
_LATE = timedelta(minutes=10)
"""A message or an event that has waited so long although it may go, is late."""
_PARKED = timedelta(days=7)
"""What was given up longer ago is no news."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the school's system stands (tình trạng hệ thống)."""

    database: Database
    clock: Clock
    schools: Schools
    calendars: Calendars
    devices: Devices
    inbox: Inbox
    notifications: Notifications
    data_dir: Path
    public_url: str

    async def note(self, tx: Tx, name: str, failure: str = "", detail: str = "") -> None:
        """A program says how it does; an empty failure is well."""
        now = self.clock.now()
        await repository.put(tx, Sign(name, failure[:80], now, now, detail[:200]))

    async def look(self, school_id: SchoolId) -> tuple[Finding, ...]:
        """Everything, the worst first."""
        async with self.database.transaction(school_id) as tx:
            signs = await repository.list_all(tx)
        sites = [one.detail for one in signs if one.name == BOT]
        seen_of_machine = await machine.look(self.data_dir, (self.public_url, *sites))
        async with self.database.transaction(school_id) as tx:
            now = self.clock.now()
            seen = Seen(
                now=now,
                machine=seen_of_machine,
                database_now=await repository.database_now(tx),
                lessons_now=await self._lessons_now(tx, now),
                signs=signs,
                devices=await self.devices.list_devices(tx),
                inbox=await self.inbox.health(tx, now - _LATE),
                outbox=await self.notifications.health(tx, now - _LATE, now - _PARKED),
            )
        return judge(seen)

    async def _lessons_now(self, tx: Tx, now: datetime) -> bool:
        local = now.astimezone(SCHOOL_TIME)
        opens = (await self.schools.get(tx)).day.opens
        lessons = (await self.calendars.read(tx)).day(local.date()).lessons
        return lessons is not Lessons.NO and opens <= local.time() < _EVENING

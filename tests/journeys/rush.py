"""The morning rush: many pupils at several kiosks, a cut of the network in the middle, on a clock that runs faster.

Real are the core, its PostgreSQL, HTTP, signatures, and each kiosk's spool with its fsync and its sender. The
card and the camera are left out (`bench kiosk` measures them): reports are handed to the uplink at the moments at
which pupils come. Besides the cut, some answers are lost on their way back, so that reports arrive twice.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import text

from core.app import Core
from core.contracts.checkin import CheckInReceipt, CheckInReport
from core.contracts.citizen_id import CitizenId
from core.students.domain import NewStudent
from core.values.ids import SchoolId, new_id
from core.web.server import serving
from core.web_app import make_web_app
from kiosk.clock import CoreTime, Counted
from kiosk.errors import UnreachableError
from kiosk.uplink.client import CoreClient, enrol
from kiosk.uplink.identity import keep_identity
from kiosk.uplink.sender import Pace, Sender
from kiosk.uplink.spool import Spool

MORNING = timedelta(minutes=25)
CUT = (timedelta(minutes=7, seconds=30), timedelta(minutes=17, seconds=30))
OPENING = datetime.fromisoformat("2026-11-23T06:35:00+07:00")


@dataclass
class FastClock:
    """A clock that runs `factor` times as fast as the machine's, from `OPENING` on."""

    factor: float
    begun: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        self.begun = time.monotonic()

    @property
    def passed(self) -> timedelta:
        return timedelta(seconds=(time.monotonic() - self.begun) * self.factor)

    def now(self) -> datetime:
        return OPENING.astimezone(UTC) + self.passed

    async def until(self, moment: timedelta) -> None:
        await asyncio.sleep(max(0.0, (moment - self.passed).total_seconds() / self.factor))


@dataclass
class Cable:
    """The network of the school: cut for a while, and now and then it loses an answer."""

    client: CoreClient
    clock: FastClock
    chance: random.Random
    lost: int = 0

    async def check_in(self, report: CheckInReport, counted: Counted | None = None) -> CheckInReceipt:
        if CUT[0] <= self.clock.passed < CUT[1]:
            raise UnreachableError("unplugged")
        receipt = await self.client.check_in(report, counted)
        if self.chance.random() < 0.03:
            self.lost += 1
            raise UnreachableError("the answer was lost")
        return receipt


@dataclass
class Rush:
    """What a rush was and what came of it."""

    pupils: int
    kiosks: int
    answered: int = 0
    recorded: int = 0
    answers_lost: int = 0
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    flushed_after: float = 0.0
    rows: int = 0
    arrived: int = 0
    provisional: int = 0


def numbers(count: int) -> list[CitizenId]:
    return [CitizenId(f"0013150{at:05d}") for at in range(count)]


async def add_pupils(core: Core, school_id: SchoolId, count: int) -> None:
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "THCS Giả Định")
        new = [
            NewStudent(
                f"{6 + at % 4}{'ABCDE'[at % 5]}",
                f"Học Sinh {at}",
                OPENING.date().replace(year=2014),
                "female",
                one,
            )
            for at, one in enumerate(numbers(count))
        ]
        await core.students.record_all(tx, new)


@asynccontextmanager
async def kiosk(
    core: Core, school_id: SchoolId, url: str, folder: Path, cable_of: Any
) -> AsyncIterator[Sender]:
    time_of = CoreTime(core.clock)
    async with core.database.transaction(school_id) as tx:
        code = (await core.devices.issue_enrolment_code(tx, folder.name)).code.shown
    async with aiohttp.ClientSession() as http:
        key, receipt = await enrol(http, url, code, folder.name, time_of)
        identity = keep_identity(folder, key, receipt, url)
        spool = Spool(folder / "spool")
        cable = cable_of(CoreClient(http, identity, time_of))
        pace = Pace(patience=2.0, first_pause=0.05, longest_pause=0.3)
        sender = Sender(spool, cable, pace)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(sender.run())
            try:
                yield sender
            finally:
                task.cancel()
        spool.close()


def report(number: CitizenId, now: datetime) -> CheckInReport:
    return CheckInReport.model_validate(
        {
            "report_id": new_id(),
            "mode": "attendance",
            "citizen_id": number.value,
            "identified_by": "chip",
            "chip": "integrity_ok_issuer_unknown",
            "face": "match",
            "face_score": 0.7,
            "liveness_passed": True,
            "observed_at": now,
        }
    )


async def run_rush(
    core: Core, school_id: SchoolId, clock: FastClock, folder: Path, *, pupils: int, kiosks: int = 6
) -> Rush:
    """Let everybody come once; says what arrived."""
    rush, chance, cables = Rush(pupils, kiosks), random.Random(7), list[Cable]()
    await add_pupils(core, school_id, pupils)
    app = make_web_app(core)

    async def dated(_request: web.Request, response: web.StreamResponse) -> None:
        # The kiosks learn the time from this header; here it is the fast clock's.
        response.headers["Date"] = clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT")

    app.on_response_prepare.append(dated)

    def cable_of(client: CoreClient) -> Cable:
        cables.append(Cable(client, clock, chance))
        return cables[-1]

    async def come(sender: Sender, number: CitizenId, at: timedelta) -> None:
        await clock.until(at)
        begun = time.perf_counter()
        receipt = await sender.submit(report(number, clock.now()))
        rush.waits.append(time.perf_counter() - begun)
        rush.answered += receipt is not None
        rush.recorded += receipt is None

    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(app))
        senders = [
            await stack.enter_async_context(kiosk(core, school_id, url, folder / f"gate{at}", cable_of))
            for at in range(kiosks)
        ]
        clock.start()
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for at, number in enumerate(numbers(pupils)):
                group.create_task(come(senders[at % kiosks], number, MORNING * at / pupils))
        rush.seconds = time.perf_counter() - began
        while any(sender.spool.waiting() for sender in senders):  # noqa: ASYNC110 - other tasks empty it
            await asyncio.sleep(0.05)
        rush.flushed_after = time.perf_counter() - began - rush.seconds
    rush.answers_lost = sum(one.lost for one in cables)
    await _count(core, school_id, rush)
    return rush


async def _count(core: Core, school_id: SchoolId, rush: Rush) -> None:
    async with core.database.transaction(school_id) as tx:
        counted = text(
            "SELECT count(*), count(DISTINCT student_id) FILTER (WHERE decision = 'accepted' AND reason = 'ok'), "
            "count(*) FILTER (WHERE provisional) FROM check_ins WHERE school_id = :school"
        )
        row = (await tx.session.execute(counted, {"school": school_id})).one()
    rush.rows, rush.arrived, rush.provisional = row

"""A whole emulated kiosk, enrolled with a peer core, served on loopback for one test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import aiohttp

from core.contracts.checkin import CheckInReport
from kiosk.app import Kiosk, build_kiosk
from kiosk.clock import CoreTime, SystemClock
from kiosk.session.values import Rules
from kiosk.settings import KioskSettings
from kiosk.uplink.client import enrol
from kiosk.uplink.identity import Identity, keep_identity
from tests.kiosk.support.peer import CODE, Peer


async def enrolled(data_dir: Path, peer: Peer, time: CoreTime | None = None) -> Identity:
    """An identity from the peer, kept in `data_dir`."""
    async with aiohttp.ClientSession() as http:
        key, receipt = await enrol(http, peer.url, CODE, "Kiosk thử", time or CoreTime(SystemClock()))
    return keep_identity(data_dir, key, receipt, peer.url)


def report(**changes: object) -> CheckInReport:
    """A plain report of a fictional pupil."""
    base: dict[str, object] = {
        "report_id": uuid4(),
        "mode": "attendance",
        "citizen_id": "001315012345",
        "identified_by": "chip",
        "chip": "integrity_ok_issuer_unknown",
        "face": "match",
        "face_score": 0.7,
        "liveness_passed": True,
        "observed_at": "2026-11-21T06:58:03+07:00",
    }
    return CheckInReport.model_validate(base | changes)


@asynccontextmanager
async def running_kiosk(
    data_dir: Path, peer: Peer, rules: Rules | None = None, **settings: object
) -> AsyncIterator[tuple[Kiosk, str]]:
    """The kiosk and its page's address; `rules` shorten the waits."""
    await enrolled(data_dir, peer)
    options = KioskSettings(
        core_url=peer.url,
        data_dir=data_dir,
        emulated=True,
        port=0,
        **settings,  # type: ignore[arg-type]  # of the test
    )
    kiosk = build_kiosk(options)
    kiosk.rules = rules or Rules()
    kiosk.pace = replace(kiosk.pace, patience=1.0, first_pause=0.1, longest_pause=0.3)
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(kiosk.serve(address.set_result))
        try:
            yield kiosk, await asyncio.wait_for(address, 10)
        finally:
            task.cancel()

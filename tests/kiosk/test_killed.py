"""A kiosk that is killed (-9) between any two steps: nothing recorded is lost, nothing is doubled, nobody else sees it.

Once at each file operation of the spool, in forked children; once at each step of a visit, as a whole program.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NoReturn

import aiohttp
from aiohttp import web

from core.contracts.checkin import CheckInReport
from kiosk.emulated.people import SAMPLE
from kiosk.uplink import spool as spools
from kiosk.uplink.spool import Spool, peek
from tests.kiosk.support.machine import enrolled, report
from tests.kiosk.support.peer import NAMES, core_peer
from tests.kiosk.support.program import forked
from tests.kiosk.support.waiting import eventually

_OPERATIONS = ("write", "fsync", "ftruncate", "replace")


def mornings_work(folder: Path, reports: list[CheckInReport], say: Callable[[str], object]) -> None:
    """Three pupils; the first is sent, the second told that it will be sent later, and the files are cleared out."""
    spool = Spool(folder)
    for one in reports:
        spool.add(one)
        say(f"added {one.report_id}")
    say(f"sent {reports[0].report_id}")
    spool.done(reports[0].report_id)
    say(f"done {reports[0].report_id}")
    spool.mark_late(reports[1].report_id)
    say(f"late {reports[1].report_id}")


def child(folder: Path, reports: list[CheckInReport], out: int, lives: int) -> NoReturn:
    """Does the work and is killed before that file operation."""
    left = lives

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def operation(*arguments: Any) -> Any:
            nonlocal left
            if arguments[0] != out:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments)

        return operation

    spools.COMPACT_AT_BYTES = 1
    for name in _OPERATIONS:
        setattr(os, name, dying(getattr(os, name)))
    try:
        mornings_work(folder, reports, lambda word: os.write(out, f"{word}\n".encode()))
    finally:
        os._exit(0)


def killed(folder: Path, reports: list[CheckInReport], lives: int) -> tuple[list[str], bool]:
    """What the child said before it died, and whether it lived to the end."""
    back, out = os.pipe()
    one = os.fork()
    if one == 0:
        child(folder, reports, out, lives)
    os.close(out)
    with os.fdopen(back) as said:
        words = said.read().split("\n")[:-1]
    _, status = os.waitpid(one, 0)
    return words, not os.WIFSIGNALED(status)


def test_killed_before_any_file_operation_the_spool_keeps_what_it_said(tmp_path: Path) -> None:
    reports = [report() for _ in range(3)]
    lives, ended = -1, False
    while not ended:
        lives += 1
        folder = tmp_path / str(lives)
        words, ended = killed(folder, reports, lives)
        told = {
            kind: [word.split()[1] for word in words if word.startswith(kind)]
            for kind in ("added", "sent", "done", "late")
        }
        spool = Spool(folder)
        kept = {str(item.report.report_id): item for item in spool.waiting()}
        assert set(told["added"]) - set(told["sent"]) <= set(kept), lives
        assert not set(told["done"]) & set(kept), lives
        assert all(kept[one].late for one in told["late"]), lives
        assert list(kept) == [str(one.report_id) for one in reports if str(one.report_id) in kept], lives
        assert spool.recovery.lost_records == 0, lives
        spool.close()
    assert lives > 30


@dataclass
class Visit:
    """A pupil before a kiosk that is killed when a step is reached, by the page's word or by the core's."""

    kiosk: BaseProcess
    url: str
    pupil: int
    step: str

    @property
    def number(self) -> str:
        return SAMPLE[self.pupil].number.value

    async def at(self, reached: str, said: dict[str, Any]) -> None:
        """The core got, or stored, a report; its answer is lost with the kiosk."""
        if reached == self.step and said["citizen_id"] == self.number:
            self.kiosk.kill()
            raise web.HTTPServiceUnavailable

    async def walk(self) -> None:
        """Come, and see nothing of anybody else until the kiosk dies."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.url}/events") as page:
            begun = False
            with suppress(aiohttp.ClientPayloadError):
                async for view in views(page):
                    assert view["name"] in {None, NAMES[self.number]}
                    if not begun:
                        assert view["screen"] == "idle"
                        begun = await self._tap(http)
                    if view["screen"] == self.step:
                        self.kiosk.kill()
        await asyncio.to_thread(self.kiosk.join)

    async def _tap(self, http: aiohttp.ClientSession) -> bool:
        async with http.post(f"{self.url}/demo/tap", json={"person": self.pupil}) as answer:
            return answer.status == 200


async def views(page: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    """What the page is told, one view after the other."""
    async for line in page.content:
        said = line.decode().removeprefix("data: ")
        if said.startswith('{"view"'):
            yield json.loads(said)["view"]


async def test_killed_at_any_step_of_a_visit_nothing_is_lost_doubled_or_shown_to_the_next(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "spool"
    steps = {"reading": {0}, "looking": {0}, "arrived": {1}, "stored": {1}, "verdict_accepted": {0, 1}}
    async with core_peer() as peer:
        await enrolled(tmp_path, peer)
        for number, (step, waiting) in enumerate(steps.items()):
            async with forked(tmp_path) as (kiosk, url):
                visit = Visit(kiosk, url, number % len(SAMPLE), step)
                peer.at = visit.at
                await visit.walk()
            assert len(peek(folder).items) in waiting, step
        async with forked(tmp_path):
            await eventually(lambda: not peek(folder).items)
    assert [one["citizen_id"] for one in peer.reports] == [SAMPLE[one].number.value for one in (2, 0, 1)]

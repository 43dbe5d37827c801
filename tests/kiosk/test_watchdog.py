"""What hangs is noticed: a camera is opened anew, a dead loop or reader ends the program to be started again."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from core.contracts.checkin import CheckInReceipt, CheckInReport
from core.contracts.citizen_id import CitizenId
from kiosk.camera.emulated import Scene
from kiosk.camera.ports import Frame
from kiosk.clock import SystemClock
from kiosk.devices import NoFaceCheck
from kiosk.emulated.cards import EmulatedCards
from kiosk.errors import CameraError
from kiosk.runner import Parts, Runner
from kiosk.screen.server import Board
from kiosk.session.events import CardFailed, CardLaid
from kiosk.session.values import Rules
from kiosk.watchdog import STALLED_READS, Watchdog, WatchedCamera
from tests.kiosk.support.waiting import eventually

AN = CitizenId("001315012345")


@dataclass
class Nothing:
    """An uplink that is never asked."""

    async def submit(self, report: CheckInReport) -> CheckInReceipt | None:
        raise AssertionError


class Hanging:
    """A reader whose driver never answers."""

    emulated = True

    async def next_event(self) -> CardLaid:
        return await asyncio.Future()

    async def read(self, tap: int, number: CitizenId | None, on_phase: object) -> object:
        return await asyncio.Future()


@dataclass
class Lens:
    """A camera that hangs after some pictures."""

    good: int
    emulated: bool = True
    seen: int = field(default=0)

    async def frame(self) -> Frame:
        self.seen += 1
        if self.seen > self.good:
            await asyncio.Future()
        return Frame(np.zeros((8, 8, 3), np.uint8), 0.0, self.seen)


def runner(cards: object, rules: Rules | None = None) -> Runner:
    parts = Parts(cards, NoFaceCheck(), Nothing(), Board(), SystemClock())  # type: ignore[arg-type]  # of the test
    return Runner(parts, rules or Rules())


async def test_a_camera_that_hangs_is_left_behind_and_opened_anew() -> None:
    lenses: list[Lens] = []

    def make() -> Lens:
        lenses.append(Lens(good=1))
        return lenses[-1]

    camera = WatchedCamera(make, patience=0.05)
    await camera.frame()
    with pytest.raises(CameraError, match="frozen"):
        await camera.frame()
    assert (await camera.frame()).number == 1
    assert (len(lenses), camera.hung) == (2, 1)


async def test_a_living_kiosk_is_left_alone_and_the_service_manager_hears_of_it(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    dead: list[bool] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.setblocking(False)
        one = runner(EmulatedCards(Scene()))
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(one.run()),
                group.create_task(Watchdog(one, lambda: dead.append(True), address, every=0.02).run()),
            ]
            loop = asyncio.get_running_loop()
            heard = {(await loop.sock_recv(manager, 64)).decode() for _ in range(3)}
            for task in tasks:
                task.cancel()
    assert heard == {"READY=1", "WATCHDOG=1"}
    assert dead == []


async def test_a_session_that_answers_no_more_is_dead() -> None:
    dead: list[bool] = []
    # Nobody runs this runner's loop.
    await Watchdog(runner(Hanging()), lambda: dead.append(True), every=0.01, patience=0.05).run()
    assert dead == [True]


async def test_a_reader_that_hangs_again_and_again_is_dead_and_one_that_fails_is_not() -> None:
    dead: list[bool] = []
    one = runner(Hanging(), Rules(reading=0.02, trouble=0.02))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.run())]
        for tap in range(STALLED_READS):
            one.post(CardLaid(tap, AN))
            wanted = tap + 1
            await eventually(lambda: one.stalled_reads >= wanted)  # noqa: B023 - used at once
        await Watchdog(one, lambda: dead.append(True), every=0.01).run()
        one.post(CardLaid(9, AN))
        one.post(CardFailed(one.session.visit + 1, "card.removed", retryable=True))
        await eventually(lambda: one.stalled_reads == 0)
        for task in tasks:
            task.cancel()
    assert dead == [True]

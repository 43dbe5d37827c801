"""What hangs is noticed: a camera is opened anew, a dead loop or reader ends the program to be started again."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from core.contracts.checkin import CheckInReceipt, CheckInReport
from core.contracts.citizen_id import CitizenId
from kiosk import runner as runners
from kiosk.camera.emulated import Scene
from kiosk.camera.opencv import OpenCvCamera
from kiosk.camera.ports import Frame
from kiosk.card.pcsc import CardWatch
from kiosk.clock import SystemClock
from kiosk.devices import CAMERA_THREADS, NoFaceCheck
from kiosk.emulated.cards import EmulatedCards
from kiosk.errors import CameraError
from kiosk.reader import PcscCards
from kiosk.runner import Parts, Runner
from kiosk.screen.server import Board
from kiosk.session.events import CardFailed, CardLaid
from kiosk.session.values import Rules
from kiosk.watchdog import STALLED_READS, Watchdog, WatchedCamera
from tests.kiosk.support.program import program
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


@pytest.mark.parametrize(("a_second", "said"), [(3, "slow"), (6, "ok"), (30, "ok")])
async def test_a_camera_too_slow_for_a_movement_is_named_and_pauses_of_ours_are_not_its_own(
    a_second: float, said: str
) -> None:
    at = itertools.chain(itertools.accumulate([1 / a_second] * 30), [60.0, 60.0 + 1 / a_second])
    camera = WatchedCamera(lambda: Lens(good=100), seconds=lambda: next(at))
    for _ in range(32):
        await camera.frame()
    assert camera.condition == said


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


@pytest.fixture
def hanging_film(tmp_path: Path) -> Iterator[Path]:
    """A film whose opening hangs inside the operating system, as a driver may: a pipe that nobody writes to."""
    path = tmp_path / "hangs.mp4"
    os.mkfifo(path)
    yield path
    try:
        end = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return
    path.unlink()
    os.close(end)


async def test_a_camera_that_hangs_in_its_driver_takes_no_thread_from_the_others(hanging_film: Path) -> None:
    threads = ThreadPoolExecutor(CAMERA_THREADS, "camera")
    camera = WatchedCamera(lambda: OpenCvCamera(hanging_film, threads), patience=0.01)
    for _ in range(40):
        with pytest.raises(CameraError, match="frozen"):
            await camera.frame()
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "written down"), 5) == "written down"
    assert sum(thread.name.startswith("camera") for thread in threading.enumerate()) <= CAMERA_THREADS


async def test_a_kiosk_whose_driver_hangs_still_ends_when_it_is_told_to(
    hanging_film: Path, tmp_path: Path
) -> None:
    async with program(
        "serve", "--json", "--port", "0", data_dir=tmp_path / "data", camera=hanging_film
    ) as kiosk:
        assert kiosk.stdout is not None
        await kiosk.stdout.readline()
        ends: list[int] = []
        await eventually(lambda: waits_for_pictures(hanging_film, ends))
        kiosk.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(kiosk.wait(), 15) == 0
        os.close(ends[0])


def waits_for_pictures(path: Path, ends: list[int]) -> bool:
    """Whether somebody has opened the pipe to read; our end stays open, so that there it goes on waiting."""
    with suppress(OSError):
        ends.append(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    return bool(ends)


class Silent(CardWatch):
    """A reader's service that never answers."""

    def __init__(self, let_go: threading.Event) -> None:
        super().__init__()
        self.let_go = let_go

    def present_on(self) -> str | None:
        self.let_go.wait()
        return None


async def test_a_readers_service_that_never_answers_is_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runners, "CARD_PAUSE_SECONDS", 0.01)
    dead, let_go = list[bool](), threading.Event()
    camera = Lens(good=0)
    one = runner(PcscCards(tmp_path, camera, SystemClock(), Silent(let_go), answer_seconds=0.02))
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(one.run())
            await eventually(lambda: one.stalled_watches >= STALLED_READS)
            await Watchdog(one, lambda: dead.append(True), every=0.01).run()
            task.cancel()
    finally:
        let_go.set()
    assert dead == [True]

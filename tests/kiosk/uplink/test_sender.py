"""Reports reach a real HTTP peer signed, once and in order, whatever it answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from core.contracts.checkin import CheckInReport
from kiosk.clock import CoreTime, Counted, SystemClock, since_boot, this_start
from kiosk.errors import NonsenseError, NotEnrolledError, RefusedError, SpoolError, UnreachableError
from kiosk.uplink.client import CoreClient, enrol
from kiosk.uplink.heartbeat import Heartbeat
from kiosk.uplink.identity import IDENTITY_FILE, load_identity
from kiosk.uplink.sender import Pace, Sender
from kiosk.uplink.spool import Spool
from tests.kiosk.support.machine import enrolled, report
from tests.kiosk.support.peer import Peer, core_peer
from tests.kiosk.support.waiting import eventually

QUICK = Pace(patience=0.5, first_pause=0.02, longest_pause=0.1)


@asynccontextmanager
async def sending(
    tmp_path: Path, peer: Peer, kind: type[Spool] = Spool
) -> AsyncIterator[tuple[Sender, CoreTime]]:
    identity = await enrolled(tmp_path, peer)
    time = CoreTime(SystemClock())
    spool = kind(tmp_path / "spool")
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
        sender = Sender(spool, CoreClient(http, identity, time), QUICK)
        task = group.create_task(sender.run())
        try:
            yield sender, time
        finally:
            task.cancel()
    spool.close()


class FillingSpool(Spool):
    """A spool whose disk is full as soon as a report was recorded."""

    full = False

    def add(self, report: CheckInReport, counted: Counted | None = None) -> None:
        super().add(report, counted)
        self.full = True

    def _write(self, record: dict[str, Any]) -> None:
        if self.full:
            raise SpoolError("No space left on device")
        super()._write(record)


@pytest.mark.parametrize("answer", ["200", "503"])
async def test_a_disk_that_fills_up_after_the_recording_takes_nothing_back(
    tmp_path: Path, answer: str
) -> None:
    async with core_peer() as peer, sending(tmp_path, peer, FillingSpool) as (sender, _):
        sender.pace = Pace(patience=2.0, first_pause=0.4, longest_pause=0.4)
        peer.answers = [answer] if answer != "200" else []
        receipt = await sender.submit(report())
        assert (receipt is not None) is (answer == "200")
        await eventually(lambda: bool(peer.reports))
        assert peer.reports[0]["provisional"] is (answer != "200")


async def test_a_refusal_is_told_though_the_disk_is_too_full_to_note_it(tmp_path: Path) -> None:
    async with core_peer() as peer, sending(tmp_path, peer, FillingSpool) as (sender, _):
        peer.answers = ["422"] * 20
        with pytest.raises(RefusedError):
            await sender.submit(report())
        assert [item.parked for item in sender.spool.waiting()] == [None]


class SlowSpool(Spool):
    """A spool whose disk takes until the core has answered to note that the pupil was told "later"."""

    answered: Callable[[], bool] = staticmethod(lambda: True)

    def mark_late(self, report_id: UUID) -> None:
        for _ in range(500):
            if self.answered():
                break
            time.sleep(0.01)
        super().mark_late(report_id)


@pytest.mark.parametrize("answer", ["200", "422"])
async def test_a_word_in_the_instant_of_the_time_out_is_not_told_as_sent_later(
    tmp_path: Path, answer: str
) -> None:
    async with core_peer() as peer, sending(tmp_path, peer, SlowSpool) as (sender, _):
        # Away as far as is known: the pupil is told "later" without waiting, and just then the core answers.
        sender.online, SlowSpool.answered = False, staticmethod(lambda: sender.online)
        if answer == "200":
            assert await sender.submit(report()) is not None
            return
        peer.answers = [answer]
        with pytest.raises(RefusedError):
            await sender.submit(report())
        await eventually(lambda: bool(sender.spool.parked()))


async def until_empty(sender: Sender) -> None:
    await eventually(lambda: not sender.spool.waiting())


async def test_a_report_is_answered_with_the_cores_receipt(tmp_path: Path) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, _):
        one = report()
        receipt = await sender.submit(one)
        assert receipt is not None
        assert receipt.report_id == one.report_id
        assert peer.reports[0]["provisional"] is False
        await until_empty(sender)


@pytest.mark.parametrize("answer", ["500", "503", "429", "portal", "portal_404", "nonsense", "other_receipt"])
async def test_an_answer_that_is_not_the_cores_word_is_retried(tmp_path: Path, answer: str) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, _):
        peer.answers = [answer, answer]
        assert await sender.submit(report()) is None
        await until_empty(sender)
        assert len(peer.reports) == 1
        assert sender.status.parked == 0


@pytest.mark.parametrize("answer", ["400", "404", "409", "413", "422"])
async def test_a_refusal_parks_the_report_with_its_reason(tmp_path: Path, answer: str) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, _):
        peer.answers = [answer]
        with pytest.raises(RefusedError):
            await sender.submit(report())
        await eventually(lambda: bool(sender.spool.parked()))
        assert [item.parked for item in sender.spool.parked()] == [f"{answer} checkins.broken"]
        assert await sender.submit(report()) is not None


async def test_a_kiosk_that_the_core_does_not_know_keeps_its_reports(tmp_path: Path) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, _):
        peer.answers = ["401", "403"]
        assert await sender.submit(report()) is None
        await until_empty(sender)
        assert sender.status.parked == 0
        assert len(peer.reports) == 1


async def test_without_a_network_reports_wait_and_arrive_once_in_order(tmp_path: Path) -> None:
    peer = Peer()
    async with core_peer(peer=peer):
        await enrolled(tmp_path, peer)
    reports = [report() for _ in range(5)]
    identity = load_identity(tmp_path)
    spool = Spool(tmp_path / "spool")
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
        sender = Sender(spool, CoreClient(http, identity, CoreTime(SystemClock())), QUICK)
        task = group.create_task(sender.run())
        assert [await sender.submit(one) for one in reports] == [None] * 5
        assert not sender.status.online
        assert sender.status.queued == 5
        async with core_peer(peer.port, peer):
            await until_empty(sender)
            assert [kept["report_id"] for kept in peer.reports] == [str(one.report_id) for one in reports]
            assert all(kept["provisional"] for kept in peer.reports)
            assert sender.status.online
        task.cancel()
    spool.close()


async def test_six_kiosks_with_a_cut_in_the_middle_lose_and_double_nothing(tmp_path: Path) -> None:
    peer, sent = Peer(), list[str]()
    async with core_peer(peer=peer):
        identity = await enrolled(tmp_path, peer)
    spools = [Spool(tmp_path / f"spool{number}") for number in range(6)]

    async def gate(sender: Sender) -> None:
        for _ in range(10):
            one = report()
            sent.append(str(one.report_id))
            await sender.submit(one)

    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
        client = CoreClient(http, identity, CoreTime(SystemClock()))
        senders = [Sender(spool, client, QUICK) for spool in spools]
        loops = [group.create_task(sender.run()) for sender in senders]
        for up in (True, False, True):
            async with core_peer(peer.port if up else 0, peer if up else Peer()):
                async with asyncio.TaskGroup() as gates:
                    for sender in senders:
                        gates.create_task(gate(sender))
                if up:
                    await eventually(lambda: not any(sender.spool.waiting() for sender in senders))
        for loop in loops:
            loop.cancel()
    for spool in spools:
        spool.close()
    arrived = [kept["report_id"] for kept in peer.reports]
    assert len(arrived) == len(set(arrived)) == 180
    assert set(arrived) == set(sent)


async def test_an_answer_that_was_lost_on_the_way_doubles_nothing(tmp_path: Path) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, _):
        peer.answers = ["lost", "lost"]
        assert await sender.submit(report()) is None
        await until_empty(sender)
        assert (peer.attempts, len(peer.reports)) == (3, 1)


async def test_an_answer_that_comes_after_the_pupil_left_settles_the_report(tmp_path: Path) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, _):
        peer.delay = 0.6
        assert await sender.submit(report()) is None
        await until_empty(sender)
        assert (peer.attempts, len(peer.reports)) == (1, 1)


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=-1), timedelta(minutes=20)])
async def test_a_clock_that_is_a_day_off_is_measured_and_made_up_for(
    tmp_path: Path, ahead: timedelta
) -> None:
    peer = Peer(ahead=ahead)
    async with core_peer(peer=peer), sending(tmp_path, peer) as (sender, time):
        assert await sender.submit(report()) is not None
        assert time.drift is not None
        assert abs(time.drift - ahead) < timedelta(seconds=2)
        assert peer.attempts == 2


@pytest.mark.parametrize("ahead", [timedelta(hours=9), timedelta(days=-400)])
async def test_who_came_before_the_kiosk_knew_the_time_is_told_with_the_time_at_which_it_was(
    tmp_path: Path, ahead: timedelta
) -> None:
    an_hour_ago = timedelta(hours=1)
    early = Counted(this_start(), since_boot() - an_hour_ago.total_seconds())
    spool = Spool(tmp_path / "spool")
    spool.add(first := report(observed_at=SystemClock().now() - an_hour_ago), early)
    spool.close()
    peer = Peer(ahead=ahead)
    async with core_peer(peer=peer), sending(tmp_path, peer) as (sender, time):
        time.steady, sender.unsure = since_boot, time.unsure
        await sender.submit(report(observed_at=time.now()))
        await eventually(lambda: len(peer.reports) == 2)
        assert sender.unsure() is None
    told = {one["report_id"]: datetime.fromisoformat(one["observed_at"]) for one in peer.reports}
    before = told.pop(str(first.report_id))
    assert abs(before - (peer.now() - an_hour_ago)) < timedelta(seconds=20)
    assert abs(next(iter(told.values())) - peer.now()) < timedelta(seconds=20)


@pytest.mark.parametrize("answer", ["portal", "portal_404", "503"])
async def test_the_clock_of_who_is_not_the_core_teaches_nothing(tmp_path: Path, answer: str) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, time):
        peer.answers, peer.stamp = [answer], "Mon, 01 Jan 2029 07:00:00 GMT"
        with pytest.raises(UnreachableError):
            await sender.delivery.check_in(report())
        assert time.drift is None


@pytest.mark.parametrize(
    "stamp",
    ["Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 +1400", "Thu, 01 Jan 1970 00:00:09 GMT"],
)
async def test_a_time_that_no_clock_can_show_is_not_taken_over(tmp_path: Path, stamp: str) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, time):
        peer.stamp = stamp
        assert await sender.submit(report()) is not None
        assert time.drift is None
        assert await sender.submit(report()) is not None


async def test_a_wrong_enrolment_code_is_refused(tmp_path: Path) -> None:
    async with core_peer() as peer, aiohttp.ClientSession() as http:
        with pytest.raises(RefusedError, match="code_refused"):
            await enrol(http, peer.url, "WRONG", "Kiosk", CoreTime(SystemClock()))


async def test_a_core_that_is_away_is_unreachable_at_enrolment() -> None:
    async with core_peer() as peer:
        url = peer.url
    async with aiohttp.ClientSession() as http:
        with pytest.raises(UnreachableError):
            await enrol(http, url, "ABCD", "Kiosk", CoreTime(SystemClock()))


async def test_a_heartbeat_brings_the_kiosk_back_online(tmp_path: Path) -> None:
    async with core_peer() as peer, sending(tmp_path, peer) as (sender, time):
        async with aiohttp.ClientSession() as http:
            beat = Heartbeat(CoreClient(http, load_identity(tmp_path), time), sender)
            sender.online = False
            assert await beat.beat()
            assert sender.status.online
            assert peer.beats == 1
        async with aiohttp.ClientSession() as http:
            peer.device_id = report().report_id
            assert await Heartbeat(CoreClient(http, load_identity(tmp_path), time), sender).beat()
            assert sender.status.blocked == "devices.bad_signature"


def test_the_identity_is_private_and_a_damaged_one_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolledError, match="enrol"):
        load_identity(tmp_path)
    (tmp_path / IDENTITY_FILE).write_text("{}")
    with pytest.raises(NotEnrolledError, match="damaged"):
        load_identity(tmp_path)


async def test_the_private_key_is_not_shown(tmp_path: Path) -> None:
    async with core_peer() as peer:
        identity = await enrolled(tmp_path, peer)
    assert "key" not in repr(identity)
    assert (tmp_path / IDENTITY_FILE).stat().st_mode & 0o077 == 0


async def test_a_receipt_of_another_report_is_nonsense(tmp_path: Path) -> None:
    async with core_peer() as peer, aiohttp.ClientSession() as http:
        client = CoreClient(http, await enrolled(tmp_path, peer), CoreTime(SystemClock()))
        peer.answers = ["other_receipt"]
        with pytest.raises(NonsenseError):
            await client.check_in(report())

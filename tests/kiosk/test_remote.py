"""Staff and a running kiosk, over HTTP: what they order is on its disk and screen, what is wrong with it reaches them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from core.contracts.checkin import CheckInMode
from kiosk.session.places import Idle, Locked
from kiosk.session.values import Job
from kiosk.staff_settings import StaffSettings, load_staff_settings
from kiosk.uplink.spool import Spool
from tests.kiosk.support.damage import spoil_both
from tests.kiosk.support.machine import report, running_kiosk
from tests.kiosk.support.peer import core_peer
from tests.kiosk.support.waiting import eventually


async def test_two_who_change_settings_at_once_both_get_their_wish(tmp_path: Path) -> None:
    wishes = ({"sound": False}, {"language": "en"}, {"face_alone": True}, {"turns": 2}, {"code_alone": False})
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, _):
        peer.ask(*({"kind": "settings", **wish} for wish in wishes))
        await eventually(lambda: len(peer.results) == len(wishes))
        assert {one["outcome"] for one in peer.results} == {"done"}
        assert (kiosk.board.foot.language, kiosk.board.foot.sound) == ("en", False)
    kept = load_staff_settings(tmp_path, StaffSettings())
    assert kept == StaffSettings(language="en", sound=False, face_alone=True, turns=2, code_alone=False)


async def test_what_staff_opened_and_closed_is_so_after_a_power_cut_too(tmp_path: Path) -> None:
    exam = Job(CheckInMode.EXAM, UUID(int=9))
    async with core_peer() as peer, running_kiosk(tmp_path, peer):
        for number, order in enumerate(
            ({"kind": "open", "mode": "exam", "exam_session_id": str(UUID(int=9))}, {"kind": "lock"}), 1
        ):
            peer.ask(order)
            await eventually(lambda: len(peer.results) == number)  # noqa: B023 - awaited in its turn
    async with core_peer() as peer, running_kiosk(tmp_path, peer) as (kiosk, _):
        runner = kiosk.runner
        assert runner is not None
        await eventually(lambda: isinstance(runner.session.place, Locked))
        assert (runner.session.job, runner.session.next_job) == (exam, exam)
        peer.ask({"kind": "unlock"})
        await eventually(lambda: len(peer.results) == 1)
        assert isinstance(runner.session.place, Idle)
        assert runner.session.job == exam
    assert load_staff_settings(tmp_path, StaffSettings()).closed is None


def test_what_was_opened_yesterday_does_not_hold_this_morning() -> None:
    opened = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    chosen = StaffSettings(mode=CheckInMode.GUARDIAN, opened_at=opened)
    assert chosen.job_at(opened + timedelta(hours=9)) == Job(CheckInMode.GUARDIAN)
    assert chosen.job_at(opened + timedelta(hours=11)) is None
    assert chosen.job_at(opened - timedelta(days=300)) is None, "a clock that is wrong opens nothing"
    assert StaffSettings().job_at(opened) is None


async def test_a_disk_that_lost_a_report_is_told_with_every_heartbeat_until_staff_have_looked(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "spool"
    spool = Spool(folder)
    for _ in range(2):
        spool.add(report())
    spool.close()
    spoil_both(folder, 1)
    for _ in range(2):
        async with core_peer() as peer, running_kiosk(tmp_path, peer):
            await eventually(lambda: bool(peer.troubles))
            assert peer.troubles == [("spool_lost",)]
    spool = Spool(folder)
    spool.forget_lost()
    spool.close()
    async with core_peer() as peer, running_kiosk(tmp_path, peer):
        await eventually(lambda: bool(peer.troubles))
        assert peer.troubles == [()]

"""Staff and a running kiosk, over HTTP: what they order is on its disk and screen, what is wrong with it reaches them."""

from __future__ import annotations

from pathlib import Path

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

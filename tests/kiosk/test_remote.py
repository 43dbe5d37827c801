"""Staff's orders at a running kiosk: the order goes over HTTP, what it changed is on the disk and on the screen."""

from __future__ import annotations

from pathlib import Path

from kiosk.staff_settings import StaffSettings, load_staff_settings
from tests.kiosk.support.machine import running_kiosk
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

"""The doctor names each thing that is wrong, how to mend it, and says nothing else."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from core.contracts.roster import Roster, RosterPupil
from kiosk.camera.replay import ReplayCamera
from kiosk.camera_doctor import examine_camera
from kiosk.card import doctor as card_doctor
from kiosk.card.errors import ReaderUnavailableError
from kiosk.clock import SystemClock
from kiosk.doctor import examine
from kiosk.settings import KioskSettings
from kiosk.updates.shelf import Choice, Shelf
from kiosk.uplink.roster import RosterKeeper
from kiosk.uplink.spool import Spool
from tests.kiosk.support.damage import spoil_both
from tests.kiosk.support.machine import enrolled, report
from tests.kiosk.support.peer import core_peer

NOWHERE = "http://127.0.0.1:9"


class Usage(NamedTuple):
    """As `shutil.disk_usage` tells it."""

    total: int
    used: int
    free: int


async def found(
    folder: Path, part: str, core_url: str = NOWHERE, camera: str = "none.mp4"
) -> tuple[str, str, str]:
    """The state, the words and the remedy of one part of a kiosk with real devices."""
    settings = KioskSettings(core_url=core_url, data_dir=folder / "data", camera=str(folder / camera))
    one = next(one for one in await examine(settings) if one.part == part)
    return one.state, one.what, one.mend


def room(folder: Path, light: int) -> str:
    """A camera's pictures of a room with detail, so bright."""
    pictures = folder / "pictures"
    pictures.mkdir()
    grain = np.random.default_rng(1).integers(0, max(light // 2, 1), (480, 640, 3))
    picture = np.clip(light // 2 + grain, 0, 255).astype(np.uint8)
    cv2.imwrite(str(pictures / "room.png"), picture)
    return pictures.name


async def test_a_missing_reader_and_a_missing_service_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_doctor, "list_readers", tuple)
    state, what, mend = await found(tmp_path, "reader")
    assert (state, what) == ("bad", "không thấy đầu đọc")
    assert "cắm lại" in mend

    def no_service() -> tuple[str, ...]:
        raise ReaderUnavailableError("pcscd")

    monkeypatch.setattr(card_doctor, "list_readers", no_service)
    state, _, mend = await found(tmp_path, "pcsc")
    assert state == "bad"
    assert "systemctl start pcscd" in mend


async def test_a_camera_that_is_not_there_is_told_once_and_not_by_opencv(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    state, what, mend = await found(tmp_path, "camera")
    assert (state, what) == ("bad", "unplugged")
    assert "CONGTRUONG_KIOSK_CAMERA" in mend
    assert "VIDEOIO" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("light", "state", "word"), [(6, "warn", "tối"), (120, "ok", "đủ sáng"), (500, "warn", "sáng")]
)
async def test_a_dark_or_dazzling_room_is_told_with_what_to_change(
    tmp_path: Path, light: int, state: str, word: str
) -> None:
    told, what, mend = await found(tmp_path, "light", camera=room(tmp_path, light))
    assert told == state
    assert word in what
    assert bool(mend) is (state == "warn")
    assert ("bật đèn" in mend) is (word == "tối")


async def test_the_sun_behind_who_stands_there_is_told_though_the_room_is_bright_enough(
    tmp_path: Path,
) -> None:
    name = room(tmp_path, 120)
    path = tmp_path / name / "room.png"
    picture = cv2.imread(str(path))
    picture[:240, :240] = 255
    cv2.imwrite(str(path), picture)
    told, what, mend = await found(tmp_path, "light", camera=name)
    assert (told, "sau lưng" in mend, "chói" in what) == ("warn", True, True)


async def test_a_camera_of_three_pictures_a_second_is_told_to_be_slow(tmp_path: Path) -> None:
    slow = ReplayCamera(tmp_path / room(tmp_path, 120), frames_per_second=3)
    camera = (await examine_camera(slow))[0]
    assert (camera.state, "chậm" in camera.what) == ("warn", True)


async def test_without_a_network_it_says_where_it_looked(tmp_path: Path) -> None:
    state, what, mend = await found(tmp_path, "network")
    assert state == "bad"
    assert NOWHERE in what
    assert "CONGTRUONG_KIOSK_CORE_URL" in mend


async def test_it_looks_for_the_core_where_the_enrolment_found_it(tmp_path: Path) -> None:
    async with core_peer() as peer:
        await enrolled(tmp_path, peer)
        findings = await examine(KioskSettings(data_dir=tmp_path, emulated=True))
        network = next(one for one in findings if one.part == "network")
        assert (network.state, network.what) == ("ok", peer.url)


async def test_a_clock_that_is_a_day_off_is_measured(tmp_path: Path) -> None:
    async with core_peer() as peer:
        peer.ahead = timedelta(days=1)
        state, what, mend = await found(tmp_path, "clock", peer.url)
    assert state == "warn"
    assert "+864" in what
    assert "NTP" in mend


async def test_a_full_disk_is_bad_because_nothing_could_be_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(10**9, 10**9 - 2**20, 2**20))
    state, what, mend = await found(tmp_path, "disk")
    assert (state, what) == ("bad", "còn 1 MB")
    assert "không ghi được" in mend


async def test_a_lens_out_of_focus_is_told(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    wall = cv2.GaussianBlur(
        np.random.default_rng(1).integers(60, 180, (480, 640, 3)).astype(np.uint8), (0, 0), 20
    )
    cv2.imwrite(str(pictures / "wall.png"), wall)
    state, what, mend = await found(tmp_path, "focus", camera=pictures.name)
    assert (state, what[:2]) == ("warn", "mờ")
    assert "ống kính" in mend


async def test_missing_models_are_told_with_the_command_that_fetches_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    state, _, mend = await found(tmp_path, "models")
    assert (state, mend) == ("bad", "congtruong kiosk models")


async def test_a_kiosk_that_the_core_does_not_know_any_more_is_told_to_enrol_again(tmp_path: Path) -> None:
    async with core_peer() as peer:
        await enrolled(tmp_path / "data", peer)
        assert (await found(tmp_path, "identity", peer.url))[0] == "ok"
        peer.device_id = report().report_id
        state, what, mend = await found(tmp_path, "identity", peer.url)
    assert (state, what) == ("bad", "devices.bad_signature")
    assert mend.endswith("congtruong kiosk enrol")
    assert (await found(tmp_path, "identity"))[0] == "warn"


async def test_lost_and_parked_reports_are_told_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "spool"
    spool = Spool(folder)
    kept, parked = report(), report()
    for one in (kept, parked):
        spool.add(one)
    spool.park(parked.report_id, "422 checkins.broken")
    assert await found(tmp_path, "spool") == ("warn", "1 lượt bị từ chối", "congtruong kiosk spool --retry")
    spool.close()
    spoil_both(folder, 1)
    for _ in range(2):
        state, what, mend = await found(tmp_path, "spool")
        assert (state, what) == ("bad", "mất 1 bản ghi")
        assert mend.endswith("spool --checked")
        # A start mends the files; it must not make anybody forget.
        Spool(folder).close()


@pytest.mark.parametrize(("valid", "state", "word"), [(-1, "warn", "hết hạn"), (1, "ok", "1 học sinh")])
async def test_a_roster_that_has_ended_is_told(tmp_path: Path, valid: int, state: str, word: str) -> None:
    now = SystemClock().now()
    pupil = RosterPupil(student_id=report().report_id, key="k", given_name="Ân")
    until = now + timedelta(hours=valid)
    data = tmp_path / "data"
    data.mkdir()
    RosterKeeper(data, SystemClock()).keep(
        Roster(salt="c2FsdA==", issued_at=now, valid_until=until, pupils=(pupil,), exams=())
    )
    told, what, mend = await found(tmp_path, "roster")
    assert told == state
    assert word in what
    assert bool(mend) is (state == "warn")


async def test_a_release_that_was_taken_back_is_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "data")
    (tmp_path / "data").mkdir()
    shelf.keep(Choice(failed="9.9"))
    state, what, mend = await found(tmp_path, "software")
    assert state == "warn"
    assert "9.9" in what
    assert "người phát hành" in mend

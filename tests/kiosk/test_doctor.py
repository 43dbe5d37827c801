"""The doctor names each thing that is wrong, how to mend it, and says nothing else."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from kiosk.card import doctor as card_doctor
from kiosk.card.errors import ReaderUnavailableError
from kiosk.doctor import examine
from kiosk.settings import KioskSettings
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


@pytest.mark.parametrize(("light", "state", "word"), [(6, "warn", "tối"), (120, "ok", "đủ sáng")])
async def test_a_dark_room_is_told_with_what_to_switch_on(
    tmp_path: Path, light: int, state: str, word: str
) -> None:
    told, what, mend = await found(tmp_path, "light", camera=room(tmp_path, light))
    assert told == state
    assert word in what
    assert ("bật đèn" in mend) is (state == "warn")


async def test_without_a_network_it_says_where_it_looked(tmp_path: Path) -> None:
    state, what, mend = await found(tmp_path, "network")
    assert state == "bad"
    assert NOWHERE in what
    assert "CONGTRUONG_KIOSK_CORE_URL" in mend


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

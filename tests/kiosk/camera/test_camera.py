"""Cameras that are unplugged, frozen, dark, too bright, too large or of another colour space are named as such."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.camera.condition import FROZEN_AFTER, FreezeWatch, check_form, light_of
from kiosk.camera.emulated import EmulatedCamera, Scene, Standing, draw
from kiosk.camera.opencv import OpenCvCamera, jpeg_of
from kiosk.camera.ports import Frame
from kiosk.camera.replay import ReplayCamera
from kiosk.errors import CameraError


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((10, 10), np.uint8),
        np.zeros((10, 10, 4), np.uint8),
        np.zeros((10, 10, 3), np.float32),
        np.zeros((0, 10, 3), np.uint8),
        np.zeros((5000, 5000, 3), np.uint8),
    ],
)
def test_what_is_no_picture_of_ours_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(CameraError):
        check_form(picture)


def test_light_is_judged_by_the_room_not_by_the_face() -> None:
    assert light_of(np.full((90, 90, 3), 8, np.uint8)) == "dark"
    assert light_of(np.full((90, 90, 3), 250, np.uint8)) == "bright"
    assert light_of(draw(Standing.HOLDER, 1)) == "ok"


def test_a_frozen_camera_is_noticed_and_a_living_one_is_not() -> None:
    still, watch = draw(Standing.HOLDER, 1), FreezeWatch()
    with pytest.raises(CameraError, match="frozen"):
        for number in range(FROZEN_AFTER + 1):
            watch.see(Frame(still, 0.0, number))
    living = FreezeWatch()
    for number in range(2 * FROZEN_AFTER):
        living.see(Frame(draw(Standing.HOLDER, number), 0.0, number))


async def test_an_unplugged_camera_and_a_missing_file_are_unplugged(tmp_path: Path) -> None:
    for camera in (
        OpenCvCamera(tmp_path / "none.avi"),
        ReplayCamera(tmp_path / "none"),
        ReplayCamera(tmp_path),
    ):
        with pytest.raises(CameraError, match="unplugged"):
            await camera.frame()


async def test_a_folder_is_replayed_in_order_and_a_broken_picture_is_named(tmp_path: Path) -> None:
    for index, standing in enumerate((Standing.HOLDER, Standing.PHOTO)):
        cv2.imwrite(str(tmp_path / f"{index}.png"), draw(standing, 1))
    camera = ReplayCamera(tmp_path, frames_per_second=200)
    first, second, third = [await camera.frame() for _ in range(3)]
    assert (first.picture != second.picture).any()
    assert (first.picture == third.picture).all()
    (tmp_path / "9.png").write_bytes(b"not a picture")
    broken = ReplayCamera(tmp_path, frames_per_second=200)
    with pytest.raises(CameraError, match="wrong_format"):
        for _ in range(3):
            await broken.frame()


async def test_a_video_file_is_played_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "walk.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for number in range(3):
        writer.write(draw(Standing.HOLDER, number))
    writer.release()
    camera = OpenCvCamera(path)
    frames = [await camera.frame() for _ in range(5)]
    camera.close()
    assert [frame.number for frame in frames] == [1, 2, 3, 4, 5]
    assert camera.emulated


async def test_a_film_goes_on_while_nobody_looks(tmp_path: Path) -> None:
    path = tmp_path / "grey.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 50, (64, 48))
    for number in range(200):
        writer.write(np.full((48, 64, 3), number, np.uint8))
    writer.release()
    camera = OpenCvCamera(path)
    first = await camera.frame()
    await asyncio.sleep(0.5)
    later = await camera.frame()
    camera.close()
    # Half a second of fifty pictures a second has gone by; a slow machine may make it more, never less.
    assert int(later.picture.mean()) - int(first.picture.mean()) >= 20


async def test_page_and_face_check_each_see_every_picture_of_one_camera(tmp_path: Path) -> None:
    path = tmp_path / "grey.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 50, (64, 48))
    for number in range(50):
        writer.write(np.full((48, 64, 3), number, np.uint8))
    writer.release()
    camera = OpenCvCamera(path)

    async def watched() -> list[int]:
        return [(await camera.frame()).number for _ in range(10)]

    async with asyncio.TaskGroup() as group:
        page, check = group.create_task(watched()), group.create_task(watched())
    camera.close()
    assert page.result() == sorted(set(page.result()))
    # Each picture is taken once: what both have seen was taken for both.
    assert set(page.result()) & set(check.result())


async def test_the_screens_picture_is_small_and_mirrored() -> None:
    frame = await EmulatedCamera(Scene(Standing.STRANGER)).frame()
    decoded = cv2.imdecode(np.frombuffer(jpeg_of(frame.picture, width=320), np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape == (240, 320, 3)
    assert "array" not in repr(frame)

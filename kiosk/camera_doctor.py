"""What is wrong with the camera and the place before it: does it answer, hang rightly, keep pace, see in its light.

Looks only. How the camera hangs shows where somebody stands before it, and the face models are there.
"""

from __future__ import annotations

import asyncio
from time import monotonic

import numpy as np

from kiosk.camera.condition import light_of
from kiosk.camera.opencv import sharpness_of
from kiosk.camera.ports import Camera, Picture
from kiosk.errors import CameraError
from kiosk.face.detect import Detector
from kiosk.face.errors import FaceError
from kiosk.face.models import DETECTOR, ModelStore, default_models
from kiosk.finding import Finding
from kiosk.watchdog import SLOW_SECONDS

LEAST_DETAIL = 15.0
"""Variance of the Laplacian at 640 pixels: a focused room has 50 and more, a lens out of focus below 10."""
_SECONDS = 10
_FRAMES = 6
_WHITE, _BEHIND = 250, 0.12
"""A window or the sun behind who stands there: so much of the picture is white."""


async def examine_camera(camera: Camera) -> tuple[Finding, ...]:
    """Look at a few pictures; nothing here raises."""
    try:
        async with asyncio.timeout(_SECONDS):
            await camera.frame()
            began = monotonic()
            picture = [await camera.frame() for _ in range(_FRAMES)][-1].picture
    except (CameraError, TimeoutError) as error:
        what = error.detail if isinstance(error, CameraError) else "không trả lời"
        return (Finding("camera", "bad", what, "cắm lại camera, xem CONGTRUONG_KIOSK_CAMERA"),)
    pace = _FRAMES / max(monotonic() - began, 1e-6)
    return (_hanging(picture) or _paced(picture, pace), _light(picture), _focus(picture))


def _hanging(picture: Picture) -> Finding | None:
    """A camera on its head or side."""
    try:
        turned = Detector(ModelStore(default_models()).path(DETECTOR)).stands_turned(picture)
    except FaceError:
        return None
    if not turned:
        return None
    return Finding("camera", "bad", "bị xoay ngược hoặc xoay ngang", "xoay camera lại cho đúng chiều")


def _paced(picture: Picture, pace: float) -> Finding:
    """Whether movements can be followed."""
    height, width = picture.shape[:2]
    if pace < 1 / SLOW_SECONDS:
        slow = f"{width}x{height}, chậm: {pace:.1f} hình mỗi giây"
        return Finding("camera", "warn", slow, "bật thêm đèn, đổi cổng USB hoặc dây")
    return Finding("camera", "ok", f"{width}x{height}")


def _light(picture: Picture) -> Finding:
    light = light_of(picture)
    if light == "ok" and np.count_nonzero(picture.min(axis=2) >= _WHITE) > _BEHIND * picture[..., 0].size:
        mend = "kéo rèm, che cửa sau lưng người đứng, hoặc quay máy sang hướng khác"
        return Finding("light", "warn", "có nguồn sáng chói trong hình", mend)
    if light == "ok":
        return Finding("light", "ok", "đủ sáng")
    mend = "bật đèn phía trước người đứng" if light == "dark" else "che nguồn sáng sau lưng"
    return Finding("light", "warn", "quá tối" if light == "dark" else "quá sáng", mend)


def _focus(picture: Picture) -> Finding:
    """Detail in the whole picture: an empty room has some; a lens out of focus, or dirty, has none."""
    detail = sharpness_of(picture)
    if detail < LEAST_DETAIL:
        return Finding("focus", "warn", f"mờ ({detail:.0f})", "lau ống kính, chỉnh nét ở khoảng 50 cm")
    return Finding("focus", "ok", f"rõ ({detail:.0f})")

"""An emulated camera: it draws who the demo says is standing there. A drawing, and it looks like one."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kiosk.camera.ports import Frame, Picture

WIDTH, HEIGHT = 640, 480
_FRAMES_PER_SECOND = 30


class Standing(StrEnum):
    """Who stands before the emulated camera."""

    HOLDER = "holder"
    STRANGER = "stranger"
    PHOTO = "photo"
    NOBODY = "nobody"


@dataclass(slots=True)
class Scene:
    """What the emulated camera sees (cảnh giả lập)."""

    standing: Standing = Standing.NOBODY


class EmulatedCamera:
    """Draws the scene (camera mô phỏng)."""

    emulated = True

    def __init__(self, scene: Scene) -> None:
        """`scene` may change at any time."""
        self._scene = scene
        self._number = 0

    async def frame(self) -> Frame:
        """The next picture, thirty a second."""
        await asyncio.sleep(1 / _FRAMES_PER_SECOND)
        self._number += 1
        picture = draw(self._scene.standing, self._number)
        return Frame(picture, time.monotonic(), self._number)


def draw(standing: Standing, number: int) -> Picture:
    """A figure of ellipses that sways a little; a photo has a white frame, a stranger another shirt."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:] = (196, 184, 170)
    picture[::40] = (188, 176, 162)
    if standing is Standing.NOBODY:
        return picture
    sway = round(8 * np.sin(number / 6))
    shirt = (150, 90, 60) if standing is Standing.HOLDER else (60, 110, 160)
    _ellipse(picture, (320 + sway, 560), (190, 220), shirt)
    _ellipse(picture, (320 + sway, 235), (92, 122), (150, 185, 225))
    _ellipse(picture, (320 + sway, 165), (100, 74), (40, 34, 30))
    _ellipse(picture, (320 + sway, 222), (80, 70), (150, 185, 225))
    for eye in (-34, 34):
        _ellipse(picture, (320 + sway + eye, 235), (9, 6), (40, 34, 30))
    _ellipse(picture, (320 + sway, 300), (30, 7), (95, 100, 190))
    if standing is Standing.PHOTO:
        border = np.ones((HEIGHT, WIDTH), bool)
        border[70:440, 160:480] = False
        border[:40] = border[470:] = False
        border[:, :130] = border[:, 510:] = False
        picture[border] = (250, 250, 250)
    return picture


def _ellipse(
    picture: Picture, centre: tuple[int, int], radii: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    inside = ((columns - centre[0]) / radii[0]) ** 2 + ((rows - centre[1]) / radii[1]) ** 2 <= 1
    picture[inside] = colour

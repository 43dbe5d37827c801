"""An emulated camera: it draws who the demo says is standing there. A drawing, and it looks like one.

Like a real camera it gives pictures by its own beat, thirty a second, whether or not somebody asks. A drawing
is made once and then shown again, so that drawing never holds up the kiosk.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import numpy as np

from kiosk.camera.ports import Frame, Picture

WIDTH, HEIGHT = 640, 480
_BEAT_NS = 1_000_000_000 // 30
# A sleep may end this much too early; the same picture must not come twice.
_EARLY_NS = 2_000_000
_SWAY = 8


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
    who: str = field(default="", repr=False)
    """Whoever stands there, as the emulated face check tells people apart; the drawing is the same for all."""


class EmulatedCamera:
    """Draws the scene (camera mô phỏng)."""

    emulated = True

    def __init__(self, scene: Scene) -> None:
        """`scene` may change at any time."""
        self._scene = scene

    async def frame(self) -> Frame:
        """The next picture, thirty a second."""
        now = time.monotonic_ns()
        number = (now + _EARLY_NS) // _BEAT_NS + 1
        await asyncio.sleep((number * _BEAT_NS - now) / 1e9)
        return Frame(draw(self._scene.standing, number).copy(), number * _BEAT_NS / 1e9, number)


def draw(standing: Standing, number: int) -> Picture:
    """A figure of ellipses that sways a little; a photo has a white frame, a stranger another shirt.

    The picture is kept and must not be written to.
    """
    return _drawn(standing, round(_SWAY * np.sin(number / 6)))


@lru_cache(maxsize=len(Standing) * (2 * _SWAY + 1))
def _drawn(standing: Standing, sway: int) -> Picture:
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    picture[:] = (196, 184, 170)
    picture[::40] = (188, 176, 162)
    if standing is Standing.NOBODY:
        return picture
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
    (x, y), (across, down) = centre, radii
    box = picture[max(y - down, 0) : y + down + 1, x - across : x + across + 1]
    rows = np.arange(max(y - down, 0), max(y - down, 0) + box.shape[0], dtype=np.float32)[:, None]
    columns = np.arange(x - across, x + across + 1, dtype=np.float32)
    box[((columns - x) / across) ** 2 + ((rows - y) / down) ** 2 <= 1] = colour

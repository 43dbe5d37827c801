"""People before the camera, for the face check: they hear the hints and do what they are asked, or do not.

The person is outside the machine, so this is what a test may invent; the check behind it is the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kiosk.camera.ports import Frame
from kiosk.face.picture import Picture
from tests.kiosk.face.render import Head

_SECONDS = 0.08
TURNS = {
    "turn_left": (34.0, 0.0),
    "turn_right": (-34.0, 0.0),
    "look_up": (0.0, -25.0),
    "look_down": (0.0, 25.0),
}
"""What somebody does who is asked: degrees to the picture's right, and down."""
_BLINK_FRAMES = range(5, 8)
_TURN_FRAMES = range(4, 12)


class OutOfPatienceError(Exception):
    """Whoever watched this stage has seen enough pictures."""


@dataclass(slots=True)
class Stage:
    """A camera before which something stands (camera của buổi thử). Its clock counts frames, not seconds.

    `show(hint, frames since it was heard)` is the picture; the time between frames is 80 ms of the stage's own
    clock, so that a slow machine does not make anybody late.
    """

    show: Callable[[str, int], Picture]
    emulated: bool = True
    heard: list[str] = field(default_factory=list)
    patience: int = 10**9
    _number: int = 0
    _since: int = 0

    @property
    def seen(self) -> int:
        """How many pictures were taken."""
        return self._number

    def hear(self, hint: str) -> None:
        """What the screen says to whoever stands there."""
        self.heard.append(hint)
        self._since = self._number

    async def frame(self) -> Frame:
        """The next picture."""
        await asyncio.sleep(0)
        self._number += 1
        if self._number > self.patience:
            raise OutOfPatienceError
        hint = self.heard[-1] if self.heard else ""
        return Frame(self.show(hint, self._number - self._since), self._number * _SECONDS, self._number)


def obliging(head: Head) -> Callable[[str, int], Picture]:
    """Somebody who does what is asked, after a moment."""

    def show(hint: str, since: int) -> Picture:
        if hint in TURNS and since in _TURN_FRAMES:
            return head.posed(TURNS[hint][0], pitch_degrees=TURNS[hint][1])
        if hint == "blink" and since in _BLINK_FRAMES:
            return head.posed(lids=1.0)
        return head.picture

    return show


def motionless(picture: Picture) -> Callable[[str, int], Picture]:
    """A picture of somebody: it does nothing."""
    return lambda _hint, _since: picture


def nobody() -> Callable[[str, int], Picture]:
    """A lit wall."""
    return motionless(np.full((480, 640, 3), 128, np.uint8))


def darkness() -> Callable[[str, int], Picture]:
    """A room without light."""
    return motionless(np.full((480, 640, 3), 3, np.uint8))

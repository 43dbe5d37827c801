"""Somebody before the camera, out of video files: one film at rest, and one for each movement that may be asked.

A film cannot hear. So the person hears the screen and, after the time that people take, does what it asks: the
film of that movement is played, once, and then the one at rest again. That is a measurement's way to have a
living face in files; as an attack it is the film on the cue of `tests/kiosk/face/attacks.py`.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from kiosk.camera.opencv import OpenCvCamera
from kiosk.camera.ports import Frame
from tests.kiosk.face.puppets import TURNS
from tests.kiosk.face.render import Head

PACE = 30
REACTION_SECONDS = (0.3, 0.5)
"""From what is read on a screen to the first movement: a simple reaction, and reading three words."""
REST = "rest"
_TURN_SECONDS, _HOLD_SECONDS = 0.35, 0.35
_LID_SECONDS = 0.1
_SWAY_DEGREES, _SWAY_SECONDS = 1.5, 2.0


def make_films(head: Head, folder: Path) -> Mapping[str, Path]:
    """Film this head at rest and in each movement; the films by the movement's name."""
    films: dict[str, Path] = {}
    for name in (REST, "blink", *TURNS):
        height, width = head.picture.shape[:2]
        films[name] = folder / f"{name}.avi"
        writer = cv2.VideoWriter(str(films[name]), cv2.VideoWriter.fourcc(*"MJPG"), PACE, (width, height))
        for yaw, lids, pitch in _poses(name):
            writer.write(head.posed(yaw, lids, pitch))
        writer.release()
    return films


def _poses(name: str) -> Iterator[tuple[float, float, float]]:
    """The head's pose in each picture: yaw, lids, pitch."""
    if name == REST:
        for number in range(round(_SWAY_SECONDS * PACE)):
            yield _SWAY_DEGREES * math.sin(2 * math.pi * number / (_SWAY_SECONDS * PACE)), 0.0, 0.0
        return
    blink = name == "blink"
    yaw, pitch = TURNS.get(name, (0.0, 0.0))
    for share in _there_and_back(*((_LID_SECONDS,) * 2 if blink else (_TURN_SECONDS, _HOLD_SECONDS))):
        yield (0.0, share, 0.0) if blink else (share * yaw, 0.0, share * pitch)


def _there_and_back(going: float, staying: float) -> Iterator[float]:
    """How far a movement is on, smoothly, picture by picture: 0, up to 1, and back."""
    steps = round(going * PACE)
    rising = [(1 - math.cos(math.pi * n / steps)) / 2 for n in range(1, steps + 1)]
    yield from (0.0, *rising, *[1.0] * round(staying * PACE), *reversed(rising), 0.0)


@dataclass
class Answering:
    """A camera before which somebody stands who does what the screen asks (camera có người làm theo)."""

    films: Mapping[str, Path]
    chance: random.Random
    emulated: bool = True
    reactions: list[float] = field(default_factory=list)
    """How long each prompt took to be acted upon, in seconds."""
    _asked: str | None = None
    _acts_at: float = math.inf
    _ends_at: float = math.inf
    _playing: OpenCvCamera | None = None

    def hear(self, way: str | None) -> None:
        """The screen asks for this movement now, or for none."""
        if way is not None and way != self._asked:
            self.reactions.append(self.chance.uniform(*REACTION_SECONDS))
            self._acts_at = time.monotonic() + self.reactions[-1]
        self._asked = way or self._asked

    async def frame(self) -> Frame:
        """What is before the camera now."""
        now = time.monotonic()
        if now >= self._acts_at and self._asked is not None:
            self._play(self._asked)
            self._acts_at, self._ends_at = math.inf, now + len(list(_poses(self._asked))) / PACE
            self._asked = None
        elif self._playing is None or now >= self._ends_at:
            self._play(REST)
            self._ends_at = math.inf
        assert self._playing is not None
        return await self._playing.frame()

    def close(self) -> None:
        """The person has gone."""
        if self._playing is not None:
            self._playing.close()
            self._playing = None

    def _play(self, name: str) -> None:
        self.close()
        self._playing = OpenCvCamera(self.films[name])

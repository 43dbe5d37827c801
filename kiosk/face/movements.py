"""The small movements that a picture cannot make: four ways to turn the head, and a blink.

Pure functions of the numbers of two or more frames. A turn is known by the way the nose stands out of the plane
of the face (`kiosk.face.depth`), not by where it lies: each frame speaks for one way at most, the strongest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from kiosk.face.depth import Anchors, parallax
from kiosk.face.embed import Template

REST_YAW = 0.15
"""How far from straight ahead a face at rest may look."""
REST_PITCH = 0.05
"""How far up or down from this person's own rest: cameras hang high for some and low for others."""
FRAMES_FOR_A_TURN = 2
BLINK_BELOW = 0.55
"""Contrast inside the eyes against this person's own open ones; nodding a photograph stays above 0.69."""
_OPEN_AGAIN = 0.8


class Movement(StrEnum):
    """What the person is asked to do."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    LOOK_UP = "look_up"
    LOOK_DOWN = "look_down"
    BLINK = "blink"


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to turn: its axis and sign in the picture, the least shift of the pose, the least parallax."""

    axis: int
    sign: int
    shift: float
    depth: float


_WAYS: Mapping[Movement, _Way] = {
    Movement.TURN_LEFT: _Way(0, 1, 0.12, 0.10),
    Movement.TURN_RIGHT: _Way(0, -1, 0.12, 0.10),
    Movement.LOOK_UP: _Way(1, -1, 0.035, 0.065),
    Movement.LOOK_DOWN: _Way(1, 1, 0.035, 0.045),
}
"""The camera's picture is not mirrored: the person's left is its right. Flat prints turned or tilted by up to
50 degrees stay below 0.085 sideways, 0.045 upwards, 0.02 downwards (docs/face.md)."""
WAYS = tuple(_WAYS)
DEPTH_AT_LEAST = _WAYS[Movement.TURN_LEFT].depth


@dataclass(frozen=True, slots=True)
class FrameSignals:
    """What one frame shows: numbers only, the picture is gone."""

    at_ms: int
    yaw: float
    eye_openness: float
    screen_marks: float
    faces: int = 1
    template: Template | None = field(repr=False, default=None)
    anchors: Anchors | None = field(repr=False, default=None)
    pitch: float = 0.0


def at_rest(frames: Sequence[FrameSignals], pitch: float | None = None) -> bool:
    """Whether the face looks straight ahead in all of these frames; `pitch` is this person's own rest."""
    return bool(frames) and all(
        abs(frame.yaw) < REST_YAW and (pitch is None or abs(frame.pitch - pitch) < REST_PITCH)
        for frame in frames
    )


def way_of(start: FrameSignals, frame: FrameSignals) -> tuple[Movement, float] | None:
    """The way in which the head turned since `start`, and how strongly (1 is just enough); None when it did not."""
    if start.anchors is None or frame.anchors is None:
        return None
    stands_out = parallax(start.anchors, frame.anchors)
    shift = (frame.yaw - start.yaw, frame.pitch - start.pitch)
    strengths = {
        movement: min(way.sign * stands_out[way.axis] / way.depth, way.sign * shift[way.axis] / way.shift)
        for movement, way in _WAYS.items()
    }
    strongest = max(strengths, key=lambda movement: strengths[movement])
    return (strongest, strengths[strongest]) if strengths[strongest] >= 1 else None


def ways_of(start: FrameSignals, frames: Sequence[FrameSignals]) -> dict[Movement, list[float]]:
    """How strongly each way was shown, frame by frame."""
    shown: dict[Movement, list[float]] = {}
    for frame in frames:
        way = way_of(start, frame)
        if way is not None:
            shown.setdefault(way[0], []).append(way[1])
    return shown


def blink_of(before: Sequence[FrameSignals], during: Sequence[FrameSignals]) -> tuple[float, bool]:
    """How far the eyes closed at most (0 to 1), and whether that was a blink: closed, then open again."""
    opened = float(np.median([frame.eye_openness for frame in before]))
    if opened <= 0 or not during:
        return 0.0, False
    ratios = [frame.eye_openness / opened for frame in during]
    lowest = int(np.argmin(ratios))
    reopened = any(ratio > _OPEN_AGAIN for ratio in ratios[lowest + 1 :])
    return 1 - ratios[lowest], ratios[lowest] < BLINK_BELOW and reopened

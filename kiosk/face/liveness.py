"""Tells a living face from a picture of one (ISO/IEC 30107-3: presentation attack detection).

The kiosk asks for two small movements at random moments (turn, blink) and judges what it saw: the turn must
make the nose stand out as only a head in depth can, the face must stay the same person in every frame, each movement
must come after it was asked for and in time, and the picture must not carry the marks of a screen or a sheet.
The judgement is a pure function of the frames' signals.

What this cannot show: a video of the right person made to order, a screen of very high quality, or a mask.
Against those stand the random moments, and staff in sight of the kiosk. See docs/face.md.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from kiosk.face.depth import Anchors, parallax
from kiosk.face.embed import Template, compare

TURN_AT_LEAST = 0.12
"""Nose shift against outer eye corners, in the asked direction: a head turned by about 25 degrees."""
DEPTH_AT_LEAST = 0.10
"""Parallax of the nose (`kiosk.face.depth`): flat prints turned by up to 50 degrees stay below 0.085."""
_DEPTH_FRAMES = 2
BLINK_BELOW = 0.62
"""Eye openness against this person's own open eyes; tilting a photograph never goes below 0.92."""
SAME_FACE = 0.36
SCREEN_MARKS = 0.5


REST_YAW = 0.15
"""How far from straight ahead a face at rest may look."""
EARLIEST_MS = 150
"""Nobody answers sooner; what moves then was moving already."""
_BEFORE_FRAMES = 8


class Movement(StrEnum):
    """What the person is asked to do."""

    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    BLINK = "blink"


class LivenessOutcome(StrEnum):
    """What the kiosk does next."""

    ACCEPT = "accept"
    TRY_AGAIN = "try_again"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Step:
    """One movement, asked for at `from_ms` and to be seen before `until_ms`."""

    movement: Movement
    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Challenge:
    """The movements of one check, in order (thử thách)."""

    steps: tuple[Step, ...]

    @classmethod
    def draw(cls, chance: random.Random, *, answer_ms: int = 2500) -> Challenge:
        """A turn to a random side and a blink, in random order, at random moments."""
        movements = [chance.choice((Movement.TURN_LEFT, Movement.TURN_RIGHT)), Movement.BLINK]
        chance.shuffle(movements)
        steps, at = [], 0
        for movement in movements:
            at += chance.randrange(400, 1200)
            steps.append(Step(movement, at, at + answer_ms))
            at += answer_ms
        return cls(tuple(steps))


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


@dataclass(frozen=True, slots=True)
class LivenessVerdict:
    """The judgement and its reasons, for staff (kết quả chống giả mạo)."""

    outcome: LivenessOutcome
    reasons: tuple[str, ...]
    signals: dict[str, float]


def judge(frames: Sequence[FrameSignals], challenge: Challenge) -> LivenessVerdict:
    """Judge the frames seen during a challenge."""
    usable = [frame for frame in frames if frame.faces == 1]
    if len(usable) < 6:
        return LivenessVerdict(LivenessOutcome.TRY_AGAIN, ("too_few_frames",), {"frames": float(len(usable))})
    same = _least_likeness(usable)
    marks = float(np.median([frame.screen_marks for frame in usable]))
    seen = {step.movement: _seen(step, usable) for step in challenge.steps}
    signals = {"frames": float(len(usable)), "same_face": same, "screen_marks": marks}
    signals |= {movement.value: strength for movement, (strength, _) in seen.items()}
    suspicious = [
        reason
        for wrong, reason in ((same < SAME_FACE, "face_changed"), (marks > SCREEN_MARKS, "screen_or_paper"))
        if wrong
    ]
    missed = [f"no_{movement.value}" for movement, (_, in_time) in seen.items() if not in_time]
    missed += ["several_faces"] if any(frame.faces > 1 for frame in frames) else []
    outcome = LivenessOutcome.TRY_AGAIN if missed else LivenessOutcome.ACCEPT
    outcome = LivenessOutcome.STAFF if suspicious else outcome
    return LivenessVerdict(outcome, (*suspicious, *missed), signals)


def was_seen(step: Step, frames: Sequence[FrameSignals]) -> bool:
    """Whether a movement was seen after it was asked for and in time."""
    return _seen(step, frames)[1]


def at_rest(frames: Sequence[FrameSignals]) -> bool:
    """Whether the face looks straight ahead in all of these frames."""
    return bool(frames) and all(abs(frame.yaw) < REST_YAW for frame in frames)


def _least_likeness(frames: Sequence[FrameSignals]) -> float:
    templates = [frame.template for frame in frames if frame.template is not None]
    if len(templates) < 2:
        return -1.0
    return min(compare(templates[0], other) for other in templates[1:])


def _seen(step: Step, frames: Sequence[FrameSignals]) -> tuple[float, bool]:
    """How strong the movement was, and whether it happened after it was asked for and in time."""
    before = [frame for frame in frames if frame.at_ms <= step.from_ms][-_BEFORE_FRAMES:] or list(frames[:3])
    during = [frame for frame in frames if step.from_ms + EARLIEST_MS < frame.at_ms <= step.until_ms]
    if not during:
        return 0.0, False
    if step.movement is Movement.BLINK:
        return _blink(before, during)
    return _turn(1.0 if step.movement is Movement.TURN_LEFT else -1.0, before, during)


def _turn(sign: float, before: Sequence[FrameSignals], during: Sequence[FrameSignals]) -> tuple[float, bool]:
    """The second strongest parallax among the frames that look to the asked side.

    A mirror shows the person's left on the picture's right; the camera's picture is not mirrored.
    """
    rest = float(np.median([frame.yaw for frame in before]))
    start = before[-1].anchors
    if start is None or not at_rest(before[-2:]):
        # Coming back from the other side is no turn.
        return 0.0, False
    depths = sorted(
        sign * parallax(start, frame.anchors)
        for frame in during
        if frame.anchors is not None and sign * (frame.yaw - rest) >= TURN_AT_LEAST
    )
    strength = depths[-_DEPTH_FRAMES] if len(depths) >= _DEPTH_FRAMES else 0.0
    return strength, strength >= DEPTH_AT_LEAST


def _blink(before: Sequence[FrameSignals], during: Sequence[FrameSignals]) -> tuple[float, bool]:
    """The deepest closing that was followed by opening again."""
    opened = float(np.median([frame.eye_openness for frame in before]))
    if opened <= 0:
        return 0.0, False
    ratios = [frame.eye_openness / opened for frame in during]
    lowest = int(np.argmin(ratios))
    reopened = any(ratio > 0.8 for ratio in ratios[lowest + 1 :])
    return 1 - ratios[lowest], ratios[lowest] < BLINK_BELOW and reopened

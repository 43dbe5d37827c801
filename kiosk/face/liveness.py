"""Tells a living face from a picture of one (ISO/IEC 30107-3: presentation attack detection).

The kiosk asks for small movements at random moments (turns of the head, a blink) and judges what it saw: a turn
must make the nose stand out as only a head in depth can, and the asked way; the face must stay the same person in
every frame; each movement must come after it was asked for and in time; and the picture must not carry the marks
of a screen or a sheet. The judgement is a pure function of the frames' signals.

What this cannot show: a screen of very high quality whose operator plays the asked movement on the cue, or a mask.
Against those stand staff in sight of the kiosk. See docs/face.md.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kiosk.face.embed import compare
from kiosk.face.movements import (
    FRAMES_FOR_A_TURN,
    WAYS,
    FrameSignals,
    Movement,
    at_rest,
    blink_of,
    ways_of,
)

SAME_FACE = 0.36
SCREEN_MARKS = 0.5
EARLIEST_MS = 150
"""Nobody answers sooner; what moves then was moving already."""
_BEFORE_FRAMES = 8
_PASSING_BY = 0.25
"""Who is seen behind somebody in fewer of the pictures walks past. Those pictures tell nothing, for or against."""


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
    def draw(cls, chance: random.Random, *, turns: int = 1, answer_ms: int = 2500) -> Challenge:
        """So many turns of the head, each in another way than the one before; among several, somewhere, a blink.

        One turn alone has no blink: it is the quick challenge of a daily gate, and it is the turn that shows depth.
        """
        movements: list[Movement] = []
        for _ in range(turns):
            movements.append(chance.choice([way for way in WAYS if way not in movements[-1:]]))
        if turns > 1:
            movements.insert(chance.randrange(turns + 1), Movement.BLINK)
        steps, at = [], 0
        for movement in movements:
            at += chance.randrange(400, 1200)
            steps.append(Step(movement, at, at + answer_ms))
            at += answer_ms
        return cls(tuple(steps))


def films_chance(turns: int) -> float:
    """How likely a film made beforehand shows the right turns; blinks do not count, a film may blink all the time.

    >>> [round(films_chance(turns), 3) for turns in (1, 2, 3, 4)]
    [0.25, 0.083, 0.028, 0.009]
    """
    return float(1 / (len(WAYS) * (len(WAYS) - 1) ** (turns - 1)))


@dataclass(frozen=True, slots=True)
class LivenessVerdict:
    """The judgement and its reasons, for staff (kết quả chống giả mạo)."""

    outcome: LivenessOutcome
    reasons: tuple[str, ...]
    signals: dict[str, float]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was seen of one asked movement (câu trả lời): how strong, whether in time, whether another came instead."""

    strength: float
    given: bool
    astray: bool = False


def judge(frames: Sequence[FrameSignals], challenge: Challenge) -> LivenessVerdict:
    """Judge the frames seen during a challenge."""
    usable = [frame for frame in frames if frame.faces == 1]
    if len(usable) < 6:
        return LivenessVerdict(LivenessOutcome.TRY_AGAIN, ("too_few_frames",), {"frames": float(len(usable))})
    same = _least_likeness(usable)
    marks = float(np.median([frame.screen_marks for frame in usable]))
    answers = [(step.movement, answer_to(step, usable)) for step in challenge.steps]
    signals = {"frames": float(len(usable)), "same_face": same, "screen_marks": marks}
    signals |= {f"{n}_{movement.value}": answer.strength for n, (movement, answer) in enumerate(answers, 1)}
    suspicious = [
        reason
        for wrong, reason in ((same < SAME_FACE, "face_changed"), (marks > SCREEN_MARKS, "screen_or_paper"))
        if wrong
    ]
    missed = [f"no_{movement.value}" for movement, answer in answers if not answer.given]
    missed += ["another_way"] if any(answer.astray for _, answer in answers) else []
    missed += ["several_faces"] if len(frames) - len(usable) > _PASSING_BY * len(frames) else []
    outcome = LivenessOutcome.TRY_AGAIN if missed else LivenessOutcome.ACCEPT
    outcome = LivenessOutcome.STAFF if suspicious else outcome
    return LivenessVerdict(outcome, (*suspicious, *missed), signals)


def answer_to(step: Step, frames: Sequence[FrameSignals]) -> Answer:
    """What was seen after a movement was asked for and in time: that movement, another, or none."""
    before = [frame for frame in frames if frame.at_ms <= step.from_ms][-_BEFORE_FRAMES:] or list(frames[:3])
    during = [frame for frame in frames if step.from_ms + EARLIEST_MS < frame.at_ms <= step.until_ms]
    shown = ways_of(before[-1], during) if during else {}
    others = [
        way for way, seen in shown.items() if way is not step.movement and len(seen) >= FRAMES_FOR_A_TURN
    ]
    if step.movement is Movement.BLINK:
        strength, given = blink_of(before, during)
    else:
        # Coming back from the other side is no turn.
        counted = sorted(shown.get(step.movement, ())) if at_rest(before[-2:]) else []
        strength = counted[-FRAMES_FOR_A_TURN] if len(counted) >= FRAMES_FOR_A_TURN else 0.0
        given = strength >= 1
    return Answer(strength, given and not others, astray=bool(others))


def _least_likeness(frames: Sequence[FrameSignals]) -> float:
    templates = [frame.template for frame in frames if frame.template is not None]
    if len(templates) < 2:
        return -1.0
    return min(compare(templates[0], other) for other in templates[1:])

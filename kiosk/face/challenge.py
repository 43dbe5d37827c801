"""Leads a person through the challenge: when to ask, for what, and when it has been answered.

The movements and the pauses are drawn before; the moments follow the person, so that a quick one is done
quickly and nobody is hurried. Between two movements the face must come back to rest. Whoever shows another turn
than the asked one is asked to try again: a film made beforehand does that. The judgement of the whole is
`liveness.judge`, from the same frames.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import median

from kiosk.face.liveness import Challenge, Step, answer_to
from kiosk.face.match import Use
from kiosk.face.movements import FrameSignals, at_rest

TURNS: Mapping[Use, int] = {Use.DAILY_GATE: 1, Use.EXAM: 4}
"""How many turns of the head a use asks for: a film made beforehand fits by luck once in 4, and once in 108."""
MOST_TURNS = 5
_MORE_AFTER_A_FAILURE = 2
_FORGOTTEN_AFTER_MS = 60_000
ANSWER_MS = 2500
_REST_MS = 3000
_REST_FRAMES = 3


@dataclass(slots=True)
class Caution:
    """More turns for a while after a challenge that was not answered (sự cẩn trọng): patience must not win."""

    failures: int = 0
    at_ms: int = 0

    def turns(self, wanted: int, now_ms: int) -> int:
        """How many turns to ask for now."""
        if now_ms > self.at_ms + _FORGOTTEN_AFTER_MS:
            self.failures = 0
        return min(wanted + _MORE_AFTER_A_FAILURE * self.failures, max(wanted, MOST_TURNS))

    def note(self, now_ms: int, *, alive: bool) -> None:
        """Take note of how a challenge ended."""
        self.failures = 0 if alive else self.failures + 1
        self.at_ms = now_ms


@dataclass(slots=True)
class ChallengeRun:
    """A challenge while it is going on (thử thách đang diễn ra). Times are the frames', in milliseconds."""

    drawn: Challenge
    pauses_ms: tuple[int, ...]
    frames: list[FrameSignals] = field(default_factory=list)
    _asked: list[Step] = field(default_factory=list)
    _rest_since: int | None = None
    _open: bool = False
    _over: bool = False

    @classmethod
    def draw(cls, chance: random.Random, turns: int = 1) -> ChallengeRun:
        """Movements in random order after random pauses of 0.4 to 1.2 seconds."""
        drawn = Challenge.draw(chance, turns=turns)
        return cls(drawn, tuple(chance.randrange(400, 1200) for _ in drawn.steps))

    @property
    def over(self) -> bool:
        """Whether every movement was answered, or one was not answered in time or otherwise than asked."""
        return self._over

    @property
    def asked(self) -> Challenge:
        """What was asked for, at the moments at which it was; what was never reached was not answered."""
        missing = self.drawn.steps[len(self._asked) :]
        last = self.frames[-1].at_ms if self.frames else 0
        return Challenge((*self._asked, *(replace(step, from_ms=last, until_ms=last) for step in missing)))

    def see(self, frame: FrameSignals) -> str:
        """Take one frame into account; what to ask for now, in the words of the screen's hints."""
        self.frames.append(frame)
        if self._open:
            return self._answering(frame)
        return self._resting(frame)

    def nobody(self, at_ms: int) -> None:
        """Take into account that no face was seen: the time runs on."""
        until = self._asked[-1].until_ms if self._open else (self._rest_since or at_ms) + _REST_MS
        self._over = self._over or at_ms > until

    def _resting(self, frame: FrameSignals) -> str:
        since = frame.at_ms if self._rest_since is None else self._rest_since
        self._rest_since = since
        number = len(self._asked)
        settled = at_rest(self.frames[-_REST_FRAMES:], self._own_pitch())
        if settled and frame.at_ms >= since + self.pauses_ms[number]:
            movement = self.drawn.steps[number].movement
            self._asked.append(Step(movement, frame.at_ms, frame.at_ms + ANSWER_MS))
            self._open = True
            return movement.value
        self._over = frame.at_ms > since + _REST_MS
        return "look" if settled else "look_straight"

    def _own_pitch(self) -> float:
        """How this person held the head in the good looks before the challenge."""
        return median(frame.pitch for frame in self.frames[:_REST_FRAMES])

    def _answering(self, frame: FrameSignals) -> str:
        step = self._asked[-1]
        answer = answer_to(step, self.frames)
        if answer.given:
            self._asked[-1] = replace(step, until_ms=frame.at_ms)
            self._open, self._rest_since = False, None
            self._over = len(self._asked) == len(self.drawn.steps)
            return "look_straight"
        self._over = answer.astray or frame.at_ms > step.until_ms
        return step.movement.value

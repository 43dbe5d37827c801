"""Leads a person through the challenge: when to ask, for what, and when it has been answered.

The movements and the pauses are drawn before; the moments follow the person, so that a quick one is done
quickly and nobody is hurried. Between two movements the face must come back to rest. The judgement of the
whole is `liveness.judge`, from the same frames.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from kiosk.face.liveness import Challenge, FrameSignals, Step, at_rest, was_seen

ANSWER_MS = 2500
_REST_MS = 3000
_REST_FRAMES = 3


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
    def draw(cls, chance: random.Random) -> ChallengeRun:
        """Movements in random order after random pauses of 0.4 to 1.2 seconds."""
        drawn = Challenge.draw(chance)
        return cls(drawn, tuple(chance.randrange(400, 1200) for _ in drawn.steps))

    @property
    def over(self) -> bool:
        """Whether every movement was answered, or one was not answered in time."""
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
        settled = at_rest(self.frames[-_REST_FRAMES:])
        if settled and frame.at_ms >= since + self.pauses_ms[number]:
            movement = self.drawn.steps[number].movement
            self._asked.append(Step(movement, frame.at_ms, frame.at_ms + ANSWER_MS))
            self._open = True
            return movement.value
        self._over = frame.at_ms > since + _REST_MS
        return "look" if settled else "look_straight"

    def _answering(self, frame: FrameSignals) -> str:
        step = self._asked[-1]
        if was_seen(step, self.frames):
            self._asked[-1] = replace(step, until_ms=frame.at_ms)
            self._open, self._rest_since = False, None
            self._over = len(self._asked) == len(self.drawn.steps)
            return "look_straight"
        self._over = frame.at_ms > step.until_ms
        return step.movement.value

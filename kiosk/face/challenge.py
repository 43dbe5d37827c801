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

from core.contracts.commands import MOST_TURNS
from kiosk.face.liveness import Challenge, Step, answer_to
from kiosk.face.match import Use
from kiosk.face.movements import FrameSignals, at_rest

TURNS: Mapping[Use, int] = {Use.DAILY_GATE: 1, Use.EXAM: 4}
"""How many turns of the head a use asks for: a film made beforehand fits by luck once in 4, and once in 108."""
BINDING_TURNS = 3
"""How many where a face is enrolled or a guardian bound: what lasts is worth some seconds more."""
_MORE_AFTER_A_FAILURE = 2
_FORGOTTEN_AFTER_MS = 60_000
ANSWER_MS = 2500
_PAUSE_MS = (100, 400)
"""A pause before each movement, at random: nobody who answers can have begun before it was asked for."""
_REST_MS = 3000
_REST_FRAMES = 3
_GONE_MS = 300
"""Who was not seen well for so long has looked away: the first pause begins anew."""


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
    _own_pitch: float | None = None
    _open: bool = False
    _over: bool = False

    @classmethod
    def draw(cls, chance: random.Random, turns: int = 1) -> ChallengeRun:
        """Movements in random order after random pauses of 0.1 to 0.4 seconds."""
        drawn = Challenge.draw(chance, turns=turns)
        return cls(drawn, tuple(chance.randrange(*_PAUSE_MS) for _ in drawn.steps))

    @property
    def begun(self) -> bool:
        """Whether a movement was asked for; until then nothing is held against anybody."""
        return bool(self._asked)

    @property
    def answered(self) -> bool:
        """Whether every movement was answered."""
        return self._over and not self._open and len(self._asked) == len(self.drawn.steps)

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
        away = not self.begun and bool(self.frames) and frame.at_ms > self.frames[-1].at_ms + _GONE_MS
        self._rest_since = None if away else self._rest_since
        self.frames.append(frame)
        if self._over:
            return "seen"
        if self._open:
            return self._answering(frame)
        return self._resting(frame)

    def start_again(self) -> None:
        """Forget who stood there before anything was asked for."""
        self.frames.clear()
        self._rest_since = None

    def nobody(self, at_ms: int) -> None:
        """Take into account that no face was seen: once something was asked for, the time runs on."""
        if not self.begun:
            return
        until = self._asked[-1].until_ms if self._open else (self._rest_since or at_ms) + _REST_MS
        self._over = self._over or at_ms > until

    def _resting(self, frame: FrameSignals) -> str:
        since = frame.at_ms if self._rest_since is None else self._rest_since
        self._rest_since = since
        number = len(self._asked)
        last = self.frames[-_REST_FRAMES:]
        # Before the first movement, however this person holds the head; afterwards, as then.
        pitch = median(one.pitch for one in last) if self._own_pitch is None else self._own_pitch
        settled = at_rest(last, pitch)
        if settled and len(last) == _REST_FRAMES and frame.at_ms >= since + self.pauses_ms[number]:
            movement, self._own_pitch = self.drawn.steps[number].movement, pitch
            self._asked.append(Step(movement, frame.at_ms, frame.at_ms + ANSWER_MS))
            self._open = True
            return movement.value
        self._over = self.begun and frame.at_ms > since + _REST_MS
        return "look" if settled else "look_straight"

    def _answering(self, frame: FrameSignals) -> str:
        step = self._asked[-1]
        answer = answer_to(step, self.frames)
        if answer.given:
            self._asked[-1] = replace(step, until_ms=frame.at_ms)
            self._open, self._rest_since = False, None
            self._over = len(self._asked) == len(self.drawn.steps)
            return "seen" if self._over else "look_straight"
        self._over = answer.astray or frame.at_ms > step.until_ms
        return step.movement.value

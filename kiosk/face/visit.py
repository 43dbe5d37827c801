"""One person before the camera, from the first look to the last movement: what to say, which looks count.

Looks and challenge run side by side: somebody who has heard what is asked stands still for another third of a
second, which is time enough to be looked at. Until something is asked for nothing is held against anybody.

It leads; what is measured is the engine's, what is judged is `liveness`'s and `match`'s. A picture lives as long
as its analysis; what stays until the visit ends are numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.camera.condition import light_of
from kiosk.camera.ports import Frame
from kiosk.errors import CameraError
from kiosk.face.challenge import ChallengeRun
from kiosk.face.crowding import likeness
from kiosk.face.detect import UPRIGHT
from kiosk.face.embed import Template, average, compare
from kiosk.face.engine import Analysis
from kiosk.face.liveness import SAME_FACE, LivenessVerdict, judge
from kiosk.face.quality import Flaw

FEWEST_LOOKS, MOST_LOOKS = 3, 5
SPACING_MS = 200
"""Frames that follow at once are the same picture again; 200 ms apart they are worth averaging."""
_HINT_MS = 700
_NO_LIGHT_MS = 3000
_SMALL_CHILD_MS = 4000
_TURNED_FRAMES, _TURNED_MS = 3, 1000
"""How many frames say that the camera hangs wrongly; and how often it is asked while nobody is seen."""

HINTS = {
    Flaw.NO_FACE: "come_closer",
    Flaw.SEVERAL_FACES: "one_person",
    Flaw.TOO_FAR: "come_closer",
    Flaw.TOO_CLOSE: "step_back",
    Flaw.TOO_DARK: "more_light",
    Flaw.TOO_BRIGHT: "less_light",
    Flaw.ONE_SIDED_LIGHT: "more_light",
    Flaw.BLURRED: "hold_still",
    Flaw.TURNED: "look_straight",
    Flaw.TILTED: "look_straight",
    Flaw.LEANING: "look_straight",
    Flaw.EYES_CLOSED: "look",
    Flaw.COVERED: "take_off_mask",
}
"""One kind word for each thing that can be changed; the sentences are in `kiosk/screen/texts`."""


@dataclass(slots=True)
class Looks:
    """The good looks of one check, for the average (những lần nhìn rõ)."""

    templates: list[Template] = field(default_factory=list, repr=False)
    weights: list[float] = field(default_factory=list)
    last_ms: int = -SPACING_MS

    def add(self, seen: Analysis, at_ms: int) -> bool:
        """Keep the numbers of a look that is good, spaced, and not one too many; whether it was kept."""
        if seen.flaws or not self.due(at_ms):
            return False
        self.templates.append(seen.template)
        self.weights.append(seen.quality.unified)
        self.last_ms = at_ms
        return True

    def due(self, at_ms: int) -> bool:
        """Whether a look would count now: spaced, and not one too many."""
        return at_ms >= self.last_ms + SPACING_MS and len(self.templates) < MOST_LOOKS

    @property
    def enough(self) -> bool:
        """Whether an average may be taken."""
        return len(self.templates) >= FEWEST_LOOKS

    def of_somebody_else(self, seen: Analysis) -> bool:
        """Whether this is another face than before."""
        return bool(self.templates) and compare(self.templates[0], seen.template) < SAME_FACE

    def likeness(self, reference: Template) -> float:
        """How alike the average is to the portrait."""
        return likeness(self.mean(), reference)

    def mean(self) -> Template:
        """All looks in one, the better ones weighing more."""
        return average(self.templates, self.weights)


@dataclass(slots=True)
class Teller:
    """Tells one hint at a time, each long enough to be read; the challenge's own words at once."""

    on_hint: Callable[[str], None]
    said: str = ""
    at_ms: int = -_HINT_MS

    def say(self, hint: str, at_ms: int, *, now: bool = False) -> None:
        """Tell it, unless it was the last or the last is still fresh."""
        if hint != self.said and (now or at_ms >= self.at_ms + _HINT_MS):
            self.said, self.at_ms = hint, at_ms
            self.on_hint(hint)


class Eyes(Protocol):
    """What a visit sees with (mắt của máy)."""

    async def next_frame(self) -> Frame:
        """The camera's next picture."""
        ...

    async def analyse(self, frame: Frame, *, closely: bool) -> Analysis | None:
        """What one frame shows, looked at `closely` where it is to be compared; None when there is no face."""
        ...

    async def stands_turned(self, frame: Frame) -> bool | None:
        """Whether whoever is in it stands on their head or side; None where nobody is."""
        ...


@dataclass(slots=True)
class Visit:
    """One check as it goes (một lượt soi mặt)."""

    eyes: Eyes
    teller: Teller
    run: ChallengeRun
    looks: Looks = field(default_factory=Looks)
    began: float | None = None
    unlit_since: int | None = None
    absent_since: int | None = None
    upright: bool = False
    """Whether somebody was seen who stands as people do."""
    turned: int = 0
    turned_due_ms: int = 0

    @property
    def over(self) -> bool:
        """Whether the challenge was answered and enough was seen, or the challenge failed."""
        return self.run.over and (self.looks.enough or not self.run.answered)

    async def step(self) -> None:
        """Look at one picture, and say one thing."""
        frame, at_ms, seen = await self._next()
        if not self.upright and await self._stands_turned(frame, at_ms, seen):
            return
        if seen is None or self._is_a_shadow(seen):
            self.run.nobody(at_ms)
            self.teller.say(self._missing(at_ms), at_ms)
            return
        self.absent_since = None
        if seen.flaws and not self.run.begun:
            self.teller.say(HINTS[seen.flaws[0]], at_ms)
            return
        if not self.run.begun and self.looks.of_somebody_else(seen):
            # Whoever went before was still standing there.
            self.looks = Looks()
            self.run.start_again()
        self.looks.add(seen, at_ms)
        said = self.run.see(seen.signals(at_ms))
        self.teller.say(said, at_ms, now=self.run.begun)

    def judged(self) -> LivenessVerdict:
        """Whether the challenge was answered as only a living face does."""
        return judge(self.run.frames, self.run.asked)

    def _is_a_shadow(self, seen: Analysis) -> bool:
        """Whether it is only half believed in and not like who stands there: the wall behind a head turned away."""
        return Flaw.COVERED in seen.flaws and self.looks.of_somebody_else(seen)

    def _missing(self, at_ms: int) -> str:
        """No face for long: perhaps it is below the picture (a small child), or too near."""
        self.absent_since = at_ms if self.absent_since is None else self.absent_since
        return HINTS[Flaw.NO_FACE] if at_ms < self.absent_since + _SMALL_CHILD_MS else "stand_taller"

    async def _stands_turned(self, frame: Frame, at_ms: int, seen: Analysis | None) -> bool:
        """Whether this frame counts for nothing, because the camera seems to hang wrongly.

        Raises:
            CameraError: `turned`, after three frames in a row.
        """
        if seen is not None and seen.quality.detection >= UPRIGHT:
            self.upright = True
            return False
        if seen is None and at_ms < self.turned_due_ms:
            return False
        self.turned_due_ms = at_ms + _TURNED_MS
        turned = await self.eyes.stands_turned(frame)
        self.upright = turned is False
        self.turned = self.turned + 1 if turned else 0
        if self.turned >= _TURNED_FRAMES:
            raise CameraError("turned")
        return bool(turned)

    async def _next(self) -> tuple[Frame, int, Analysis | None]:
        frame = await self.eyes.next_frame()
        self.began = frame.at if self.began is None else self.began
        at_ms = round(1000 * (frame.at - self.began))
        seen = await self.eyes.analyse(frame, closely=self.looks.due(at_ms))
        self._mind_light(frame, at_ms, found=seen is not None)
        return frame, at_ms, seen

    def _mind_light(self, frame: Frame, at_ms: int, *, found: bool) -> None:
        light = "ok" if found else light_of(frame.picture)
        if light == "ok":
            self.unlit_since = None
            return
        self.unlit_since = at_ms if self.unlit_since is None else self.unlit_since
        self.teller.say(HINTS[Flaw.TOO_DARK if light == "dark" else Flaw.TOO_BRIGHT], at_ms)
        if at_ms >= self.unlit_since + _NO_LIGHT_MS:
            raise CameraError(light)

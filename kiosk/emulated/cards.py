"""An emulated reader: the demo panel lays emulated cards on it.

It also sets the emulated scene, since whoever taps a card stands before the camera. A trick makes the card or
the person misbehave.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from core.contracts.checkin import ChipVerdict, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from kiosk.camera.emulated import Scene, Standing
from kiosk.card.errors import CardRemovedError
from kiosk.emulated.people import Person
from kiosk.session.events import CardGone, CardLaid
from kiosk.session.values import Subject


class Trick(StrEnum):
    """How the card or the person misbehaves."""

    NONE = "none"
    STRANGER = "stranger"
    PHOTO = "photo"
    NOBODY = "nobody"
    CLONED = "cloned"
    REMOVED = "removed"
    NO_PORTRAIT = "no_portrait"


_STANDING = {
    Trick.STRANGER: Standing.STRANGER,
    Trick.PHOTO: Standing.PHOTO,
    Trick.NOBODY: Standing.NOBODY,
}


@dataclass(slots=True)
class EmulatedCards:
    """The emulated reader (đầu đọc mô phỏng)."""

    scene: Scene
    emulated: bool = True
    _laid: dict[int, tuple[Person, Trick]] = field(default_factory=dict, repr=False)
    _events: asyncio.Queue[CardLaid | CardGone] = field(default_factory=asyncio.Queue)
    _taps: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def tap(self, person: Person, trick: Trick = Trick.NONE) -> int:
        """Lay a person's card on the reader, its number known as if its code had been seen."""
        tap = next(self._taps)
        self._laid.clear()
        self._laid[tap] = (person, trick)
        self._events.put_nowait(CardLaid(tap, person.number))
        return tap

    async def next_event(self) -> CardLaid | CardGone:
        """Wait for the panel."""
        return await self._events.get()

    async def read(self, tap: int, number: CitizenId | None, on_phase: Callable[[str], None]) -> Subject:
        """Read the emulated card of that tap."""
        if tap not in self._laid or number is None:
            raise CardRemovedError
        person, trick = self._laid[tap]
        self.scene.standing = _STANDING.get(trick, Standing.HOLDER)
        for phase in ("access", "details", "copy_check", "portrait", "checking", "done"):
            on_phase(phase)
            await asyncio.sleep(0.05)
            if trick is Trick.REMOVED and phase == "copy_check":
                raise CardRemovedError
        chip = ChipVerdict.ALTERED if trick is Trick.CLONED else ChipVerdict.ISSUER_UNKNOWN
        portrait = None if trick is Trick.NO_PORTRAIT else b"emulated"
        return Subject(person.number, IdentifiedBy.CHIP, chip, portrait)

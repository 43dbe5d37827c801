"""An emulated reader: the demo panel lays emulated cards on it, and the real card code reads them.

Only the chip and the air between are emulated (`kiosk.card.emulator`, in this process): the protocol, the
checks and the verdict are those of a real card. It also sets the emulated scene, since whoever taps a card
stands before the camera. A trick makes the card or the person misbehave.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice

from core.contracts.citizen_id import CitizenId
from kiosk.camera.emulated import Scene, Standing
from kiosk.card.csca import CscaStore
from kiosk.card.emulator.application import EmulatedCard
from kiosk.card.emulator.chip import Misbehaviour
from kiosk.card.emulator.issuer import TestIssuer
from kiosk.card.emulator.people import FictionalPerson
from kiosk.card.emulator.personalise import CardPlan, make_card
from kiosk.card.emulator.transport import EmulatedTransport
from kiosk.card.errors import CardRemovedError
from kiosk.card.keys import Can
from kiosk.card.reader import read_card
from kiosk.card.values import CardReading, Phase
from kiosk.clock import Clock, SystemClock
from kiosk.emulated.people import Person
from kiosk.session.events import CardGone, CardLaid
from kiosk.session.values import Subject
from kiosk.subject import subject_of


class Trick(StrEnum):
    """How the card or the person misbehaves."""

    NONE = "none"
    STRANGER = "stranger"
    PHOTO = "photo"
    NOBODY = "nobody"
    CLONED = "cloned"
    REMOVED = "removed"
    NO_PORTRAIT = "no_portrait"


_PLANS = {
    Trick.CLONED: CardPlan(faults=frozenset({Misbehaviour.NO_AA_KEY})),
    Trick.REMOVED: CardPlan(faults=frozenset({Misbehaviour.REMOVED}), faulty_from=20),
    Trick.NO_PORTRAIT: CardPlan(without=frozenset({2, 11, 12})),
}
_STANDING = {
    Trick.STRANGER: Standing.STRANGER,
    Trick.PHOTO: Standing.PHOTO,
    Trick.NOBODY: Standing.NOBODY,
}


_CARDS_KEPT = 100
STRANGER_FACE = "nobody of the school"


@dataclass(slots=True)
class EmulatedCards:
    """The emulated reader (đầu đọc mô phỏng)."""

    scene: Scene
    clock: Clock = field(default_factory=SystemClock)
    issuer: TestIssuer = field(default_factory=TestIssuer.create, repr=False)
    emulated: bool = True
    _reader: asyncio.Lock = field(default_factory=asyncio.Lock)
    _laid: dict[int, tuple[Person, Trick]] = field(default_factory=dict, repr=False)
    _events: asyncio.Queue[CardLaid | CardGone] = field(default_factory=asyncio.Queue)
    _made: dict[tuple[Person, Trick], EmulatedCard] = field(default_factory=dict, repr=False)
    _taps: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def personalise(self, people: Iterable[Person]) -> None:
        """Make people's cards beforehand, as their issuer did; others are made when they are first tapped."""
        for person in islice(people, _CARDS_KEPT):
            self._card(person, Trick.NONE)

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
        """Read the emulated card of that tap with the real reader: PACE, files, copy check, signature."""
        if tap not in self._laid or number is None:
            raise CardRemovedError
        person, trick = self._laid[tap]
        self.scene.standing = _STANDING.get(trick, Standing.HOLDER)
        self.scene.who = STRANGER_FACE if trick is Trick.STRANGER else person.number.value
        loop = asyncio.get_running_loop()

        def phase(reached: Phase) -> None:
            loop.call_soon_threadsafe(on_phase, reached.value)

        async with self._reader:
            reading = await asyncio.to_thread(self._read, person, trick, number, phase)
        return subject_of(reading)

    def _read(
        self, person: Person, trick: Trick, number: CitizenId, on_phase: Callable[[Phase], None]
    ) -> CardReading:
        card = self._card(person, trick)
        card.reset()
        keys = (Can(number.can),)
        at = self.clock.now()
        # The school knows no issuer of these cards, as today no school knows the real one.
        return read_card(EmulatedTransport(card), keys, store=CscaStore.of(), at=at, on_phase=on_phase)

    def _card(self, person: Person, trick: Trick) -> EmulatedCard:
        """The person's card; it is personalised once, as a real one is."""
        card = self._made.get((person, trick))
        if card is None:
            card = make_card(holder_of(person), issuer=self.issuer, plan=_PLANS.get(trick))
            if len(self._made) >= _CARDS_KEPT:
                self._made.clear()
            self._made[person, trick] = card
        return card


def holder_of(person: Person) -> FictionalPerson:
    """The person as the card emulator knows people; the dates of issue are invented."""
    issued = date(2024, 8, 1)
    expires = person.birth.replace(year=person.birth.year + 25, day=min(person.birth.day, 28))
    return FictionalPerson(
        number=person.number.value,
        full_name=person.full_name,
        born_on=person.birth,
        issued_on=issued,
        expires_on=max(expires, date(2034, 8, 1)),
    )

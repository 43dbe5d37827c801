"""The real reader as the kiosk's card source: sees cards come and go, reads one in a worker thread.

The number comes from the printed code and gives the access number; without it no chip opens. A reading that
is still running when its task is cancelled ends by itself at the next APDU after the card is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from core.contracts.checkin import IdentifiedBy
from core.contracts.citizen_id import CitizenId
from kiosk.card.apdu import SHORT_EXPECTED
from kiosk.card.csca import CscaStore
from kiosk.card.errors import AccessUnsupportedError, CardRemovedError, SecureMessagingError
from kiosk.card.keys import access_keys
from kiosk.card.pcsc import POLL_SECONDS, CardWatch, connect, longest_answer
from kiosk.card.ports import Transport
from kiosk.card.reader import ReadOptions, read_card
from kiosk.card.values import CardReading, Phase
from kiosk.clock import Clock
from kiosk.session.events import CardGone, CardLaid
from kiosk.session.values import Subject


@dataclass(slots=True)
class PcscCards:
    """Cards on a PC/SC reader (đầu đọc thẻ thật); fulfils `kiosk.ports.CardSource`."""

    store: CscaStore
    clock: Clock
    watch: CardWatch = field(default_factory=CardWatch)
    emulated: bool = False
    _tap: int = field(default=0, init=False)
    _reader: str | None = field(default=None, init=False)

    async def next_event(self) -> CardLaid | CardGone:
        """Wait for the next card that comes or goes; a missing reader or service is waited for too."""
        while True:
            name = await asyncio.to_thread(self.watch.present_on)
            if self._reader is not None and name != self._reader:
                self._reader = None
                return CardGone(self._tap)
            if self._reader is None and name is not None:
                self._tap, self._reader = self._tap + 1, name
                return CardLaid(self._tap)
            await asyncio.sleep(POLL_SECONDS)

    async def read(self, tap: int, number: CitizenId | None, on_phase: Callable[[str], None]) -> Subject:
        """Read the chip of that tap; `on_phase` is called in the event loop.

        Raises:
            CardError: when it cannot be read.
        """
        name = self._reader
        if name is None or tap != self._tap:
            raise CardRemovedError
        if number is None:
            raise AccessUnsupportedError("number unknown")
        loop = asyncio.get_running_loop()

        def tell(phase: Phase) -> None:
            loop.call_soon_threadsafe(on_phase, phase.value)

        reading = await asyncio.to_thread(self._read, name, number, tell)
        portrait = reading.portrait.image if reading.portrait else None
        verdict = reading.genuineness.verdict
        return Subject(reading.holder.citizen_id, IdentifiedBy.CHIP, verdict, portrait)

    def _read(self, name: str, number: CitizenId, tell: Callable[[Phase], None]) -> CardReading:
        def attempt(link: Transport, options: ReadOptions) -> CardReading:
            keys, at = access_keys(number), self.clock.now()
            return read_card(link, keys, store=self.store, at=at, on_phase=tell, options=options)

        return read_shortening(name, attempt)


def read_shortening(name: str, attempt: Callable[[Transport, ReadOptions], CardReading]) -> CardReading:
    """Read with answers as long as the reader carries; once more with short ones where the chip cannot.

    A chip that refuses a long answer may do so outside secure messaging, which ends the session: only a new
    one, on a card that was switched off in between, can go on.
    """
    longest = longest_answer(name)
    try:
        with connect(name) as link:
            return attempt(link, ReadOptions(longest_answer=longest))
    except SecureMessagingError:
        if longest <= SHORT_EXPECTED:
            raise
    with connect(name) as link:
        return attempt(link, ReadOptions())

"""The real reader behind the kiosk's card port: PC/SC for the chip, the camera for the printed code.

PC/SC is polled from a worker thread (`kiosk.card.pcsc.CardWatch`, which survives unplugging and restarts of
the service); the camera is asked for a code only now and then. A code's first field is the holder's number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.contracts.citizen_id import CitizenId
from kiosk.camera.ports import Camera, Picture
from kiosk.card.csca import CscaStore
from kiosk.card.errors import CardRemovedError
from kiosk.card.keys import Can
from kiosk.card.pcsc import CardWatch, connect
from kiosk.card.reader import read_card
from kiosk.card.values import CardReading, Phase
from kiosk.clock import Clock
from kiosk.emulated.cards import subject_of
from kiosk.errors import CameraError
from kiosk.qr import read_code
from kiosk.session.events import CardGone, CardLaid, CodeSeen
from kiosk.session.values import Subject

POLL_SECONDS = 0.15
# A code that stays before the camera is told once in this time.
SAME_CODE_SECONDS = 3.0
# How long a camera that failed is left alone; chips are read meanwhile.
CAMERA_PAUSE_SECONDS = 2.0


@dataclass(slots=True)
class PcscCards:
    """The card reader and the code reader of this machine (đầu đọc thẻ)."""

    issuers: Path
    camera: Camera
    clock: Clock
    watch: CardWatch = field(default_factory=CardWatch)
    emulated: bool = False
    _tap: int = 0
    _lies_on: str | None = None
    _code: tuple[str, float] = ("", 0.0)
    _camera_rests_until: float = 0.0
    _reader: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next_event(self) -> CardLaid | CardGone | CodeSeen:
        """Wait for a card that comes or goes, or for a code before the camera."""
        while True:
            # While a chip is being read the reader belongs to that reading.
            async with self._reader:
                name = await asyncio.to_thread(self.watch.present_on)
            if name != self._lies_on:
                self._lies_on = name
                if name is None:
                    return CardGone(self._tap)
                self._tap += 1
                return CardLaid(self._tap)
            seen = await self._code_event()
            if seen is not None:
                return seen
            await asyncio.sleep(POLL_SECONDS)

    async def read(self, tap: int, number: CitizenId | None, on_phase: Callable[[str], None]) -> Subject:
        """Read the chip that lies on the reader now, if it is still that tap's."""
        name = self._lies_on
        if tap != self._tap or name is None or number is None:
            raise CardRemovedError
        loop = asyncio.get_running_loop()

        def phase(reached: Phase) -> None:
            loop.call_soon_threadsafe(on_phase, reached.value)

        async with self._reader:
            return subject_of(await asyncio.to_thread(self._read, name, number, phase))

    def _read(self, name: str, number: CitizenId, on_phase: Callable[[Phase], None]) -> CardReading:
        store = CscaStore.load(self.issuers) if self.issuers.is_dir() else CscaStore.of()
        with connect(name) as transport:
            keys = (Can(number.can),)
            return read_card(transport, keys, store=store, at=self.clock.now(), on_phase=on_phase)

    async def _code_event(self) -> CodeSeen | None:
        now = asyncio.get_running_loop().time()
        if now < self._camera_rests_until:
            return None
        try:
            frame = await self.camera.frame()
        except CameraError:
            self._camera_rests_until = now + CAMERA_PAUSE_SECONDS
            return None
        text = await asyncio.to_thread(_code_in, frame.picture)
        last, at = self._code
        if text is None or (text == last and frame.at - at < SAME_CODE_SECONDS):
            return None
        self._code = (text, frame.at)
        number = number_of(text)
        return CodeSeen(number) if number else None


def _code_in(picture: Picture) -> str | None:
    return read_code(picture)


def number_of(text: str) -> CitizenId | None:
    """The citizen number of a printed code: its first field.

    >>> number_of("001315012345||Nguyễn Thị Ân|03022015|Nữ||01082024")
    CitizenId(•••••••••345)
    >>> number_of("https://example.org") is None
    True
    """
    try:
        return CitizenId(text.split("|", 1)[0].strip())
    except ValueError:
        return None

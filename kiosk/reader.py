"""The real reader behind the kiosk's card port: PC/SC for the chip, the camera for the printed code.

PC/SC is polled from a worker thread (`kiosk.card.pcsc.CardWatch`, which survives unplugging and restarts of
the service); the camera is asked for a code only now and then. What a code says stays here: the session hears
the number alone, and the dates, which open a chip without PACE, are forgotten after a minute.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from core.contracts.citizen_id import CitizenId
from kiosk.camera.ports import Camera, Picture
from kiosk.card.csca import CscaStore
from kiosk.card.errors import (
    AccessUnsupportedError,
    CardRemovedError,
    CertificateImportError,
    ReaderUnavailableError,
)
from kiosk.card.keys import AccessKey, access_keys
from kiosk.card.pcsc import CardWatch, card_present
from kiosk.card.ports import Transport
from kiosk.card.reader import ReadOptions, read_card
from kiosk.card.tap import read_shortening
from kiosk.card.values import CardReading, Phase
from kiosk.clock import Clock
from kiosk.errors import CameraError
from kiosk.qr import read_code
from kiosk.seen_code import SeenCode, seen_in
from kiosk.session.events import CardGone, CardLaid, CodeSeen, ReaderNoticed
from kiosk.session.values import Subject
from kiosk.subject import subject_of

_log = structlog.get_logger()
POLL_SECONDS = 0.05
# How long the reader's service may take to answer whether a card is there.
ANSWER_SECONDS = 5.0
# How long a card that was said to be gone gets to show that it lies there.
WAKING_SECONDS = 0.2
# How often the camera is asked for a code: finding one costs more than asking for a card.
CODE_SECONDS = 0.1
# A code that stays before the camera is told once in this time.
SAME_CODE_SECONDS = 3.0
# How long a camera that failed is left alone; chips are read meanwhile.
CAMERA_PAUSE_SECONDS = 2.0
# A reader that was gone for a shorter time was not unplugged: its service was started again.
AWAY_AFTER_SECONDS = 2.0
# How long the keys of a printed code are kept; a visit with a second try is shorter.
KEYS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _UntilGivenUp:
    """A link to the card that ends with the visit: the reader must be free for the next one (kết nối dừng được)."""

    link: Transport
    given_up: threading.Event

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU, unless nobody waits for it any more."""
        if self.given_up.is_set():
            raise CardRemovedError("given up")
        return self.link.transmit(command)


@dataclass(slots=True)
class PcscCards:
    """The card reader and the code reader of this machine (đầu đọc thẻ)."""

    issuers: Path
    camera: Camera
    clock: Clock
    watch: CardWatch = field(default_factory=CardWatch)
    emulated: bool = False
    wants_code: Callable[[], bool] = lambda: True
    """Whether the camera may be asked for a code now: while it looks at a face it is left alone."""
    answer_seconds: float = ANSWER_SECONDS
    _tap: int = 0
    _away_since: float | None = None
    _told_away: bool = False
    _lies_on: str | None = None
    _code: tuple[int, float] = (0, 0.0)
    _seen: SeenCode | None = field(default=None, repr=False)
    _camera_rests_until: float = 0.0
    _code_due: float = 0.0
    _reader: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def next_event(self) -> CardLaid | CardGone | CodeSeen | ReaderNoticed:
        """Wait for a card, or the reader itself, that comes or goes, or for a code before the camera.

        Raises:
            ReaderUnavailableError: when the service does not answer, not even that there is no reader.
        """
        while True:
            name = await self._present_on()
            if name != self._lies_on:
                self._lies_on = name
                if name is None:
                    return CardGone(self._tap)
                self._tap += 1
                return CardLaid(self._tap)
            noticed = self._reader_event()
            if noticed is not None:
                return noticed
            seen = await self._code_event()
            if seen is not None:
                return seen
            await asyncio.sleep(POLL_SECONDS)

    async def _present_on(self) -> str | None:
        """The reader on which a card lies; while a chip is being read it belongs to that reading."""
        async with self._reader:
            try:
                async with asyncio.timeout(self.answer_seconds):
                    return await asyncio.to_thread(self.watch.present_on)
            except TimeoutError as error:
                raise ReaderUnavailableError("no answer") from error

    def _reader_event(self) -> ReaderNoticed | None:
        """Whether the reader was unplugged, for longer than its service takes to restart, or is there again."""
        now = asyncio.get_running_loop().time()
        if self.watch.there:
            self._away_since = None
        elif self._away_since is None:
            self._away_since = now
        away = self._away_since is not None and now >= self._away_since + AWAY_AFTER_SECONDS
        if away is self._told_away:
            return None
        self._told_away = away
        return ReaderNoticed(there=not away)

    async def read(self, tap: int, number: CitizenId | None, on_phase: Callable[[str], None]) -> Subject:
        """Read the chip that lies on the reader now, if it is still that tap's.

        Raises:
            CardError: when it cannot be read.
        """
        name = self._lies_on
        if tap != self._tap or name is None:
            raise CardRemovedError
        if number is None:
            raise AccessUnsupportedError("number unknown")
        keys = self.keys_for(number)
        loop = asyncio.get_running_loop()

        def phase(reached: Phase) -> None:
            loop.call_soon_threadsafe(on_phase, reached.value)

        given_up = threading.Event()
        async with self._reader:
            try:
                return subject_of(await asyncio.to_thread(self._read, name, keys, phase, given_up))
            finally:
                given_up.set()

    def keys_for(self, number: CitizenId) -> tuple[AccessKey, ...]:
        """The keys to try: with the MRZ keys where that person's code was seen a moment ago."""
        seen = self._seen
        return seen.keys if seen is not None and seen.number == number else access_keys(number)

    def _read(
        self,
        name: str,
        keys: tuple[AccessKey, ...],
        on_phase: Callable[[Phase], None],
        given_up: threading.Event,
    ) -> CardReading:
        store = _issuers(self.issuers)

        def attempt(link: Transport, options: ReadOptions) -> CardReading:
            at, link = self.clock.now(), _UntilGivenUp(link, given_up)
            return read_card(link, keys, store=store, at=at, on_phase=on_phase, options=options)

        try:
            return read_shortening(name, attempt)
        except (CardRemovedError, ReaderUnavailableError):
            # A card that trembles, or that the service is still waking, is said to be gone though it lies there.
            time.sleep(WAKING_SECONDS)
            if given_up.is_set() or not card_present(name):
                raise
            return read_shortening(name, attempt)

    async def _code_event(self) -> CodeSeen | None:
        now = asyncio.get_running_loop().time()
        if self._seen is not None and now > self._seen.until:
            self._seen = None
        if now < max(self._camera_rests_until, self._code_due) or not self.wants_code():
            return None
        self._code_due = now + CODE_SECONDS
        try:
            frame = await self.camera.frame()
        except CameraError:
            self._camera_rests_until = now + CAMERA_PAUSE_SECONDS
            return None
        text = await asyncio.to_thread(_code_in, frame.picture)
        last, at = self._code
        if text is None or (hash(text) == last and frame.at - at < SAME_CODE_SECONDS):
            return None
        self._code = (hash(text), frame.at)
        seen = seen_in(text, now + KEYS_SECONDS)
        if seen is None:
            return None
        self._seen = seen
        return CodeSeen(seen.number)


def _code_in(picture: Picture) -> str | None:
    return read_code(picture)


def _issuers(folder: Path) -> CscaStore:
    """The school's store; a broken file makes no issuer known, and the doctor names it."""
    try:
        return CscaStore.load(folder)
    except CertificateImportError as error:
        _log.warning("issuer_store", code=error.code)
        return CscaStore()

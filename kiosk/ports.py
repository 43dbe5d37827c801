"""What the kiosk asks of the world; each port has a real adapter and an emulated one that ships.

`kiosk.camera.ports` has the camera's. Emulated adapters say so (`emulated`), and the screen repeats it.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable
from typing import Protocol

from core.contracts.checkin import CheckInReceipt, CheckInReport
from core.contracts.citizen_id import CitizenId
from kiosk.screen.view import View
from kiosk.session.events import CardGone, CardLaid, CodeSeen, ReaderNoticed
from kiosk.session.values import FaceReport, Subject


class CardSource(Protocol):
    """A card reader: tells of cards that come and go and of codes that are shown, and reads a chip."""

    @property
    def emulated(self) -> bool:
        """Whether it is not real; the screen then says so."""
        ...

    async def next_event(self) -> CardLaid | CardGone | CodeSeen | ReaderNoticed:
        """Wait for the next card, or the reader itself, that comes or goes, or the next code that is shown.

        Raises:
            CardError: when the reader does not answer at all.
        """
        ...

    async def read(self, tap: int, number: CitizenId | None, on_phase: Callable[[str], None]) -> Subject:
        """Read the chip of that tap; `on_phase` is called in the event loop.

        Raises:
            CardError: when it cannot be read.
        """
        ...


class FaceCheck(Protocol):
    """Compares the person before the camera with a subject; images die inside."""

    @property
    def emulated(self) -> bool:
        """Whether it is not real; the screen then says so."""
        ...

    async def check(self, subject: Subject, on_hint: Callable[[str], None]) -> FaceReport:
        """Look and judge; it waits for a face until it is cancelled. `NOT_DONE` when nothing can be compared.

        Raises:
            CameraError: when the camera gives no usable picture.
        """
        ...

    async def greet(self, coming: Future[Subject], on_hint: Callable[[str], None]) -> FaceReport:
        """As `check`, begun before it is known who comes.

        Raises:
            CameraError: as `check`.
        """
        ...


class Uplink(Protocol):
    """Takes reports to the core."""

    async def submit(self, report: CheckInReport) -> CheckInReceipt | None:
        """Record, then deliver; None means that it is recorded and will be sent later.

        Raises:
            SpoolError: when it could not be recorded.
            RefusedError: when the core refused it.
        """
        ...


class Screen(Protocol):
    """Shows the session to the pupil."""

    def show(self, view: View) -> None:
        """Show this from now on."""
        ...

"""Notices what hangs and starts it again: the camera by itself, everything else by ending the program.

A reader's or a camera's driver may block for ever inside the operating system; a thread cannot be killed. So a
camera that does not answer is left behind and opened anew, and when the session's loop or the card reader hangs the
program ends with the restart status: the service manager starts it again, and the spool keeps what was recorded.
systemd is told of life (`NOTIFY_SOCKET`, `WatchdogSec=`), so that it also notices when nothing at all runs.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from kiosk.camera.ports import Camera, Frame
from kiosk.errors import CameraError
from kiosk.runner import Runner
from kiosk.session.events import TimePassed

_log = structlog.get_logger()
CAMERA_PATIENCE_SECONDS = 4.0
SLOW_SECONDS = 0.25
"""Between two pictures: a turn of the head takes about as long as four of them."""
STALLED_READS = 3
"""So many chips in a row whose reading neither ended nor failed, or questions without an answer: it hangs."""
ENDING_SECONDS = 3.0
"""How long the program gets to end by itself; what then still hangs inside a driver never will."""


def end_at_the_latest(status: int, seconds: float = ENDING_SECONDS) -> None:
    """End this program in so many seconds with that status: Python waits for every thread, also for one that hangs."""
    end = threading.Timer(seconds, os._exit, (status,))
    end.daemon = True
    end.start()


class WatchedCamera:
    """A camera that is opened anew when it does not answer (camera có người canh)."""

    def __init__(
        self,
        make: Callable[[], Camera],
        patience: float = CAMERA_PATIENCE_SECONDS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`make` opens the camera; it is called again for each one that hangs."""
        self._make, self._patience, self._seconds = make, patience, seconds
        self._camera = make()
        self.hung = 0
        self._given_at, self._pace = 0.0, 0.0
        self.condition = "ok"
        """What the last picture was like: `ok`, or why there was none."""

    @property
    def emulated(self) -> bool:
        """Whether it is not real."""
        return self._camera.emulated

    async def frame(self) -> Frame:
        """The next picture.

        Raises:
            CameraError: its own, or `frozen` when none came in time; the next call has a new camera.
        """
        camera = self._camera
        try:
            async with asyncio.timeout(self._patience):
                frame = await camera.frame()
        except CameraError as error:
            self.condition = error.detail
            raise
        except TimeoutError:
            self.condition = "frozen"
            if camera is self._camera:
                self.hung += 1
                _log.warning("camera_hung", times=self.hung)
                self._camera = self._make()
            raise CameraError("frozen") from None
        self.condition = "slow" if self._is_slow() else "ok"
        return frame

    def _is_slow(self) -> bool:
        """Whether it gives so few pictures that no movement can be followed; only who asks again at once can tell."""
        now, before = self._seconds(), self._given_at
        self._given_at = now
        if now - before < SLOW_SECONDS * 3:
            self._pace += (now - before - self._pace) / 8
        return self._pace > SLOW_SECONDS


@dataclass(frozen=True, slots=True)
class Watchdog:
    """Asks the session's loop now and then whether it is alive (canh máy)."""

    runner: Runner
    on_dead: Callable[[], None]
    notify_socket: str = field(default="", repr=False)
    every: float = 5.0
    patience: float = 5.0

    async def run(self) -> None:
        """Watch until cancelled, or until something is dead."""
        self._tell("READY=1")
        while True:
            await asyncio.sleep(self.every)
            why = await self._dead()
            if why:
                _log.error("watchdog", dead=why)
                self.on_dead()
                return
            self._tell("WATCHDOG=1")

    async def _dead(self) -> str:
        """What hangs, or nothing."""
        if max(self.runner.stalled_reads, self.runner.stalled_watches) >= STALLED_READS:
            return "card_reader"
        try:
            async with asyncio.timeout(self.patience):
                # An answer is all that is wanted: before its deadline this event changes nothing.
                await self.runner.ask(TimePassed())
        except TimeoutError:
            return "session"
        return ""

    def _tell(self, word: str) -> None:
        """One datagram to the service manager (sd_notify)."""
        if not self.notify_socket:
            return
        address = "\0" + self.notify_socket[1:] if self.notify_socket.startswith("@") else self.notify_socket
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(word.encode(), address)

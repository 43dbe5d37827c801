"""Debian's PC/SC daemon for tests and benchmarks: the one that runs, or one of our own for a while."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.card.errors import ReaderUnavailableError
from kiosk.card.pcsc import list_readers

CONFIGURATION = Path("/etc/reader.conf.d/vpcd")
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
VIRTUAL = "Virtual PCD"
_START_SECONDS = 10.0


def why_not() -> str | None:
    """Why the virtual reader cannot be used here; None when it can."""
    if shutil.which("pcscd") is None:
        return "pcscd is not installed (apt-get install pcscd vsmartcard-vpcd)"
    if not (DRIVER.exists() or CONFIGURATION.exists()):
        return "vsmartcard-vpcd is not installed (apt-get install vsmartcard-vpcd)"
    return None if importlib.util.find_spec("smartcard") else "pyscard is not installed"


@dataclass(slots=True)
class Daemon:
    """The PC/SC service and its virtual reader (dịch vụ đầu đọc)."""

    reader: str
    process: subprocess.Popen[bytes] | None

    @property
    def ours(self) -> bool:
        """Whether it was started here, and so may be stopped here."""
        return self.process is not None

    def stop(self) -> None:
        """End it, when it is ours."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(_START_SECONDS)

    def start_again(self) -> None:
        """Start it after `stop`.

        Raises:
            ReaderUnavailableError: when it does not come up.
        """
        self.process = _start()
        self.reader = _wait()


@contextmanager
def daemon() -> Iterator[Daemon]:
    """The service while the block lasts: the one that runs, or one of our own.

    Raises:
        ReaderUnavailableError: when it does not come up.
    """
    process = None if _ready() else _start()
    service = Daemon("", process)
    try:
        service.reader = _wait()
        yield service
    finally:
        service.stop()


@contextmanager
def virtual_reader() -> Iterator[str]:
    """The name of the virtual reader while the block lasts; starts the daemon when none runs.

    Raises:
        ReaderUnavailableError: when it does not come up.
    """
    with daemon() as service:
        yield service.reader


def _start() -> subprocess.Popen[bytes]:
    path = shutil.which("pcscd")
    if path is None:
        raise ReaderUnavailableError("pcscd")
    return subprocess.Popen(  # noqa: S603 - a fixed program without arguments from outside
        [path, "--foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _ready() -> str | None:
    try:
        return next((name for name in list_readers() if name.startswith(VIRTUAL)), None)
    except ReaderUnavailableError:
        return None


def _wait() -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        name = _ready()
        if name is not None:
            return name
        time.sleep(0.1)
    raise ReaderUnavailableError("virtual reader")

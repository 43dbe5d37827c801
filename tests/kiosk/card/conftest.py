"""The real PC/SC path: Debian's daemon and virtual reader, started for the tests that ask for them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.card.emulator.daemon import Daemon, daemon, why_not
from kiosk.card.pcsc import CardWatch


@pytest.fixture(scope="module")
def pcsc_daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """The service; one test process at a time may hold it, and gives it back after the module."""
    import fcntl

    missing = why_not()
    if missing:
        pytest.skip(missing)
    lock = Path(os.path.commonpath([tmp_path_factory.getbasetemp().parent.parent])) / "congtruong-pcsc.lock"
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with daemon() as service:
            yield service


@pytest.fixture
def empty_reader(pcsc_daemon: Daemon) -> str:
    """The virtual reader with nothing on it.

    pcscd 1.9.9 polls every 0.4 s: a card that leaves in mid-read and comes back sooner stays unseen until it leaves
    again, so the fixture waits for one poll more.
    """
    watch = CardWatch(pcsc_daemon.reader)
    deadline = time.monotonic() + 10
    while watch.present_on() is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.9)
    return pcsc_daemon.reader

"""The releases on this machine and which of them runs: switched at a start, on trial until it proved itself.

The pure part is `Choice` and its moves. A release on trial that was started twice without proving itself is put away
for the one before; the program that was installed by hand (`None`) is always there to go back to.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.uplink.journal import replace_file, sync_folder

FOLDER, FILE = "releases", "choice.json"
TRIAL_STARTS = 2
_INCOMING = ".incoming"
_log = structlog.get_logger()


class Choice(BaseModel):
    """Which release runs, which ran before, and whether the present one is on trial (bản đang chạy)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    current: str | None = None
    previous: str | None = None
    trial: bool = False
    starts: int = 0
    failed: str | None = None

    def switched(self, version: str) -> Choice:
        """Run this one from the next start on.

        >>> Choice(current="1.0", failed="0.9").switched("1.1")
        Choice(current='1.1', previous='1.0', trial=True, starts=0, failed=None)
        """
        keep = self.previous if self.trial else self.current
        return Choice(current=version, previous=keep, trial=True)

    def started(self) -> Choice:
        """A start of the program; a release that never proved itself makes place for the one before.

        >>> Choice(current="1.1", previous="1.0", trial=True, starts=2).started()
        Choice(current='1.0', previous=None, trial=False, starts=0, failed='1.1')
        """
        if not self.trial:
            return self
        if self.starts >= TRIAL_STARTS:
            return Choice(current=self.previous, failed=self.current)
        return self.model_copy(update={"starts": self.starts + 1})

    def proved(self) -> Choice:
        """The present release works."""
        return self.model_copy(update={"trial": False, "starts": 0})


class Shelf:
    """The releases of one kiosk's data folder (kệ bản phần mềm)."""

    def __init__(self, data_dir: Path) -> None:
        """Nothing is made before something is put there."""
        self.folder = data_dir / FOLDER

    def choice(self) -> Choice:
        """What runs; a damaged or missing note means the installed program."""
        try:
            return Choice.model_validate_json((self.folder / FILE).read_bytes())
        except FileNotFoundError:
            return Choice()
        except (OSError, ValidationError) as error:
            _log.warning("release_choice_unreadable", kind=type(error).__name__)
            return Choice()

    def keep(self, choice: Choice) -> None:
        """Write it down, so that a power cut leaves the old choice or the new one."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(self.folder / FILE, choice.model_dump_json().encode())

    def place(self, version: str) -> Path:
        """Where a release lies."""
        return self.folder / version

    def has(self, version: str) -> bool:
        """Whether it lies there, whole: it comes by one rename."""
        return self.place(version).is_dir()

    def incoming(self) -> Path:
        """An empty folder to unpack into; what a power cut left of an earlier one is cleared away."""
        fresh = self.folder / _INCOMING
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700, parents=True)
        return fresh

    def accept(self, version: str) -> None:
        """What was unpacked is whole: on the disk, and in its place by one rename."""
        fresh = self.folder / _INCOMING
        for path in (fresh, *fresh.rglob("*")):
            _sync(path)
        shutil.rmtree(self.place(version), ignore_errors=True)
        fresh.rename(self.place(version))
        sync_folder(self.folder)

    def clear(self, running: str) -> None:
        """Take away what neither runs now, nor will, nor is gone back to."""
        chosen = self.choice()
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.is_dir() and path.name not in {chosen.current, chosen.previous, running}:
                shutil.rmtree(path, ignore_errors=True)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

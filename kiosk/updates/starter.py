"""What the service manager runs (`congtruong-kiosk run`): it starts the chosen release in its own place.

It is of the installed program, never of a release, and knows nothing but the shelf: a broken release cannot keep it
from going back. The process is replaced, so that the service manager's signals and its watch-dog reach the kiosk.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import structlog

from kiosk.updates.shelf import Shelf

_log = structlog.get_logger()


def run(data_dir: Path, arguments: tuple[str, ...] = ()) -> None:
    """Start the kiosk; this call does not come back."""
    shelf = Shelf(data_dir)
    before = shelf.choice()
    chosen = before.started()
    if chosen.current is not None and not shelf.has(chosen.current):
        _log.error("release_missing", version=chosen.current)
        chosen = chosen.model_copy(update={"current": None, "trial": False, "failed": chosen.current})
    if chosen != before:
        try:
            shelf.keep(chosen)
        except OSError as error:
            # A disk that takes nothing: what runs must be what is known to work.
            _log.error("release_choice_not_kept", kind=type(error).__name__)
            chosen = chosen.model_copy(update={"current": chosen.previous}) if chosen.trial else chosen
    if chosen.failed is not None and chosen.failed != before.failed:
        _log.error("release_rolled_back", version=chosen.failed, to=chosen.current or "installed")
    command, surroundings = started_as(shelf, chosen.current, arguments)
    os.execve(command[0], command, surroundings)  # noqa: S606 - our own interpreter


def started_as(
    shelf: Shelf, version: str | None, arguments: tuple[str, ...]
) -> tuple[list[str], dict[str, str]]:
    """The command and the environment of a release, or of the installed program."""
    surroundings = dict(os.environ)  # noqa: TID251 - the kiosk inherits it whole
    if version is None:
        return [sys.executable, "-m", "kiosk", "serve", *arguments], surroundings
    surroundings["PYTHONPATH"] = str(shelf.place(version))
    surroundings["PYTHONDONTWRITEBYTECODE"] = "1"
    # -P: the folder that the program was started in must not come before the release.
    return [sys.executable, "-P", "-m", "kiosk", "serve", *arguments], surroundings

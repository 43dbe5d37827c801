"""Damage to a spool's files, as a failing disk does it."""

from __future__ import annotations

import re
from pathlib import Path

from kiosk.uplink.journal import MARK
from kiosk.uplink.spool import COPIES


def spoil(path: Path, number: int) -> None:
    """Flip a bit inside the record of that number."""
    content = bytearray(path.read_bytes())
    start = [match.start() for match in re.finditer(re.escape(MARK), content)][number]
    content[start + 40] ^= 1
    path.write_bytes(content)


def spoil_both(folder: Path, number: int) -> None:
    """The same record in both copies: it is lost."""
    for name in COPIES:
        spoil(folder / name, number)

"""One thing that a doctor looked at, for whoever mends the machine. The doctors are `kiosk.doctor` and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do where it is not well (kết quả khám máy)."""

    part: str
    state: State
    what: str
    mend: str = ""

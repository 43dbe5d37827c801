"""Where a school's answers stand, for all parts of the slice. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

NOTIFY_CHANNEL = "answers"
"""Rings with the school whose passages changed, or where staff asked for something."""


@dataclass(frozen=True, slots=True)
class AnswersState:
    """Where a school's answers stand (tình trạng): versions of the passages, and when questions were grouped."""

    version: int = 0
    loaded_version: int = 0
    loaded_at: datetime | None = None
    clusters_wanted_at: datetime | None = None
    clustered_at: datetime | None = None

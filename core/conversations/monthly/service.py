"""Adds conversations up. It reads no word of them, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.conversations.monthly import repository
from core.db.transaction import Tx

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class TalkFigures:
    """What people wrote and what staff took over (số liệu trò chuyện).

    `median_minutes` runs by the clock, nights and days off too, from a hand-over to the first word of staff.
    """

    messages: int = 0
    opened: int = 0
    closed: int = 0
    answered: int = 0
    median_minutes: int | None = None

    @property
    def unanswered(self) -> int:
        """Hand-overs to which no staff had said a word by the end."""
        return self.opened - self.answered


async def talks(tx: Tx, since: datetime, until: datetime) -> TalkFigures:
    """What was written and handed over from `since` on and before `until`."""
    written = await repository.messages(tx, since, until)
    opened, closed, answered, seconds = await repository.handovers(tx, since, until)
    return TalkFigures(
        written, opened, closed, answered, None if seconds is None else round(seconds / _MINUTE)
    )

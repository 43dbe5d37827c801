"""Adds announcements up. Figures come from the report that each keeps: the outbox forgets after a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.broadcasts import repository
from core.db.transaction import Tx


@dataclass(frozen=True, slots=True)
class AnnouncedFigures:
    """Announcements and whom they reached (số liệu thông báo).

    `people` were meant, once for each announcement; `sent` messages arrived, without those of the `open` ones.
    """

    announcements: int = 0
    people: int = 0
    unreached: int = 0
    sent: int = 0
    open: int = 0


async def announced(tx: Tx, since: datetime, until: datetime) -> AnnouncedFigures:
    """What began to go out from `since` on and before `until`."""
    return AnnouncedFigures(*await repository.add_up(tx, since, until))

"""Work that looks again and again at everybody's affairs: one school's fault holds back no other, and ends nothing.

A row that cannot be read or a mistake of ours must cost its own school one round, not every school its alerts: the
fault is logged with its place, the others get their turn, and the next round tries again. It knows no database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import structlog

from core.work.blame import where

log = structlog.get_logger(__name__)
One = TypeVar("One")


async def each(name: str, several: Iterable[One], work: Callable[[One], Awaitable[int]]) -> int:
    """Do `work` for each of them, whatever happens to the others; the sum of what was done.

    What fails is named by its kind and place only: an error's own words may quote personal data.
    """
    done = 0
    for one in several:
        try:
            done += await work(one)
        except Exception as error:  # noqa: BLE001 - whatever one school's data do, the next school is looked at
            log.warning("round_failed_for_one", round=name, error=type(error).__name__, where=where(error))
    return done


async def rounds(
    name: str, once: Callable[[], Awaitable[object]], rest: Callable[[], Awaitable[object]]
) -> None:
    """Until cancelled: one round, then a rest. A round that fails is logged and tried again after the rest."""
    while True:
        try:
            await once()
        except Exception as error:  # noqa: BLE001 - the database is away or we erred: the next round tries again
            log.warning("round_failed", round=name, error=type(error).__name__, where=where(error))
        await rest()

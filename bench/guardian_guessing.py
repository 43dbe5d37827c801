"""What a guesser learns: thousands of tries, half for numbers on the roll and half for others."""

from __future__ import annotations

import asyncio
from typing import Any

from bench._ground import KEY, fresh_database
from bot.app import build_bot
from bot.settings import BotSettings
from tests.bot.guessing import Heard, guess, not_on_roll, p_value, put_on_roll
from tests.bot.support import KnownAnswers, load_sample, settings_for

NAME = "guardian-guessing"
SUMMARY = (
    "8,640 tries for numbers on the roll and not on it: answers compared, times tested for any difference."
)
SCHOOLS = 4
TRIES = 1_080  # nine for each number: the tenth would be the first to wait
LEAK = 0.002


def run() -> dict[str, Any]:
    """Try, compare, and show that the same test sees a leak of two milliseconds."""
    known, unknown, leaking, beside = Heard(), Heard(), Heard(), Heard()
    for leak in (0.0,) * SCHOOLS + (LEAK,):
        with fresh_database(durable=False) as url:
            on_roll, others = asyncio.run(_guess(url, leak))
        (leaking if leak else known).add(on_roll)
        (beside if leak else unknown).add(others)
    return {
        "target": "every answer the same; the times of the two kinds are not told apart (p > 0.001)",
        "figures": _figures(known, unknown) | {"answers": len(known.answers | unknown.answers)},
        "reference": {"with a leak of 2 ms": _figures(leaking, beside)},
        "limits": "One machine. Times are of the judging itself, before the page's fixed wait of 0.6 s hides them.",
    }


async def _guess(url: str, leak: float) -> tuple[Heard, Heard]:
    core = build_bot(BotSettings(port=0), settings_for(url, KEY), KnownAnswers()).core
    try:
        await load_sample(core)
        on_roll, others = await put_on_roll(core), not_on_roll()
        return await guess(core, on_roll, others, TRIES, leak)
    finally:
        await core.database.dispose()


def _figures(known: Heard, unknown: Heard) -> dict[str, float]:
    return {
        "tries": len(known.seconds) + len(unknown.seconds),
        "p": round(p_value(known, unknown), 6),
        "median_ms_on_roll": known.median_ms(),
        "median_ms_not_on_roll": unknown.median_ms(),
    }

"""How long a parent waits, through all three programs: question to answer, tap to the guardian's chat."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import asyncpg

from bench._ground import programs_ground
from core.db.notify import dsn_of
from tests.journeys.conftest import opened_village
from tests.journeys.speed import figures, measure

NAME = "journeys"
SUMMARY = "question to answer (p95 < 150 ms) and tap to the guardian's chat (p95 < 300 ms), whole system"


def run() -> dict[str, object]:
    """Start a sample school on a database of its own, ask 60 questions, tap 20 cards."""
    with programs_ground("journeys") as (data, url):
        found, reference = asyncio.run(_measure(data, url))
    return {
        "target": {"question_to_answer_p95_ms": 150, "tap_to_guardians_chat_p95_ms": 300},
        "figures": found,
        "reference": {"one_committed_row_in_this_database": reference},
        "ratio_to_reference": round(found["question_to_answer"]["p50_ms"] / reference["p50_ms"], 1),
        "limits": "loopback, one parent at a time, fsync on; a tap includes reading the emulated chip with its "
        "real cryptography and three camera frames at 30 a second",
    }


async def _measure(data: Path, url: str) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    async with opened_village(data) as village:
        found = await measure(village)
    connection = await asyncpg.connect(dsn_of(url))
    await connection.execute("CREATE TABLE reference (n int)")
    waited = []
    for number in range(60):
        begun = time.perf_counter()
        await connection.execute("INSERT INTO reference VALUES ($1)", number)
        waited.append(time.perf_counter() - begun)
    await connection.close()
    return found, figures(waited)

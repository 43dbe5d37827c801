"""3,000 pupils at six kiosks in 25 minutes, the network cut for ten of them: how many are lost, how many doubled.

The clock of core and kiosks runs ten times as fast as the machine's: 1,500 seconds of a morning pass in 150, and the
600 of the cut in 60. Pupils come ten times as close, so it is a harder morning than a real one; waits are real time.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bench._ground import KEY, fresh_database
from core.app import build_core
from core.settings import CoreSettings
from core.values.ids import SchoolId, new_id
from tests.journeys.rush import MORNING, FastClock, Rush, run_rush

NAME = "rush"
SUMMARY = (
    "3,000 pupils, 6 kiosks, 25 minutes and a 10-minute cut, all ten times as fast: lost, doubled, waits."
)
PUPILS, KIOSKS, REAL_SECONDS = 3000, 6, 150


def run() -> dict[str, Any]:
    """Let a whole school come once, on an embedded server of its own, with its data synced to disk."""
    with fresh_database() as url, tempfile.TemporaryDirectory(prefix="bench-rush-") as folder:
        rush = asyncio.run(_rush(url, Path(folder)))
    return _told(rush)


async def _rush(url: str, folder: Path) -> Rush:
    key = SecretStr(KEY)
    settings = CoreSettings(database_url=SecretStr(url), master_key=key, session_key=key, data_dir=folder)
    clock = FastClock(MORNING.total_seconds() / REAL_SECONDS)
    core = build_core(settings, clock)
    try:
        return await run_rush(core, SchoolId(new_id()), clock, folder, pupils=PUPILS, kiosks=KIOSKS)
    finally:
        await core.database.dispose()


def _told(rush: Rush) -> dict[str, Any]:
    waits = statistics.quantiles(rush.waits, n=100, method="inclusive")
    return {
        "target": {"lost": 0, "doubled": 0},
        "figures": {
            "pupils": rush.pupils,
            "kiosks": rush.kiosks,
            "lost": rush.pupils - rush.arrived,
            "doubled": rush.rows - rush.pupils,
            "answered_at_once": rush.answered,
            "told_it_will_be_sent_later": rush.recorded,
            "of_these_sent_as_provisional": rush.provisional,
            "answers_lost_on_the_way": rush.answers_lost,
            "wait_p50_ms": round(1000 * waits[49], 1),
            "wait_p95_ms": round(1000 * waits[94], 1),
            "spools_empty_after_the_last_pupil_s": round(rush.flushed_after, 1),
        },
        "reference": {
            "time_scaled_by": round(MORNING.total_seconds() / REAL_SECONDS, 1),
            "real_seconds": round(rush.seconds, 1),
            "times_faster_than_a_morning": round(MORNING.total_seconds() / rush.seconds, 1),
            "pupils_per_second": round(rush.pupils / rush.seconds, 1),
            "pupils_per_second_of_a_real_morning": round(rush.pupils / MORNING.total_seconds(), 1),
        },
        "limits": "Card and camera are left out (bench kiosk has them); one core process, loopback, PostgreSQL on "
        "the same machine; the cut is made in the kiosk's sender, before its connection.",
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))

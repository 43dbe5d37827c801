"""From a member of staff's decision to the kiosk's screen: a real core, a real kiosk, a signed long poll between."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bench._ground import KEY, fresh_database
from core.app import Core, build_core
from core.commands import load_sample
from core.contracts.commands import StaffAnswer
from core.contracts.roster import Roster
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.web.server import serving
from core.web_app import make_web_app
from kiosk.app import Kiosk
from kiosk.emulated.cards import EmulatedCards, Trick
from kiosk.emulated.people import load_people
from kiosk.session.places import Idle, Verdict
from kiosk.session.values import Rules, VerdictKind
from tests.journeys.test_driven_gate import kiosk_at

NAME = "gate"
SUMMARY = "staff's decision to the kiosk's screen, p50 and p95; beside the round trip of one signed request."
ROUNDS = 15


def run() -> dict[str, Any]:
    """Let staff approve some strangers, on an embedded server of its own."""
    with fresh_database() as url, tempfile.TemporaryDirectory(prefix="bench-gate-") as folder:
        acted, trips = asyncio.run(_measure(url, Path(folder)))
    cut = statistics.quantiles(acted, n=20, method="inclusive")
    trip = statistics.median(trips)
    return {
        "target": {"decision_to_screen_ms": 1000},
        "figures": {
            "decisions": len(acted),
            "decision_to_screen_p50_ms": round(1000 * statistics.median(acted), 1),
            "decision_to_screen_p95_ms": round(1000 * cut[18], 1),
        },
        "reference": {
            "signed_request_ms": round(1000 * trip, 1),
            "ratio_to_one_request": round(statistics.median(acted) / trip, 2),
        },
        "limits": "Loopback; the chat's own way (webhook, worker) comes before the decision and is `bench chat`'s.",
    }


async def _measure(url: str, folder: Path) -> tuple[list[float], list[float]]:
    key = SecretStr(KEY)
    settings = CoreSettings(database_url=SecretStr(url), master_key=key, session_key=key, data_dir=folder)
    await load_sample(settings)
    core = build_core(settings)
    try:
        async with (
            serving(make_web_app(core)) as address,
            kiosk_at(core, address, folder / "kiosk", Rules(accepted=0.3, needs_staff=60)) as kiosk,
        ):
            acted = [await _decide(core, kiosk) for _ in range(ROUNDS)]
            return acted, [await _trip(kiosk) for _ in range(ROUNDS)]
    finally:
        await core.database.dispose()


async def _decide(core: Core, kiosk: Kiosk) -> float:
    cards = kiosk.devices.cards
    assert isinstance(cards, EmulatedCards)
    cards.tap(load_people(kiosk.settings.pupils_file)[0], Trick.STRANGER)
    await _until(lambda: _shows(kiosk, VerdictKind.NEEDS_STAFF))
    async with core.database.transaction(SCHOOL_ID) as tx:
        waiting = await core.gate.waiting(tx)
        begun = time.perf_counter()
        await core.gate.answer(tx, waiting[-1].id, StaffAnswer.APPROVED, actor="staff:bench")
    await _until(lambda: _shows(kiosk, VerdictKind.ACCEPTED))
    took = time.perf_counter() - begun
    await _until(lambda: kiosk.runner is not None and isinstance(kiosk.runner.session.place, Idle))
    return took


async def _trip(kiosk: Kiosk) -> float:
    client = kiosk._client  # noqa: SLF001 - the kiosk's own line, to measure beside it
    assert client is not None
    begun = time.perf_counter()
    roster = await client.roster()
    assert isinstance(roster, Roster)
    return time.perf_counter() - begun


def _shows(kiosk: Kiosk, kind: VerdictKind) -> bool:
    place = kiosk.runner.session.place if kiosk.runner else None
    return isinstance(place, Verdict) and place.kind is kind


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - the condition is another task's
            await asyncio.sleep(0.005)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))

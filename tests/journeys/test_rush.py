"""A morning with a ten-minute cut: every pupil is recorded once, none twice, none lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.app import build_core
from core.settings import CoreSettings
from core.values.ids import SchoolId
from tests.journeys.rush import MORNING, FastClock, run_rush

pytestmark = pytest.mark.slow
PUPILS = 480
"""The whole school's 3,000 are `bench rush`; this many keep the test short and cut as deep."""
REAL_SECONDS = 12


async def test_a_cut_in_the_middle_of_the_rush_loses_nobody_and_doubles_nobody(
    database_url: str, master_key_text: str, school_id: SchoolId, tmp_path: Path
) -> None:
    secret = SecretStr(master_key_text)
    settings = CoreSettings(database_url=SecretStr(database_url), master_key=secret, session_key=secret)
    clock = FastClock(MORNING.total_seconds() / REAL_SECONDS)
    core = build_core(settings, clock)
    try:
        rush = await run_rush(core, school_id, clock, tmp_path, pupils=PUPILS)
    finally:
        await core.database.dispose()
    assert (rush.rows, rush.arrived) == (PUPILS, PUPILS)
    assert rush.answered + rush.recorded == PUPILS
    assert rush.recorded > PUPILS // 4, "the cut was felt"
    assert rush.answers_lost > 0, "reports came twice"
    assert 0 < rush.provisional <= rush.recorded

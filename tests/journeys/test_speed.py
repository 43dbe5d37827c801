"""Prints how long a parent waits. The targets are in the benchmark; a test never fails for being slow."""

from __future__ import annotations

import json

import pytest

from tests.journeys.conftest import Village
from tests.journeys.speed import measure

pytestmark = pytest.mark.slow


async def test_every_question_and_every_tap_is_answered(
    village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await measure(village, questions=20, taps=6)
    with capsys.disabled():
        print("\n" + json.dumps(found))
    assert found["question_to_answer"]["count"] == 20
    assert found["tap_to_guardians_chat"]["count"] == 6

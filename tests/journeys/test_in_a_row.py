"""Questions and taps one after another: none goes unanswered. `bench journeys` takes the time of the same walk."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Village
from tests.journeys.speed import measure

pytestmark = pytest.mark.slow


async def test_every_question_and_every_tap_is_answered(village: Village) -> None:
    found = await measure(village, questions=10, taps=3)
    assert found["question_to_answer"]["count"] == 10
    assert found["tap_to_guardians_chat"]["count"] == 3

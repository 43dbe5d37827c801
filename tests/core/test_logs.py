"""What must never stand in a log."""

from __future__ import annotations

import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from core.logs import MASK, mask_personal, mask_text
from tests.core.web.support import capturing_logs


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.sampled_from(["số {}.", "({})", "citizen={}", "{}"]))
def test_a_citizen_number_is_masked_wherever_it_stands(number: str, around: str) -> None:
    assert number not in mask_text(around.format(number))


@pytest.mark.parametrize(
    "secret",
    [
        "0912345678",
        "+84 912 345 678",
        "091.234.5678",
        "001 315 012 345",
        "me@school.example",
        "Bearer abcdefgh12345678",
        "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0",
        "postgresql://user:hunter2@db/school",
    ],
)
def test_what_looks_personal_or_secret_is_masked(secret: str) -> None:
    masked = mask_text(f"said {secret} today")
    assert secret not in masked
    assert "hunter2" not in masked
    assert MASK in masked


def test_ids_times_and_figures_stay_readable() -> None:
    text = "01935f3e-7a10-7000-8000-000000000001 2026-11-21T03:59:41.123456Z 1250000 127.0.0.1:54321"
    assert mask_text(text) == text


def test_values_are_masked_by_their_key_at_any_depth() -> None:
    event = {"event": "x", "given_name": "An", "items": [{"full_name": "Bình", "n": 1}], "number": 1315012345}
    masked = mask_personal(None, "info", dict(event))
    assert masked == {
        "event": "x",
        "given_name": MASK,
        "items": [{"full_name": MASK, "n": 1}],
        "number": 1315012345,
    }


def test_records_of_other_libraries_and_stack_traces_are_masked_too() -> None:
    with capturing_logs() as log:
        logging.getLogger("other").warning("row of %s", "001315012345")
        try:
            int("phone 0912345678")
        except ValueError:
            structlog.get_logger("ours").exception("failed", phone="0912345678")
    assert "001315012345" not in log.text
    assert "0912345678" not in log.text
    assert "ValueError" in log.text
    assert len(log.events) == 2


@pytest.mark.parametrize("part", ["0", "a.", "://a:", "@"])
def test_a_text_of_any_length_is_looked_through_once(part: str) -> None:
    """Two hundred thousand characters of a stranger's once took minutes: the test's time limit would say so."""
    assert "me@school.example" not in mask_text(f"{part * (200_000 // len(part))} me@school.example")

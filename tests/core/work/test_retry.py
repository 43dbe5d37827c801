"""Back-off grows, stays within its bounds, and ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.work.limits import Limits
from core.work.retry import RetryPolicy, chance

_POLICY = RetryPolicy(tries=5, first=timedelta(seconds=2), longest=timedelta(minutes=1))


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_delay_lies_between_half_the_first_and_the_longest(attempt: int, luck: float) -> None:
    assert timedelta(seconds=1) <= _POLICY.delay(attempt, luck) <= timedelta(minutes=1)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_next_delay_is_never_shorter_at_equal_luck(attempt: int, luck: float) -> None:
    assert _POLICY.delay(attempt + 1, luck) >= _POLICY.delay(attempt, luck)


def test_the_last_try_is_the_one_allowed_last() -> None:
    assert [_POLICY.is_last(attempt) for attempt in (1, 4, 5, 6)] == [False, False, True, True]


def test_chance_lies_between_nought_and_one() -> None:
    assert all(0 <= chance() <= 1 for _ in range(100))


@pytest.mark.parametrize(
    "wrong", [{"tries": 0}, {"first": timedelta()}, {"longest": timedelta(milliseconds=1)}]
)
def test_a_policy_that_cannot_work_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        RetryPolicy(**wrong)  # type: ignore[arg-type]  # the point of the test


def test_a_lease_shorter_than_its_renewal_is_refused() -> None:
    with pytest.raises(ValueError, match="outlast"):
        Limits(lease=timedelta(seconds=1))

"""When to try again. Pure: the caller brings the chance, so a test can hold it still."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

_STEPS = 1_000_000
_DOUBLINGS_MAX = 40


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential back-off with jitter, and the number of tries after which a thing is parked."""

    tries: int = 8
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=10)

    def __post_init__(self) -> None:
        if self.tries < 1:
            raise ValueError("there is at least one try")
        if not timedelta() < self.first <= self.longest:
            raise ValueError("the first delay is positive and not longer than the longest")

    def is_last(self, attempt: int) -> bool:
        """Whether attempt number `attempt` (from 1) was the last one allowed."""
        return attempt >= self.tries

    def delay(self, attempt: int, chance: float) -> timedelta:
        """How long to wait after attempt `attempt` failed; `chance` in [0, 1] spreads it over its upper half.

        >>> RetryPolicy().delay(3, chance=1.0)
        datetime.timedelta(seconds=4)
        >>> RetryPolicy().delay(3, chance=0.0)
        datetime.timedelta(seconds=2)
        """
        doubled: timedelta = self.first * 2 ** min(max(attempt - 1, 0), _DOUBLINGS_MAX)
        return min(doubled, self.longest) * (0.5 + chance / 2)


def chance() -> float:
    """An even chance in [0, 1], for `RetryPolicy.delay`."""
    return secrets.randbelow(_STEPS + 1) / _STEPS

"""The kiosk's own clock: a kiosk machine loads nothing of the core but its contracts.

A kiosk's battery clock may be a day off. `CoreTime` therefore keeps what the core's answers taught about the
difference, and everything that leaves the machine carries the core's time. When the machine's clock is set while the
network is away (by hand, by a time server that came back), that changes nothing: a counter that nobody sets tells by
how much. What happened before the core's time was known is put right by the same counter, once it is. The machine's
own clock is not touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the kiosk's one home of the system clock


def since_boot() -> float:
    """Seconds since the machine started, its sleep counted; nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@cache
def this_start() -> str:
    """Names this start of the machine, from which `since_boot` counts; nothing where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Counted:
    """An instant by the counter alone (thời điểm theo bộ đếm): seconds since that start of the machine."""

    start: str
    seconds: float


# Below this the measured difference is mostly the one-second grain of HTTP's Date header.
NEGLIGIBLE = timedelta(seconds=2)


@dataclass(slots=True)
class CoreTime:
    """The core's time, as well as this machine can know it.

    `drift` is core minus machine: positive when this machine is slow. It is unknown (None) until measured.
    """

    machine: Clock
    drift: timedelta | None = field(default=None)
    steady: Callable[[], float] | None = None
    """Seconds that only ever pass (`since_boot`); None where the machine's clock is nobody's to set."""
    _learnt: tuple[datetime, float] | None = None

    def now(self) -> datetime:
        """The present instant by the core's clock."""
        return self.machine.now() + self.correction

    @property
    def correction(self) -> timedelta:
        """What is added to the machine's time; nothing while the difference is negligible."""
        if self.drift is None:
            return timedelta(0)
        behind = self.drift - self._set_since()
        return behind if abs(behind) > NEGLIGIBLE else timedelta(0)

    def unsure(self) -> Counted | None:
        """This instant by the counter, while the core's time is not known; None once it is."""
        if self.drift is not None or self.steady is None:
            return None
        return Counted(this_start(), self.steady())

    def put_right(self, at: datetime, counted: Counted | None) -> datetime:
        """What was written down as `at` by a clock of which nothing was known, by the core's clock.

        As it is while nothing is known yet, or where the machine was started anew since.
        """
        known = self.drift is not None and self.steady is not None
        if counted is None or not known or not counted.start or counted.start != this_start():
            return at
        assert self.steady is not None, "known"
        return self.now() - timedelta(seconds=self.steady() - counted.seconds)

    def _set_since(self) -> timedelta:
        """By how much the machine's clock was put forward since the core's time was learnt."""
        if self.steady is None or self._learnt is None:
            return timedelta(0)
        at, counted = self._learnt
        return self.machine.now() - at - timedelta(seconds=self.steady() - counted)

    def learn(self, core_says: datetime, *, sent_at: datetime, received_at: datetime) -> None:
        """Take over the core's time from an answer; half the journey is subtracted (RFC 5905, section 8)."""
        middle = sent_at + (received_at - sent_at) / 2
        self.drift = core_says - middle
        self._learnt = (self.machine.now(), self.steady()) if self.steady else None

"""The kiosk's own clock: a kiosk machine loads nothing of the core but its contracts.

A kiosk's battery clock may be a day off. `CoreTime` therefore keeps what the core's answers taught about the
difference, and everything that leaves the machine carries the core's time. The machine's own
clock is not touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
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


# Below this the measured difference is mostly the one-second grain of HTTP's Date header.
NEGLIGIBLE = timedelta(seconds=2)


@dataclass(slots=True)
class CoreTime:
    """The core's time, as well as this machine can know it.

    `drift` is core minus machine: positive when this machine is slow. It is unknown (None) until measured.
    """

    machine: Clock
    drift: timedelta | None = field(default=None)

    def now(self) -> datetime:
        """The present instant by the core's clock."""
        return self.machine.now() + self.correction

    @property
    def correction(self) -> timedelta:
        """What is added to the machine's time; nothing while the difference is negligible."""
        if self.drift is None or abs(self.drift) <= NEGLIGIBLE:
            return timedelta(0)
        return self.drift

    def learn(self, core_says: datetime, *, sent_at: datetime, received_at: datetime) -> None:
        """Take over the core's time from an answer; half the journey is subtracted (RFC 5905, section 8)."""
        middle = sent_at + (received_at - sent_at) / 2
        self.drift = core_says - middle

"""When not to ask the model: it failed too often, was asked too often, or has cost enough today.

Three small state machines without a clock of their own (the time is given) and without awaiting, so that tasks of
one event loop need no lock. They count for this process only; two bots have two budgets.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(slots=True)
class Breaker:
    """Stops asking after failures in a row, then lets one call through each `pause` seconds: cầu dao.

    >>> breaker = Breaker(failures_to_pause=1, pause=30)
    >>> breaker.failed(now=0.0); breaker.allows(now=29.0), breaker.allows(now=30.0), breaker.allows(now=31.0)
    (False, True, False)
    """

    failures_to_pause: int
    pause: float
    failures: int = 0
    closed_until: float = 0.0

    def allows(self, *, now: float) -> bool:
        """Tell whether to ask now; while open, the call let through is the trial of this pause."""
        if self.failures < self.failures_to_pause:
            return True
        if now < self.closed_until:
            return False
        self.closed_until = now + self.pause
        return True

    def failed(self, *, now: float) -> None:
        """Note a failure of the server."""
        self.failures += 1
        self.closed_until = now + self.pause

    def succeeded(self) -> None:
        """Note that the server answered: all is well again."""
        self.failures = 0


@dataclass(slots=True)
class Bucket:
    """Lets through `per_minute` calls a minute, all at once at most: hạn mức lượt gọi."""

    per_minute: int
    spent: float = 0.0
    seen_at: float = 0.0

    def take(self, *, now: float) -> bool:
        """Take one call out of the bucket, or tell that it is empty."""
        drained = max(0.0, now - self.seen_at) * self.per_minute / 60
        self.spent, self.seen_at = max(0.0, self.spent - drained), now
        if self.spent + 1 > self.per_minute:
            return False
        self.spent += 1
        return True


@dataclass(slots=True)
class Budget:
    """Keeps the cost of a calendar day under a cap by reserving the worst case before each call: ngân sách.

    Prices are VND for a million tokens. A call whose usage is never told keeps its whole reservation.
    """

    price_in: Decimal
    price_out: Decimal
    daily_cap: Decimal
    day: date = date.min
    spent: Decimal = Decimal(0)

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        """Give the price of one call in VND."""
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1_000_000

    def reserve(self, cost: Decimal, *, day: date) -> bool:
        """Set `cost` aside, or tell that the day's cap would be passed."""
        if day != self.day:
            self.day, self.spent = day, Decimal(0)
        if self.spent + cost > self.daily_cap:
            return False
        self.spent += cost
        return True

    def settle(self, reserved: Decimal, actual: Decimal, *, day: date) -> None:
        """Replace a reservation of `day` by what the call really cost."""
        if day == self.day:
            self.spent += actual - reserved

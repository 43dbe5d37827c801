"""When an Official Account may write first (facts: messaging, A; the figures change, so all of them are settings).

Pure. Zalo has the last word: its codes -230 and -232 close a window that these rules thought open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Window(StrEnum):
    """How a consultation message stands (cửa sổ tương tác)."""

    FREE = "free"
    PAID = "paid"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class WindowRules:
    """Free for `free` after a person last wrote, then at a price until `until` (quy tắc cửa sổ).

    `pays` says whether the school's account may be charged in between.
    """

    free: timedelta = timedelta(hours=48)
    until: timedelta = timedelta(days=7)
    pays: bool = False

    def judge(self, last_wrote_at: datetime, now: datetime) -> Window:
        """How it stands at `now`.

        >>> from datetime import UTC
        >>> at = datetime(2026, 1, 1, tzinfo=UTC)
        >>> WindowRules().judge(at, at + timedelta(hours=49)).value
        'paid'
        """
        silent = now - last_wrote_at
        if silent < self.free:
            return Window.FREE
        return Window.PAID if silent < self.until else Window.CLOSED

    def refusal(self, last_wrote_at: datetime, now: datetime) -> str:
        """Why nothing may be sent at `now`, as a code; empty when it may."""
        window = self.judge(last_wrote_at, now)
        if window is Window.CLOSED:
            return "zalo_window_closed"
        return "zalo_window_paid" if window is Window.PAID and not self.pays else ""

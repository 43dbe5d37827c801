"""What delivery does about each error code of Zalo's (facts: messaging, A). Pure; one table.

Later: a limit, or something on Zalo's side. Another way: quota or money is gone, and another channel may take it now.
Wait: only the person can open the window again. Never: the person left, blocked us, or the message is refused.
"""

from __future__ import annotations

from datetime import timedelta

from core.notifications.domain import Urgency
from core.notifications.ports import GiveUp, RetryLater, WaitForPerson

RATE, BAD_PARAM, TOKEN_INVALID, TOKEN_EXPIRED, WRONG_TYPE = -32, -201, -216, -220, -233
TOKEN = frozenset({TOKEN_INVALID, TOKEN_EXPIRED})
NIGHT = -234
_OUT_OF_QUOTA = frozenset({-211, -218, -320, -321})
"""Our quota, the person's quota, no ZBS account, no money in it."""
_CLOSED = frozenset({-230, -232})
"""No interaction within the window of days."""
_ACCOUNT = frozenset({-204, -205, -219, -221, -223, -224, -235, -240})
"""Something about our own account: gone, disabled, unverified, not allowed, wrong package."""
_PATIENCE = 3
"""How often a reply is tried against a window that must be open, because the person just wrote."""


def meaning(code: int, urgency: Urgency, attempt: int) -> RetryLater | GiveUp | WaitForPerson:
    """The instruction to delivery.

    >>> meaning(-32, Urgency.REPLY, 1).whole_channel
    True
    """
    if code == RATE:
        return RetryLater(timedelta(seconds=1), reason="zalo_rate", whole_channel=True)
    if code in TOKEN:
        return RetryLater(timedelta(minutes=1), reason="zalo_token", whole_channel=True)
    if code in _CLOSED:
        return _closed(urgency, attempt)
    if code == NIGHT:
        return RetryLater(timedelta(hours=1), reason="zalo_234")
    if code in _OUT_OF_QUOTA | _ACCOUNT:
        return RetryLater(timedelta(hours=1), reason=f"zalo_{-code}", elsewhere=True)
    return GiveUp(f"zalo_{-code}")


def _closed(urgency: Urgency, attempt: int) -> RetryLater | WaitForPerson:
    if urgency is Urgency.REPLY and attempt < _PATIENCE:
        return RetryLater(timedelta(seconds=2), reason="zalo_window_closed")
    return WaitForPerson("zalo_window_closed")

"""Lets new conversations begin, but not without end from one address: each is a row that somebody has to keep.

A token bucket for each address, in this process: a chat that exists is never counted. Carriers and schools put many
families behind one address, so the bucket is large. A restart empties it, which costs nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from core.notifications.pace import Pace, available, spend, wait_for_one
from core.values.clock import Clock
from core.web.problems import TooManyRequestsError

PER_HOUR = 1200
_MOST_ADDRESSES = 10_000
_NETWORK_BITS = 64


@dataclass(frozen=True, slots=True)
class Door:
    """Where new conversations come in (cửa vào trò chuyện); a sixth of an hour's number may come at once."""

    clock: Clock
    per_hour: int = PER_HOUR
    _spent: dict[str, datetime] = field(default_factory=dict, repr=False)

    def enter(self, address: str) -> None:
        """Count one new conversation from this address.

        Raises:
            TooManyRequestsError: when too many came from there; `retry_after` says when the next may.
        """
        pace, now = Pace(self.per_hour / 3600, burst=max(1, self.per_hour // 6)), self.clock.now()
        place = neighbourhood(address)
        # A clock that was set back must not close the door for longer than an empty bucket does.
        until = min(self._spent.get(place, now), now + pace.interval * pace.burst)
        if not available(pace, until, now):
            self._spent[place] = until
            wait = wait_for_one(pace, until, now)
            raise TooManyRequestsError(retry_after=max(1, math.ceil(wait.total_seconds())))
        if len(self._spent) >= _MOST_ADDRESSES:
            self._forget(now)
        self._spent[place] = spend(pace, until, now, 1)

    def _forget(self, now: datetime) -> None:
        """Drop the addresses whose buckets are full again; all of them when none is: a flood must not fill us."""
        for place in [one for one, until in self._spent.items() if until <= now]:
            del self._spent[place]
        if len(self._spent) >= _MOST_ADDRESSES:
            self._spent.clear()


def neighbourhood(address: str) -> str:
    """What counts as one address: an IPv4 address, or an IPv6 network of 64 bits, which one household owns.

    >>> neighbourhood("2001:db8:0:1:aa::1"), neighbourhood("::ffff:192.0.2.7"), neighbourhood("unix")
    ('2001:db8:0:1::/64', '192.0.2.7', 'unix')
    """
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped or ip_network((known, _NETWORK_BITS), strict=False))

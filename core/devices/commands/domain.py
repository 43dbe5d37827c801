"""An order that staff gave to a kiosk, how long it stands, and what became of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.contracts.commands import CommandOutcome, KioskState, Order
from core.errors import ConflictError, NotFoundError
from core.values.ids import CommandId, DeviceId, SchoolId

MOST_OPEN = 20
"""More open orders for one kiosk are a mistake, or somebody leaning on a button."""
_STANDS_FOR = {
    "answer": timedelta(seconds=20),
    "state": timedelta(seconds=20),
    "lock": timedelta(minutes=10),
    "unlock": timedelta(minutes=10),
    "restart": timedelta(minutes=2),
    "update": timedelta(minutes=10),
}
_STANDS_OTHERWISE = timedelta(minutes=10)


class CommandNotFoundError(NotFoundError):
    """This device was never given an order with this id."""

    code = "devices.command_not_found"


class TooManyCommandsError(ConflictError):
    """The kiosk has so many open orders that another would only be lost among them."""

    code = "devices.too_many_commands"


def stands_for(order: Order) -> timedelta:
    """How long an order may wait for its kiosk; an answer to a pupil is worth nothing after the pupil left.

    >>> from core.contracts.commands import Restart
    >>> stands_for(Restart()).total_seconds()
    120.0
    """
    return _STANDS_FOR.get(order.kind, _STANDS_OTHERWISE)


@dataclass(frozen=True, slots=True)
class IssuedCommand:
    """An order and how it stands (lệnh đã gửi)."""

    id: CommandId
    school_id: SchoolId
    device_id: DeviceId
    order: Order
    issued_at: datetime
    issued_by: str
    expires_at: datetime
    handed_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: CommandOutcome | None = None
    detail: str = ""
    state: KioskState | None = None
    reply_to: str | None = field(default=None, repr=False)
    """Where whoever gave the order wants to hear of it; opaque here."""

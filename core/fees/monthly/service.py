"""Adds fees up, and how they stood at a moment that may be long gone. It changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.db.transaction import Tx
from core.fees.changes.domain import ChangeKind
from core.fees.monthly import repository
from core.values.money import Vnd, vnd


@dataclass(frozen=True, slots=True)
class FeeFigures:
    """Fees between two moments (số liệu khoản thu); `owing` and below stand as they were at the end."""

    issued: int
    issued_amount: Vnd
    corrected: int
    withdrawn: int
    reinstated: int
    payments: int
    received: Vnd
    returned: Vnd
    owing: int
    owed: Vnd
    waiting: Vnd
    """Money that belongs to nothing yet and waits for a person."""


async def fees(tx: Tx, since: datetime, until: datetime) -> FeeFigures:
    """What was issued, changed and received from `since` on and before `until`, and what was open then."""
    issued, issued_amount, owing, owed = await repository.asked_for(tx, since, until)
    changed = await repository.set_right(tx, since, until)
    payments, received, returned, waiting = await repository.money(tx, since, until)
    return FeeFigures(
        issued=issued,
        issued_amount=vnd(issued_amount),
        corrected=changed.get(ChangeKind.CORRECTED, 0),
        withdrawn=changed.get(ChangeKind.WITHDRAWN, 0),
        reinstated=changed.get(ChangeKind.REINSTATED, 0),
        payments=payments,
        received=vnd(received),
        returned=vnd(returned),
        owing=owing,
        owed=vnd(owed),
        waiting=vnd(waiting),
    )

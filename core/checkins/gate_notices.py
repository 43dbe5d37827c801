"""What staff are told of the gates. Pure: codes and counts; the sentences are the bot's.

Keys: `gate.done`, `gate.too_late`, `gate.expired`, `gate.refused`, `gate.failed`, `gate.state`.
"""

from __future__ import annotations

from typing import Any

from core.contracts.commands import CommandOutcome
from core.devices.commands.domain import IssuedCommand
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.values.ids import CheckInId

CODE_LENGTH = 6


def code_of(check_in_id: CheckInId) -> str:
    """The six characters under which staff answer a check-in: random bits of its id.

    >>> from uuid import UUID
    >>> code_of(CheckInId(UUID("01935f3e-7a10-7000-8000-00000ab1c2d3")))
    'B1C2D3'
    """
    return check_in_id.hex[-CODE_LENGTH:].upper()


def about(command: IssuedCommand, gate: str, to: Recipient) -> NewNotification:
    """The word to whoever gave an order: done, too late, never fetched, refused, or the state asked for."""
    outcome = command.outcome or CommandOutcome.FAILED
    state = command.state
    asked = command.order.kind == "state" and outcome is CommandOutcome.DONE and state is not None
    params: dict[str, Any] = {"gate": gate, "kind": command.order.kind, "detail": command.detail}
    params |= command.order.model_dump(mode="json", exclude={"kind", "report_id"})
    if state is not None:
        params["state"] = state.model_dump(mode="json")
    return NewNotification(
        recipient=to,
        key="gate.state" if asked else f"gate.{outcome.value}",
        params=params,
        dedupe_key=f"command:{command.id}",
        urgency=Urgency.REPLY,
    )

"""Which messages a check-in causes. Pure: codes, times and a given name; the sentences are the bot's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from core.checkins.domain import STALE_AFTER, Reason
from core.contracts.checkin import CheckInMode, CheckInReceipt, Decision, Punctuality
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.values.clock import SCHOOL_TIME
from core.values.ids import CheckInId

STAFF = Recipient("console", "staff")
"""Where the console's own alerts go; `core.console` delivers them."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a message about a check-in may tell (thông tin báo tin)."""

    check_in_id: CheckInId
    mode: CheckInMode
    receipt: CheckInReceipt
    observed_at: datetime
    gate: str
    given_name: str | None = field(repr=False)

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the text: given name, time and date in school time, gate."""
        local = self.observed_at.astimezone(SCHOOL_TIME)
        params = {"time": local.strftime("%H:%M"), "date": local.strftime("%d/%m/%Y"), "gate": self.gate}
        return params | ({"given_name": self.given_name} if self.given_name else {})

    def is_stale(self, now: datetime) -> bool:
        """Whether telling it now would only confuse."""
        return now - self.observed_at > STALE_AFTER


def for_guardians(
    arrival: Arrival, recipients: Iterable[Recipient], now: datetime
) -> tuple[NewNotification, ...]:
    """One message per guardian's account when the pupil was let in for the first time that day.

    Keys: `checkin.arrived`, `checkin.late`, `checkin.exam_arrived`, `checkin.exam_late`.
    """
    told = arrival.receipt.decision is Decision.ACCEPTED and (
        arrival.receipt.reason != Reason.ALREADY_CHECKED_IN
    )
    if not told or arrival.is_stale(now):
        return ()
    exam = "exam_" if arrival.mode is CheckInMode.EXAM else ""
    kind = "late" if arrival.receipt.punctuality is Punctuality.LATE else "arrived"
    return tuple(
        NewNotification(
            recipient=recipient,
            key=f"checkin.{exam}{kind}",
            params=arrival.params,
            dedupe_key=f"checkin:{arrival.check_in_id}:{number}",
            expires_at=arrival.observed_at + STALE_AFTER,
        )
        for number, recipient in enumerate(sorted(recipients, key=lambda r: (r.channel, r.address)))
    )


def for_staff(arrival: Arrival, now: datetime) -> tuple[NewNotification, ...]:
    """An alert when somebody stands at the gate and was not let in. Key: `checkin.needs_staff`."""
    if arrival.receipt.decision is Decision.ACCEPTED or arrival.is_stale(now):
        return ()
    params = arrival.params | {"reason": arrival.receipt.reason, "check_in_id": str(arrival.check_in_id)}
    return (
        NewNotification(
            recipient=STAFF,
            key="checkin.needs_staff",
            params=params,
            dedupe_key=f"checkin:{arrival.check_in_id}:staff",
            urgency=Urgency.EMERGENCY,
            expires_at=arrival.observed_at + STALE_AFTER,
        ),
    )

"""Which messages a check-in causes. Pure: codes, times and a given name; the sentences are the bot's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.checkins.domain import NEWS_FOR, STALE_AFTER, WAITS_FOR, Reason
from core.checkins.gate_notices import code_of
from core.contracts.checkin import CheckInMode, CheckInReceipt, Decision, Punctuality
from core.contracts.commands import StaffAnswer
from core.guardians.levels import Feature
from core.notifications.domain import About, NewNotification, Recipient, Urgency, one_each
from core.values.clock import SCHOOL_TIME, school_date
from core.values.ids import CheckInId, DeviceId, StudentId

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
    not_for: tuple[str, ...] = field(default=(), repr=False)
    """The pupils ("An, lớp 3A") whom the holder of the card must not pick up."""
    student_id: StudentId | None = None
    device_id: DeviceId | None = None

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the text: given name, time and date in school time, gate."""
        local = self.observed_at.astimezone(SCHOOL_TIME)
        params = {"time": local.strftime("%H:%M"), "date": local.strftime("%d/%m/%Y"), "gate": self.gate}
        return params | ({"given_name": self.given_name} if self.given_name else {})

    def is_news(self, now: datetime) -> bool:
        """Whether it happened just now."""
        return now - self.observed_at <= NEWS_FOR

    def is_stale(self, now: datetime) -> bool:
        """Whether telling it now would only confuse: another day, or long ago."""
        other_day = school_date(now) != school_date(self.observed_at)
        return other_day or now - self.observed_at > STALE_AFTER


def for_guardians(
    arrival: Arrival, people: Iterable[Iterable[Recipient]], now: datetime
) -> tuple[NewNotification, ...]:
    """One message per guardian when the pupil was let in for the first time that day; `people` are their addresses.

    What comes late (the kiosk had no network) does not say "just arrived": it says when, and that the word is late.
    What happens now passes quiet hours: a child who comes back from a trip at 22:00 is what the family waits for.

    Keys: `checkin.arrived`, `checkin.late`, `checkin.exam_arrived`, `checkin.exam_late`, `checkin.told_late`,
    `checkin.exam_told_late`.
    """
    told = arrival.receipt.decision is Decision.ACCEPTED and (
        arrival.receipt.reason != Reason.ALREADY_CHECKED_IN
    )
    if not told or arrival.is_stale(now):
        return ()
    exam = "exam_" if arrival.mode is CheckInMode.EXAM else ""
    kind = "late" if arrival.receipt.punctuality is Punctuality.LATE else "arrived"
    if not arrival.is_news(now):
        kind = "told_late"
    about = (About(arrival.student_id, Feature.ATTENDANCE),) if arrival.student_id else ()
    return tuple(
        NewNotification(
            recipient=first,
            key=f"checkin.{exam}{kind}",
            params=arrival.params,
            dedupe_key=f"checkin:{arrival.check_in_id}:{number}",
            urgency=Urgency.NEWS,
            expires_at=(arrival.observed_at if arrival.is_news(now) else now) + WAITS_FOR,
            fallbacks=tuple(others),
            about=about,
        )
        for number, (first, *others) in enumerate(one_each(people))
    )


def for_staff(arrival: Arrival, chats: Iterable[Recipient], now: datetime) -> tuple[NewNotification, ...]:
    """An alert to the console and to the staff's chats while somebody who was not let in stands at the gate.

    Keys: `checkin.needs_staff`, `gate.dated_back`. Later nobody stands there: the console lists it, without an alarm.
    """
    if arrival.receipt.reason == Reason.DATED_BACK:
        return _dated_back(arrival, chats, now)
    if arrival.receipt.decision is Decision.ACCEPTED or not arrival.is_news(now):
        return ()
    params: dict[str, Any] = {**arrival.params, "reason": arrival.receipt.reason}
    params |= {"check_in_id": str(arrival.check_in_id), "not_for": list(arrival.not_for)}
    code, waits = code_of(arrival.check_in_id), arrival.receipt.decision is Decision.NEEDS_STAFF
    answers = [{"code": f"gate.{answer}:{code}", "label": ""} for answer in StaffAnswer]
    asked = {"code": code, "waits": waits, "choices": answers if waits else []}
    return tuple(
        NewNotification(
            recipient=to,
            key="checkin.needs_staff",
            params=params if to is STAFF else params | asked,
            dedupe_key=f"checkin:{arrival.check_in_id}:{name}",
            urgency=Urgency.EMERGENCY,
            expires_at=arrival.observed_at + NEWS_FOR,
        )
        for name, to in (("staff", STAFF), *((f"chat{n}", chat) for n, chat in enumerate(chats)))
    )


def _dated_back(arrival: Arrival, chats: Iterable[Recipient], now: datetime) -> tuple[NewNotification, ...]:
    """One word a day about a kiosk that tells of a time whose reports it had all sent: perhaps its key was copied."""
    day = school_date(now).isoformat()
    return tuple(
        NewNotification(
            recipient=to,
            key="gate.dated_back",
            params={name: arrival.params[name] for name in ("gate", "time", "date")},
            dedupe_key=f"gate.dated_back:{arrival.device_id}:{day}:{name}",
            urgency=Urgency.NEWS,
        )
        for name, to in (("staff", STAFF), *((f"chat{n}", chat) for n, chat in enumerate(chats)))
    )

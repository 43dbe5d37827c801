"""Office hours, staff chats and what is said during a hand-over, as values. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from uuid import UUID

from core.conversations.domain import TEXT_MAX, Handover, HandoverUrgency
from core.errors import CoreError, NotFoundError
from core.notifications.domain import Recipient
from core.schools.calendar.domain import Calendar
from core.values.clock import SCHOOL_TIME
from core.values.ids import ClassId

LAST_STAGE = 3
"""Who is told first (1), who after the first silence (2), who after the second (3)."""
EMERGENCY_AFTER = timedelta(minutes=3)
"""How long an emergency may wait before everybody is told again, at first; later a quarter of its whole wait."""
_SLOWER = 4
IDLE_AFTER = timedelta(hours=12)
"""An answered hand-over in which nobody writes for so long ends by itself: the bot must not stay silent."""
CODE_LENGTH = 6
TAKER_MAX = 120
URGENT = "urgent"
"""The system's line before the words that made a hand-over an emergency."""
SAID_MAX = TEXT_MAX
"""What either side writes at once; channels break it into messages of their own length."""
NAME_MAX = 80
_WORKING_DAYS, _WEEK = 5, 7
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\+?\d[\s.\-]?){8,18}\d(?!\d)")
_SHOWN = 3


class StaffChatNotFoundError(NotFoundError):
    """No staff chat has this id, or a code that is right."""

    code = "conversations.staff_chat_not_found"


class DeskHoursError(CoreError):
    """The hours of a desk make no sense; `field` says which."""

    code = "conversations.bad_desk_hours"
    http_status = 422


class AnswerTooLongError(CoreError):
    """An answer that would have to be cut; `most` is how many characters there may be."""

    code = "conversations.answer_too_long"
    http_status = 422


class EmptyAnswerError(CoreError):
    """An answer without a word in it."""

    code = "conversations.empty_answer"
    http_status = 422


@dataclass(frozen=True, slots=True)
class DeskHours:
    """When staff answer, on the first `days` of the week from Monday, in school time (giờ làm việc).

    A boarding school has seven of them. On days on which the school rests (`calendar`) nobody is there, on those made
    up for somebody is. `raise_after` is how long somebody may wait, in these hours, before the next staff are told.

    Raises:
        DeskHoursError: when they make no sense.
    """

    opens: time = time(7, 0)
    closes: time = time(17, 0)
    days: int = _WORKING_DAYS
    raise_after: timedelta = timedelta(minutes=10)
    calendar: Calendar = field(default_factory=Calendar)

    def __post_init__(self) -> None:
        if not self.opens < self.closes:
            raise DeskHoursError(field="closes")
        if not _WORKING_DAYS <= self.days <= _WEEK:
            raise DeskHoursError(field="days")
        if not timedelta(minutes=1) <= self.raise_after <= timedelta(hours=8):
            raise DeskHoursError(field="raise_after")

    def covers(self, instant: datetime) -> bool:
        """Whether somebody is there at `instant`."""
        local = instant.astimezone(SCHOOL_TIME)
        return self._works_on(local.date()) and self.opens <= local.time() < self.closes

    def next_opening(self, instant: datetime) -> datetime:
        """`instant` itself when somebody is there, else when the desk opens again, in school time.

        >>> friday_night = datetime(2026, 11, 20, 22, 0, tzinfo=SCHOOL_TIME)
        >>> DeskHours().next_opening(friday_night).strftime("%d/%m %H:%M")
        '23/11 07:00'
        """
        local = instant.astimezone(SCHOOL_TIME)
        if self.covers(local):
            return local
        for day in count():
            opening = datetime.combine(local.date() + timedelta(days=day), self.opens, SCHOOL_TIME)
            if opening > local and self._works_on(opening.date()):
                return opening
        raise AssertionError("days never end, and a calendar speaks of few")

    def due_at(self, since: datetime, wait: timedelta) -> datetime:
        """When a wait that began at `since` has lasted for `wait` of these hours of one day.

        What does not fit before the desk closes begins anew at the next opening.
        """
        start = self.next_opening(since)
        due = start + wait
        closing = datetime.combine(start.date(), self.closes, SCHOOL_TIME)
        return due if due <= closing else self.next_opening(closing) + wait

    def _works_on(self, day: date) -> bool:
        if self.calendar.makes_up(day):
            return True
        return day.weekday() < self.days and not self.calendar.rests(day)


@dataclass(frozen=True, slots=True)
class StaffChat:
    """A chat in which staff are told of hand-overs and answer them (nhóm trực).

    In a group only what names a hand-over is meant for a guardian; in a person's own chat plain text goes to
    the one whom that person answers. `recipient` is None until the chat has joined by its code.
    """

    id: UUID
    name: str = field(repr=False)
    is_group: bool
    stage: int
    recipient: Recipient | None
    code_expires_at: datetime | None
    role: str = "head"
    """What the people in it are at school, as `core.staff.authority` knows roles: their chat may what they may."""
    class_id: ClassId | None = None
    """The class of a homeroom teacher's chat; nobody else has one."""


@dataclass(frozen=True, slots=True)
class NewStaffChat:
    """A staff chat to make (nhóm trực mới).

    Raises:
        DeskHoursError: when the name is empty or the stage is none.
    """

    name: str = field(repr=False)
    stage: int = 1
    is_group: bool = True
    role: str = "head"
    class_id: ClassId | None = None

    def __post_init__(self) -> None:
        if not 0 < len(" ".join(self.name.split())) <= NAME_MAX or not 1 <= self.stage <= LAST_STAGE:
            raise DeskHoursError(field="name")


@dataclass(frozen=True, slots=True)
class Answering:
    """Who of the school acts: the name that the guardian reads, and the actor in the audit trail.

    `chat` is the staff chat from which it is done, or None for the console. A name is cut to what is kept of it: who
    took a hand-over is known by it again.
    """

    name: str = field(repr=False)
    actor: str
    chat: StaffChat | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name[:TAKER_MAX])


class SaidBy(StrEnum):
    """Who wrote a line during a hand-over."""

    GUARDIAN = "guardian"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One line said during a hand-over (lời trong cuộc trao đổi); for the system's own, `text` is a code.

    The codes: `taken`, `ended`, and `urgent` right before the words that made it an emergency.
    """

    by: SaidBy
    name: str = field(repr=False)
    text: str = field(repr=False)
    said_at: datetime


def words_of(lines: Sequence[HandoverLine]) -> str:
    """What staff are shown of who waits: the last words, and in an emergency those of danger before them."""
    said = [one.text for one in lines if one.by is SaidBy.GUARDIAN]
    since = (place for place, one in enumerate(lines) if one.by is SaidBy.SYSTEM and one.text == URGENT)
    danger = [one.text for one in lines[next(since, len(lines)) :] if one.by is SaidBy.GUARDIAN]
    return " … ".join(dict.fromkeys((*danger[:1], *said[-1:])))


def code_of(handover: Handover) -> str:
    """The six characters under which staff name a hand-over in a chat."""
    return handover.id.hex[-CODE_LENGTH:].upper()


def is_overdue(handover: Handover, hours: DeskHours, now: datetime) -> bool:
    """Whether somebody has waited for so long that the next staff must be told."""
    if handover.waiting_since is None or not handover.is_open:
        return False
    since = max(handover.waiting_since, handover.raised_at or handover.waiting_since)
    if handover.urgency is HandoverUrgency.EMERGENCY:
        # Whoever was told for an hour is not told twenty times in the next: they are on the telephone.
        longer = (since - handover.waiting_since) / _SLOWER
        return now >= since + max(min(EMERGENCY_AFTER, hours.raise_after), longer)
    return handover.stage < LAST_STAGE and now >= hours.due_at(since, hours.raise_after)


def mask_numbers(text: str) -> str:
    """A sentence with the long numbers in it (phone, citizen, account) cut to their last three digits.

    >>> mask_numbers("gọi em số 0912 345 678 lúc 17:30")
    'gọi em số …678 lúc 17:30'
    """
    return _LONG_NUMBER.sub(lambda found: "…" + re.sub(r"\D", "", found.group())[-_SHOWN:], text)

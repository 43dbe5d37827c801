"""Everything that can happen to a visit. What was asked for by a visit carries its number."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.contracts.checkin import CheckInReceipt
from core.contracts.citizen_id import CitizenId
from core.contracts.commands import StaffAnswer
from kiosk.session.values import Button, FaceReport, Job, Subject, VerdictKind


@dataclass(frozen=True, slots=True)
class CardLaid:
    """A card is on the reader; the number is known when its code was seen or typed with it."""

    tap: int
    number: CitizenId | None = None


@dataclass(frozen=True, slots=True)
class CardGone:
    """The card of that tap left the reader."""

    tap: int


@dataclass(frozen=True, slots=True)
class ReaderNoticed:
    """The card reader was unplugged, or is there again."""

    there: bool


@dataclass(frozen=True, slots=True)
class CodeSeen:
    """The printed code of a card was seen by the camera, or its number typed."""

    number: CitizenId


@dataclass(frozen=True, slots=True)
class PhaseReached:
    """The reading of the chip came a step further."""

    visit: int
    phase: str


@dataclass(frozen=True, slots=True)
class CardRead:
    """The chip was read and judged."""

    visit: int
    subject: Subject


@dataclass(frozen=True, slots=True)
class CardFailed:
    """The chip could not be read."""

    visit: int
    code: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class FaceHint:
    """The face check asks the person for something (come closer, turn, more light)."""

    visit: int
    hint: str


@dataclass(frozen=True, slots=True)
class FaceJudged:
    """The face check came to an end."""

    visit: int
    face: FaceReport


@dataclass(frozen=True, slots=True)
class FaceFailed:
    """The face check could not be made (camera unplugged, dark)."""

    visit: int
    code: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The core answered the report."""

    visit: int
    receipt: CheckInReceipt


@dataclass(frozen=True, slots=True)
class Settled:
    """The core answered something that is no check-in: a guardian's visit, an enrolled face."""

    visit: int
    kind: VerdictKind
    reason: str
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Queued:
    """The report is on the disk and will be sent later; kind and reason are provisional (`kiosk.offline`)."""

    visit: int
    kind: VerdictKind = VerdictKind.RECORDED
    reason: str = "offline"
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NotSent:
    """The report could not be recorded, or the core refused it for good."""

    visit: int
    code: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button on the screen. `visit` is the one that the page was showing."""

    visit: int
    button: Button


@dataclass(frozen=True, slots=True)
class CodeTyped:
    """Six digits were typed on the screen. `visit` is the one that the page was showing."""

    visit: int
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The deadline of the place, or of the name, has come."""


@dataclass(frozen=True, slots=True)
class JobSet:
    """Staff chose what the kiosk is used for; it holds from the next visit on."""

    job: Job


@dataclass(frozen=True, slots=True)
class LockSet:
    """Staff closed the kiosk, with a reason's code, or opened it (None)."""

    reason: str | None


@dataclass(frozen=True, slots=True)
class StaffAnswered:
    """Staff answered the alert of that visit."""

    visit: int
    answer: StaffAnswer


Event = (
    CardLaid
    | CardGone
    | ReaderNoticed
    | CodeSeen
    | PhaseReached
    | CardRead
    | CardFailed
    | FaceHint
    | FaceJudged
    | FaceFailed
    | Answered
    | Settled
    | Queued
    | NotSent
    | Pressed
    | CodeTyped
    | TimePassed
    | JobSet
    | LockSet
    | StaffAnswered
)

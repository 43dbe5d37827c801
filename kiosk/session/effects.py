"""What the machine asks the runner to do. Each is answered by an event with the same visit number."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.contracts.checkin import CheckInMode
from core.contracts.citizen_id import CitizenId
from kiosk.session.values import FaceReport, Job, Subject


@dataclass(frozen=True, slots=True)
class ReadCard:
    """Read the chip of that tap; answered by PhaseReached, then CardRead or CardFailed."""

    visit: int
    tap: int
    number: CitizenId | None


@dataclass(frozen=True, slots=True)
class LookAhead:
    """Look at the person while the chip is read; answered by FaceHint only, and CheckFace goes on from there."""

    visit: int


@dataclass(frozen=True, slots=True)
class CheckFace:
    """Compare the person before the camera with the subject; answered by FaceJudged or FaceFailed."""

    visit: int
    subject: Subject
    attempt: int
    mode: CheckInMode = CheckInMode.ATTENDANCE


@dataclass(frozen=True, slots=True)
class Submit:
    """Write the report down and send it; answered by Answered, Settled, Queued or NotSent. Never cancelled."""

    visit: int
    job: Job
    subject: Subject
    face: FaceReport
    code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StopWork:
    """Give up reading and looking for that visit; pictures are dropped."""

    visit: int


Effect = ReadCard | LookAhead | CheckFace | Submit | StopWork

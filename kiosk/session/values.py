"""What the machine speaks of: the person before the kiosk, the face check, the job, the rules.

All frozen; a repr never shows a person. Times are monotonic seconds, as the runner counts them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from typing_extensions import override

from core.contracts.checkin import CheckInMode, ChipVerdict, Decision, FaceOutcome, IdentifiedBy
from core.contracts.citizen_id import CitizenId
from core.contracts.faces import FaceTemplates


@dataclass(frozen=True, slots=True, repr=False)
class Subject:
    """The person that the card or the code names (người đứng trước máy).

    Without a number it is somebody whom only a face may name; `student_id` then says whom it named. Name and date
    of birth are there only for a guardian's visit.
    """

    citizen_id: CitizenId | None
    identified_by: IdentifiedBy
    chip: ChipVerdict = ChipVerdict.NOT_READ
    portrait: bytes | None = None
    student_id: UUID | None = None
    full_name: str | None = None
    born_on: date | None = None

    @property
    def nobody_yet(self) -> bool:
        """Whether nothing names the person so far."""
        return self.citizen_id is None and self.student_id is None

    @override
    def __repr__(self) -> str:
        named = self.citizen_id.masked if self.citizen_id else "by face"
        return f"Subject({named}, {self.identified_by}, {self.chip})"


@dataclass(frozen=True, slots=True)
class FaceReport:
    """What the face check found (kết quả so khuôn mặt); no image.

    `student_id` is whom a search named; templates are there only while a face is being enrolled.
    """

    outcome: FaceOutcome
    score: float | None = None
    liveness_passed: bool | None = None
    student_id: UUID | None = None
    templates: FaceTemplates | None = field(default=None, repr=False)


FACE_NOT_DONE = FaceReport(FaceOutcome.NOT_DONE)


@dataclass(frozen=True, slots=True)
class Job:
    """What the kiosk is used for at the moment (chế độ làm việc)."""

    mode: CheckInMode = CheckInMode.ATTENDANCE
    exam_session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """How long each place of a visit may last, in seconds, and what the school allows (quy tắc của máy)."""

    need_code: float = 20
    need_card: float = 15
    need_chat_code: float = 60
    reading: float = 15
    looking: float = 12
    # A second try, an exam and what binds for long ask for more movements (kiosk.face.challenge).
    looking_longer: float = 24
    sending: float = 6
    accepted: float = 3
    stopped: float = 8
    # A greeting is readable in this time; the next pupil's card waits for it.
    verdict_at_least: float = 1.2
    # The issue allows two seconds; what is left is for the way to the screen.
    name: float = 1.8
    trouble: float = 12
    help: float = 20
    face_attempts: int = 2
    # Whether a printed code may check in without the chip (a broken chip, a card without one).
    code_alone: bool = True
    # Whether an enrolled face may check in without a card; off unless the school says so.
    face_alone: bool = False
    # Staff need a moment to look and to answer in chat.
    needs_staff: float = 20


class Button(StrEnum):
    """What a person may press on the screen."""

    CANCEL = "cancel"
    RETRY = "retry"
    HELP = "help"
    NO_CARD = "no_card"
    FACE = "face"


class VerdictKind(StrEnum):
    """What the screen tells at the end of a visit."""

    ACCEPTED = "accepted"
    RECORDED = "recorded"
    NEEDS_STAFF = "needs_staff"
    REFUSED = "refused"


KIND_OF = {
    Decision.ACCEPTED: VerdictKind.ACCEPTED,
    Decision.NEEDS_STAFF: VerdictKind.NEEDS_STAFF,
    Decision.REFUSED: VerdictKind.REFUSED,
}

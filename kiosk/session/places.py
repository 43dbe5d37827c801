"""Where a visit can be, and everything the machine remembers.

All frozen; a repr never shows a person. Times are monotonic seconds, as the runner counts them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from typing_extensions import override

from core.contracts.checkin import Punctuality
from core.contracts.citizen_id import CitizenId
from kiosk.session.values import FaceReport, Job, Subject, VerdictKind


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is here; the kiosk invites (chờ)."""

    until: float | None = None


@dataclass(frozen=True, slots=True)
class NeedCode:
    """A card lies on the reader, but its number is not known yet (cần mã QR)."""

    until: float
    tap: int


@dataclass(frozen=True, slots=True)
class NeedCard:
    """The printed code was seen; the card is to be laid on the reader (cần chạm thẻ)."""

    until: float
    number: CitizenId


@dataclass(frozen=True, slots=True)
class Reading:
    """The chip is being read; `hint` is what the camera asks for meanwhile (đang đọc thẻ)."""

    until: float
    tap: int
    number: CitizenId | None
    phase: str = "access"
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """The person is asked to look at the camera (nhìn vào đây)."""

    until: float
    subject: Subject
    attempt: int = 1
    hint: str = "look"
    failed: FaceReport | None = None
    """What the try before came to; a visit that ends here is reported with it."""


@dataclass(frozen=True, slots=True)
class NeedChatCode:
    """A guardian is asked for the one-time code that the chat gave (cần mã trong tin nhắn)."""

    until: float
    subject: Subject
    face: FaceReport


@dataclass(frozen=True, slots=True)
class Sending:
    """The report is being written down and sent (đang gửi)."""

    until: float


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """What became of it (kết quả); the name leaves the screen before the verdict does."""

    until: float
    since: float
    kind: VerdictKind
    reason: str
    punctuality: Punctuality = Punctuality.NOT_APPLICABLE
    name: str | None = None
    name_until: float = 0

    @override
    def __repr__(self) -> str:
        return f"Verdict({self.kind}, {self.reason}, name={'yes' if self.name else 'no'}, until={self.until})"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something did not work; the person may try again or ask for help (trục trặc)."""

    until: float
    code: str
    retry: bool = True
    tap: int | None = None
    number: CitizenId | None = None
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Help:
    """The person asked for an adult (cần thầy cô giúp)."""

    until: float
    code: str


@dataclass(frozen=True, slots=True)
class Locked:
    """Staff closed the kiosk (tạm nghỉ); only staff open it again."""

    reason: str
    until: float | None = None


Place = (
    Idle
    | NeedCode
    | NeedCard
    | Reading
    | Looking
    | NeedChatCode
    | Sending
    | Verdict
    | Trouble
    | Help
    | Locked
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """The next pupil's card, already on the reader while a visit is not over (thẻ đang chờ)."""

    tap: int
    number: CitizenId | None


@dataclass(frozen=True, slots=True)
class Session:
    """Everything the machine remembers (phiên làm việc của máy).

    `visit` grows with each person; what belongs to an earlier visit is ignored. `job` is what this visit
    began with, `next_job` what the next one will. Without a reader nobody is invited to lay down a card.
    """

    place: Place = field(default_factory=Idle)
    visit: int = 0
    job: Job = field(default_factory=Job)
    next_job: Job = field(default_factory=Job)
    waiting: Waiting | None = None
    reader_there: bool = True

"""What staff order a kiosk to do, and what it answers. The kiosk fetches; the core never calls a kiosk.

A command carries no name, no number and no picture. It is done at most once: the core hands it out until a result
is there or its time has run out, and the kiosk remembers on disk which ids it has begun. A state is told in
codes and counts; no field of it can hold a face.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.contracts.checkin import CheckInMode

MOST_WAIT_SECONDS = 25
"""How long the core may hold a kiosk's question for commands open."""
MOST_TURNS = 5
"""More turns of the head than this are asked of nobody."""
_STRICT = ConfigDict(extra="forbid", frozen=True)
_Code = Annotated[str, Field(max_length=60, pattern=r"^[a-z0-9_.\-]*$")]


class StaffAnswer(StrEnum):
    """What staff decided about a visit that needs them."""

    APPROVED = "approved"
    REFUSED = "refused"
    COMING = "coming"


class OpenSession(BaseModel):
    """Use the kiosk for this from the next visit on; a closed kiosk opens."""

    model_config = _STRICT
    kind: Literal["open"] = "open"
    mode: CheckInMode
    exam_session_id: UUID | None = None


class CloseSession(BaseModel):
    """Take nobody any more until a session is opened again."""

    model_config = _STRICT
    kind: Literal["close"] = "close"


class Lock(BaseModel):
    """Stop at once: the screen sends everybody to a teacher."""

    model_config = _STRICT
    kind: Literal["lock"] = "lock"


class Unlock(BaseModel):
    """Serve again."""

    model_config = _STRICT
    kind: Literal["unlock"] = "unlock"


class TellState(BaseModel):
    """Say how things stand; never a picture of anybody."""

    model_config = _STRICT
    kind: Literal["state"] = "state"


class AnswerVisit(BaseModel):
    """Staff's answer to the visit of that report; worth something only while the pupil stands there."""

    model_config = _STRICT
    kind: Literal["answer"] = "answer"
    report_id: UUID
    answer: StaffAnswer


class Restart(BaseModel):
    """End the kiosk's program; the machine's service manager starts it again."""

    model_config = _STRICT
    kind: Literal["restart"] = "restart"


class ChangeSettings(BaseModel):
    """Change what staff may change from afar; what is left out stays."""

    model_config = _STRICT
    kind: Literal["settings"] = "settings"
    language: Literal["vi", "en"] | None = None
    code_alone: Annotated[bool | None, Field(description="A printed code may do without the chip.")] = None
    face_alone: Annotated[bool | None, Field(description="An enrolled face may do without a card.")] = None
    sound: bool | None = None
    turns: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST_TURNS,
            description="Turns of the head that the gate asks for; several bring a blink.",
        ),
    ] = None


class Update(BaseModel):
    """Take this version, signed by the publisher, and start it on trial; or go back to the one before."""

    model_config = _STRICT
    kind: Literal["update"] = "update"
    version: Annotated[str, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,4}){1,3}([a-z0-9.\-]{0,20})$")]


Order = Annotated[
    OpenSession | CloseSession | Lock | Unlock | TellState | AnswerVisit | Restart | ChangeSettings | Update,
    Field(discriminator="kind"),
]


class DeviceCommand(BaseModel):
    """One order to one kiosk (lệnh cho máy)."""

    model_config = _STRICT

    id: UUID
    order: Order
    issued_at: AwareDatetime
    expires_at: Annotated[AwareDatetime, Field(description="By the core's clock; later it must not be done.")]


class CommandBatch(BaseModel):
    """The orders that wait, oldest first; empty when none came while the core waited."""

    model_config = _STRICT

    server_time: datetime
    commands: tuple[DeviceCommand, ...] = ()


class CommandOutcome(StrEnum):
    """What became of a command."""

    DONE = "done"
    TOO_LATE = "too_late"
    EXPIRED = "expired"
    REFUSED = "refused"
    FAILED = "failed"


class KioskState(BaseModel):
    """How a kiosk stands, in codes and counts (ảnh chụp tình trạng; không có hình người)."""

    model_config = _STRICT

    screen: _Code
    mode: CheckInMode
    exam_session_id: UUID | None = None
    locked: _Code | None = None
    waits_for_staff: bool = False
    online: bool = True
    queued: Annotated[int, Field(ge=0)] = 0
    parked: Annotated[int, Field(ge=0)] = 0
    clock_drift_ms: int | None = None
    camera: _Code = "unknown"
    reader: _Code = "unknown"
    language: Literal["vi", "en"] = "vi"
    software: Annotated[str, Field(max_length=60)] = ""
    roster_until: AwareDatetime | None = None
    emulated: Annotated[tuple[str, ...], Field(max_length=8)] = ()


class CommandResult(BaseModel):
    """What the kiosk says of a command, once. `detail` is a code, never prose."""

    model_config = _STRICT

    outcome: CommandOutcome
    detail: _Code = ""
    state: KioskState | None = None


class ResultReceipt(BaseModel):
    """Whether this result was the first; a repeated one changes nothing."""

    recorded: bool

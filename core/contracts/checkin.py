"""The report of a check-in from a kiosk, and the receipt that answers it.

These models validate the request, make the OpenAPI document and are what the kiosk's spool stores. No image
and no name travels: the citizen number is the only personal datum, and it is masked in every repr.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

_EITHER = frozenset({"citizen_id", "student_id"})


class CheckInMode(StrEnum):
    """What the kiosk is being used for."""

    ATTENDANCE = "attendance"
    EXAM = "exam"
    VISITOR = "visitor"
    GUARDIAN = "guardian"
    """Binds card, person and chat account (`core.contracts.guardian_report`); never a check-in."""
    ENROLMENT = "enrolment"
    """Enrols faces with consent (`core.contracts.faces`); never a check-in."""


REPORTED = frozenset({CheckInMode.ATTENDANCE, CheckInMode.EXAM, CheckInMode.VISITOR})
"""The modes whose visits are check-ins."""


class IdentifiedBy(StrEnum):
    """How the person was named."""

    CHIP = "chip"
    QR = "qr"
    FACE = "face"


class ChipVerdict(StrEnum):
    """What the chip reader could prove about the card; never more than it knows."""

    GENUINE = "genuine"
    ISSUER_UNKNOWN = "integrity_ok_issuer_unknown"
    ALTERED = "cloned_or_altered"
    NOT_READ = "not_read"


class FaceOutcome(StrEnum):
    """Whether the person before the camera is the card's holder."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNSURE = "unsure"
    NOT_DONE = "not_done"


class Decision(StrEnum):
    """What the core decided about a check-in."""

    ACCEPTED = "accepted"
    NEEDS_STAFF = "needs_staff"
    REFUSED = "refused"


class Punctuality(StrEnum):
    """Where the check-in lies against the day's or the exam's times."""

    ON_TIME = "on_time"
    LATE = "late"
    EARLY = "early"
    NOT_APPLICABLE = "not_applicable"


class CheckInReport(BaseModel):
    """One check-in as a kiosk saw it. Sending it again with the same `report_id` changes nothing."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "report_id": "01935f3e-7a10-7000-8000-000000000001",
                    "mode": "attendance",
                    "citizen_id": "001315012345",
                    "identified_by": "chip",
                    "chip": "integrity_ok_issuer_unknown",
                    "face": "match",
                    "face_score": 0.71,
                    "liveness_passed": True,
                    "observed_at": "2026-11-21T06:58:03+07:00",
                    "provisional": False,
                }
            ]
        },
    )

    report_id: UUID
    mode: CheckInMode
    citizen_id: Annotated[SecretStr | None, Field(description="Twelve digits; never echoed.")] = None
    student_id: Annotated[
        UUID | None,
        Field(description="The pupil of the school's roster whose face it is; instead of a number."),
    ] = None
    identified_by: IdentifiedBy
    chip: ChipVerdict
    face: FaceOutcome
    face_score: Annotated[float, Field(ge=-1, le=1)] | None = None
    liveness_passed: bool | None = None
    exam_session_id: UUID | None = None
    observed_at: AwareDatetime
    provisional: Annotated[bool, Field(description="Decided offline and sent later.")] = False

    @field_validator("mode")
    @classmethod
    def _is_a_check_in(cls, value: CheckInMode) -> CheckInMode:
        if value not in REPORTED:
            raise ValueError("this is not the mode of a check-in")
        return value

    @field_validator("citizen_id")
    @classmethod
    def _twelve_digits(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value is not None else "0" * 12
        if not (len(text) == 12 and text.isascii() and text.isdigit()):
            raise ValueError("a citizen number is twelve digits")
        return value

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        by_face_alone = self.student_id is not None
        if by_face_alone == (self.citizen_id is not None):
            raise ValueError("a citizen number, or the pupil of the roster")
        if by_face_alone and self.identified_by is not IdentifiedBy.FACE:
            raise ValueError("only a face names a pupil of the roster")
        return self

    def wire(self) -> dict[str, object]:
        """The JSON-ready form with the citizen number in the clear, for the signed, encrypted road only."""
        data: dict[str, object] = self.model_dump(mode="json")
        data["citizen_id"] = self.citizen_id.get_secret_value() if self.citizen_id else None
        # What stands for nobody is left out: the form of reports with a number has not changed.
        return {name: value for name, value in data.items() if value is not None or name not in _EITHER}


class CheckInReceipt(BaseModel):
    """The core's answer: what was decided and what the screen may show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    report_id: UUID
    decision: Decision
    reason: Annotated[str, Field(description="A code such as `ok`, `unknown_person`, `face_mismatch`.")]
    punctuality: Punctuality
    display_name: Annotated[str | None, Field(description="Given name for the greeting, or nothing.")] = None
    recorded_at: datetime
    duplicate: bool = False


class EnrolmentRequest(BaseModel):
    """A kiosk presents the one-time code that staff made for it, with its own public key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[SecretStr, Field(description="One-time code shown in the console.")]
    public_key: Annotated[str, Field(description="Ed25519 public key, 32 bytes, base64.", max_length=64)]
    name: Annotated[str, Field(min_length=1, max_length=80)]


class EnrolmentReceipt(BaseModel):
    """The identity that the kiosk signs with from now on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    device_id: UUID
    school_id: UUID
    school_name: str
    server_time: datetime

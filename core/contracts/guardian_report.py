"""The report of a guardian who proved at a kiosk who they are, and the receipt that answers it.

Card, face and a one-time code from the chat meet here: the chip says who the person is, the face that it is
this person, the code which chat account is theirs. No image travels. Name and date of birth come from the chip
and are used only where the school's roll has no number for this guardian.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, field_validator

from core.contracts.checkin import ChipVerdict, FaceOutcome

CODE_LENGTH = 6
MAX_NAME = 200


class GuardianOutcome(StrEnum):
    """What became of a guardian's visit to the kiosk."""

    BOUND = "bound"
    """Card, person and chat account are one from now on; the chat says for which children."""
    NEEDS_STAFF = "needs_staff"
    """Nothing was decided; the office looks at it. It says nothing of what is on the roll."""
    WRONG_CODE = "wrong_code"
    """Unknown, used or expired code: one answer for all. A new one comes from the chat."""
    TRY_LATER = "try_later"
    """Too many wrong codes at this kiosk or for this number."""


class GuardianReport(BaseModel):
    """One visit as the kiosk saw it. Sending it again with the same `report_id` changes nothing."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "report_id": "01935f3e-7a10-7000-8000-000000000002",
                    "citizen_id": "099184000001",
                    "full_name": "Lê Thị Hoa",
                    "born_on": "1984-05-06",
                    "code": "204617",
                    "chip": "integrity_ok_issuer_unknown",
                    "face": "match",
                    "face_score": 0.66,
                    "liveness_passed": True,
                    "observed_at": "2026-11-21T07:20:03+07:00",
                }
            ]
        },
    )

    report_id: UUID
    citizen_id: Annotated[SecretStr, Field(description="Twelve digits; never echoed.")]
    full_name: Annotated[SecretStr | None, Field(description="As the chip has it; never echoed.")] = None
    born_on: Annotated[date | None, Field(repr=False, description="As the chip has it.")] = None
    code: Annotated[SecretStr, Field(description="The six digits that the chat gave.")]
    chip: ChipVerdict
    face: FaceOutcome
    face_score: Annotated[float, Field(ge=-1, le=1)] | None = None
    liveness_passed: bool | None = None
    observed_at: AwareDatetime

    @field_validator("citizen_id")
    @classmethod
    def _twelve_digits(cls, value: SecretStr) -> SecretStr:
        return _digits(value, 12, "a citizen number is twelve digits")

    @field_validator("code")
    @classmethod
    def _six_digits(cls, value: SecretStr) -> SecretStr:
        return _digits(value, CODE_LENGTH, "a code is six digits")

    @field_validator("full_name")
    @classmethod
    def _name(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not 0 < len(value.get_secret_value().strip()) <= MAX_NAME:
            raise ValueError("a name has 1 to 200 characters")
        return value

    def wire(self) -> dict[str, object]:
        """The JSON-ready form with everything in the clear, for the signed, encrypted road only."""
        data: dict[str, object] = self.model_dump(mode="json")
        data["citizen_id"] = self.citizen_id.get_secret_value()
        data["code"] = self.code.get_secret_value()
        data["full_name"] = self.full_name.get_secret_value() if self.full_name else None
        return data


class GuardianReceipt(BaseModel):
    """The core's answer: what the kiosk's screen may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    report_id: UUID
    outcome: GuardianOutcome
    display_name: Annotated[str | None, Field(description="Given name for the greeting, or nothing.")] = None
    recorded_at: datetime
    duplicate: bool = False


def _digits(value: SecretStr, length: int, problem: str) -> SecretStr:
    text = value.get_secret_value()
    if not (len(text) == length and text.isascii() and text.isdigit()):
        raise ValueError(problem)
    return value

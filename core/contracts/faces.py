"""Faces as numbers, on their way from the kiosk that enrolled them and to the kiosks that compare with them.

A template is a unit vector as 16-bit floats in base64; the cosine of two changes by less than 0.001. A likeness
can be guessed back from one, so it travels signed, lies sealed, and names its model: those of different models are
never compared. No picture has a field here.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, SecretStr, field_validator

from core.contracts.checkin import FaceOutcome

MOST_VECTORS = 9
_LEAST_NUMBERS, _MOST_NUMBERS = 64, 1024
_BYTES_EACH = 2


def _vector(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise ValueError("a template is base64") from None
    if len(raw) % _BYTES_EACH or not _LEAST_NUMBERS <= len(raw) // _BYTES_EACH <= _MOST_NUMBERS:
        raise ValueError("a template has 64 to 1024 numbers of 16 bits")
    return text


Vector16 = Annotated[str, Field(max_length=3000), AfterValidator(_vector)]
ModelId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._\-]+$")]


class FaceTemplates(BaseModel):
    """Several looks of one person, of one model (mẫu khuôn mặt)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model_id: ModelId
    vectors: Annotated[tuple[Vector16, ...], Field(min_length=1, max_length=MOST_VECTORS, repr=False)]


class FaceEnrolment(BaseModel):
    """A pupil whose face was enrolled at a kiosk. Sending it again with the same id changes nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enrolment_id: UUID
    citizen_id: Annotated[SecretStr, Field(description="Twelve digits; never echoed.")]
    templates: FaceTemplates
    face: Annotated[FaceOutcome, Field(description="The looks against the chip's portrait.")]
    liveness_passed: bool | None = None
    observed_at: AwareDatetime

    @field_validator("citizen_id")
    @classmethod
    def _twelve_digits(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not (len(text) == 12 and text.isascii() and text.isdigit()):
            raise ValueError("a citizen number is twelve digits")
        return value

    def wire(self) -> dict[str, object]:
        """The JSON-ready form with the citizen number in the clear, for the signed road only."""
        data: dict[str, object] = self.model_dump(mode="json")
        data["citizen_id"] = self.citizen_id.get_secret_value()
        return data


class EnrolmentOutcome(StrEnum):
    """What became of a face that was enrolled."""

    ENROLLED = "enrolled"
    NO_CONSENT = "no_consent"
    """The family has not agreed, or has withdrawn: nothing was kept."""
    NOT_A_PUPIL = "not_a_pupil"
    NOT_SURE = "not_sure"
    """The looks are not surely those of the card's holder: nothing was kept."""


class FaceEnrolmentReceipt(BaseModel):
    """The core's answer: what the kiosk's screen may say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enrolment_id: UUID
    outcome: EnrolmentOutcome
    display_name: Annotated[str | None, Field(description="Given name for the greeting, or nothing.")] = None
    recorded_at: datetime

"""What a kiosk may know of the school while it has no network: who is on the roll, who sits which exam, whose face.

Citizen numbers are not in it: a pupil is known by the keyed fingerprint of the number (HMAC-SHA-256, sixteen bytes,
under a salt that is drawn for each roster), so that a copied roster names nobody without the cards. It has an end,
after which a kiosk must forget it.
"""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from core.contracts.faces import FaceTemplates

_FINGERPRINT_BYTES = 16


def fingerprint(salt: str, citizen_number: str) -> str:
    """Under which a roster knows a citizen number; `salt` is base64.

    >>> fingerprint("c2FsdA==", "001315012345") == fingerprint("c2FsdA==", "001315012345")
    True
    """
    digest = hmac.new(base64.b64decode(salt), citizen_number.encode(), "sha256").hexdigest()
    return digest[: 2 * _FINGERPRINT_BYTES]


class RosterPupil(BaseModel):
    """One pupil (học sinh trong danh sách)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    student_id: UUID
    key: Annotated[str | None, Field(repr=False, description="The fingerprint of the citizen number.")] = None
    given_name: Annotated[str, Field(repr=False)] = ""
    exams: tuple[UUID, ...] = ()
    faces: Annotated[FaceTemplates | None, Field(repr=False)] = None


class RosterExam(BaseModel):
    """When the door of one exam session is open (ca thi trong danh sách)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    session_id: UUID
    opens_at: AwareDatetime
    closes_at: AwareDatetime


class Roster(BaseModel):
    """Everything of one school that a kiosk keeps, sealed, until `valid_until` (danh sách ngoại tuyến)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issued_at: datetime
    valid_until: AwareDatetime
    salt: Annotated[str, Field(repr=False)]
    pupils: Annotated[tuple[RosterPupil, ...], Field(repr=False)] = ()
    exams: tuple[RosterExam, ...] = ()

"""A step in the life of a guardianship, and who took it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.guardians.domain import GuardianshipState
from core.guardians.machine import Event
from core.values.ids import GuardianshipId


@dataclass(frozen=True, slots=True)
class By:
    """Who did it and by which evidence (ai, bằng chứng nào).

    `actor` is as the audit trail names people ("staff:…", "chat:…", "device:…", "system"); `evidence` is a code
    with an id ("page", "case:…", "report:…"), never a person's datum; `reason` is what staff wrote and is sealed.
    """

    actor: str
    evidence: str
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One step (bước)."""

    guardianship_id: GuardianshipId
    event: Event
    before: GuardianshipState
    after: GuardianshipState
    by: By
    at: datetime

"""What this slice asks of those above it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from core.db.transaction import Tx
from core.values.ids import StudentId


class FaceConsents(Protocol):
    """Knows who agreed to the enrolment of whose face, as of now."""

    async def allowed(self, tx: Tx, student_ids: Collection[StudentId]) -> frozenset[StudentId]:
        """Those of these pupils whose faces may be kept and compared."""
        ...

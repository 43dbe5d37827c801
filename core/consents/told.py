"""Who may be told of a pupil now: asked again right before a message goes out (`core.notifications.ports.StillTold`).

A message waits for a digest, for a channel, for a person who has to write first. Whoever was unlinked, restricted,
turned down by the grown pupil or took the consent back meanwhile gets it no more, on no address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.consents.domain import Purpose, Standing
from core.consents.service import Consents
from core.db.transaction import Tx
from core.guardians.audience.service import Audience, Reached
from core.guardians.levels import Feature
from core.notifications.domain import About, Recipient
from core.values.ids import StudentId


@dataclass(frozen=True, slots=True)
class WhoIsTold:
    """The guardians who may learn something of a pupil today, with their addresses (người được báo)."""

    audience: Audience
    consents: Consents

    async def __call__(self, tx: Tx, recipient: Recipient, about: Sequence[About]) -> bool:
        """Whether all of it may be told to this address now."""
        for one in dict.fromkeys(about):
            reached = await self.of(tx, one.student_id, Feature(one.subject))
            if not any(recipient in guardian.recipients for guardian in reached):
                return False
        return True

    async def of(self, tx: Tx, student_id: StudentId, feature: Feature) -> tuple[Reached, ...]:
        """Those who are known surely enough and have a chat; of arrivals only who agreed to be told."""
        found = await self.audience.of_student(tx, student_id, feature)
        reached = tuple(one for one in found if one.recipients)
        if feature is not Feature.ATTENDANCE or not reached:
            return reached
        ids = [one.guardian_id for one in reached]
        agreed = await self.consents.own(tx, student_id, Purpose.ATTENDANCE_MESSAGES, ids)
        return tuple(one for one in reached if agreed.get(one.guardian_id) is Standing.GIVEN)

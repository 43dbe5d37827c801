"""Ends rights on their day: eighteen years, the last day of a term, a pupil who left. It writes the steps down.

Nobody gains an hour by it: levels are computed from the same dates when they are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from core.db.transaction import Tx
from core.guardians import notices, repository
from core.guardians.attempts.service import Throttle
from core.guardians.domain import Guardianship, GuardianshipState, Level, Relation
from core.guardians.ledger import Ledger
from core.guardians.levels import is_adult
from core.guardians.links import repository as links
from core.guardians.machine import Event
from core.guardians.service import Guardians
from core.guardians.steps.domain import By
from core.guardians.tickets.service import Tickets
from core.notifications.service import Notifications
from core.students.domain import Student
from core.values.clock import school_date


@dataclass(frozen=True, slots=True)
class Lapses:
    """The daily look at what has ended (rà soát hết hạn)."""

    guardians: Guardians
    notifications: Notifications

    async def once(self, tx: Tx) -> Mapping[str, int]:
        """End what has ended in this school; says how many of each. Doing it again changes nothing."""
        keyring, clock = self.guardians.keyring, self.guardians.clock
        ties = await repository.list_in_force(tx, keyring.for_school(tx.school_id))
        pupils = await self.guardians.students.get_many(tx, {tie.student_id for tie in ties})
        ended: Counter[str] = Counter()
        for tie in ties:
            event = self._ending(tie, pupils.get(tie.student_id))
            if event is None:
                continue
            told = event is Event.CAME_OF_AGE and tie.state is not GuardianshipState.INVITED
            # Whoever must not see the pupil's data is not told of the birthday either.
            if told and not await self.guardians.restrictions.barred(tx, (tie,)):
                await self._tell(tx, tie, pupils[tie.student_id])
            await Ledger(keyring, clock).move(tx, tie, event, By("system", "calendar"))
            ended[event] += 1
        await Throttle(keyring, clock).forget(tx)
        await Tickets(keyring, clock).forget(tx)
        return ended

    def _ending(self, tie: Guardianship, pupil: Student | None) -> Event | None:
        today = school_date(self.guardians.clock.now())
        if pupil is None or pupil.left_on is not None:
            return Event.LEFT_SCHOOL
        grown = is_adult(pupil.born_on, today)
        if grown and tie.relation is not Relation.SELF and not tie.adult_agreed:
            return Event.CAME_OF_AGE
        if tie.valid_until is not None and tie.valid_until < today:
            return Event.RAN_OUT
        return None

    async def _tell(self, tx: Tx, tie: Guardianship, pupil: Student) -> None:
        accounts = await links.list_accounts(tx, (tie.guardian.id,))
        known = [account for account, _, level in accounts if level >= Level.CLAIMED]
        recipients = await self.guardians.conversations.recipients_of(tx, known)
        told = [
            notices.of_age(to, pupil.given_name, f"of_age:{tie.id}:{number}")
            for number, to in enumerate(recipients)
        ]
        await self.notifications.enqueue(tx, *told)


async def adult_agrees(guardians: Guardians, tx: Tx, tie: Guardianship, actor: str, reason: str) -> None:
    """A pupil of age wants this guardian to go on; staff heard it and say so.

    Raises:
        TransitionError: when there is nothing that could go on.
    """
    now = guardians.clock.now()
    await guardians.ledger.move(tx, tie, Event.ADULT_AGREED, By(actor, "adult", reason))
    await repository.set_terms(tx, tie.id, now, adult_agreed_at=now)

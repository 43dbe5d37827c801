"""Whom an announcement means, and what each of them gets. It writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from core.broadcasts.domain import STALE_AFTER, Audience, AudienceKind, Draft, Kind
from core.db.transaction import Tx
from core.fees.service import Fees
from core.guardians.audience import service as guardians
from core.notifications.domain import BY_PHONE, NewNotification, Recipient, Urgency
from core.students.service import Students
from core.values.ids import GuardianId, StudentId

_GRADE = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Meant:
    """The guardians whom an audience means, page by page (người được nhắm tới)."""

    audience: guardians.Audience
    students: Collection[StudentId] | None
    states: Collection[str]

    async def page(self, tx: Tx, after: GuardianId | None, limit: int) -> tuple[guardians.Reached, ...]:
        """The next of them in the order of their ids."""
        return await self.audience.page(tx, self.students, states=self.states, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class Reach:
    """Finds out who is meant (đối tượng)."""

    audience: guardians.Audience
    students: Students
    fees: Fees

    async def of(self, tx: Tx, audience: Audience) -> Meant:
        """The guardians whom this audience means now."""
        unverified = audience.kind is AudienceKind.UNVERIFIED
        states = guardians.UNVERIFIED if unverified else guardians.EVERYBODY
        return Meant(self.audience, await self._students(tx, audience), states)

    async def _students(self, tx: Tx, audience: Audience) -> Collection[StudentId] | None:
        """The pupils whose guardians are meant; None for everybody's."""
        if audience.kind in {AudienceKind.SCHOOL, AudienceKind.UNVERIFIED}:
            return None
        if audience.kind is AudienceKind.UNPAID:
            return await self.fees.owing(tx)
        wanted = set(audience.values)
        if audience.kind is AudienceKind.GRADE:
            classes = [one.id for one in await self.students.list_classes(tx) if grade_of(one.name) in wanted]
        else:
            classes = [one.id for one in await self.students.list_classes(tx) if str(one.id) in wanted]
        found = [await self.students.list_students(tx, class_id) for class_id in classes]
        return {student.id for one in found for student in one}


def grade_of(class_name: str) -> str:
    """The grade in the name of a class.

    >>> grade_of("10A2"), grade_of("Mầm 1")
    ('10', '')
    """
    found = _GRADE.match(class_name)
    return found.group() if found else ""


def messages_to(
    draft: Draft,
    ways: tuple[Recipient, ...],
    school: str,
    starts_at: datetime,
    key_of: Callable[[Recipient], str],
) -> tuple[NewNotification, ...]:
    """One message on the best channel with the others to fall back on; an emergency goes to all of them.

    `key_of` names an address: what two guardians would read in one chat that they share is one message.
    """
    params = {"title": draft.title, "text": draft.text, "school": school}
    phones = tuple(one for one in ways if one.channel in BY_PHONE)
    chats = tuple(one for one in ways if one not in phones)
    firsts = chats if draft.kind is Kind.EMERGENCY else ways[:1]
    others = phones if draft.kind is Kind.EMERGENCY else ways[1:]
    return tuple(
        NewNotification(
            recipient=first,
            key=f"broadcast.{draft.kind.value}",
            params=params,
            dedupe_key=key_of(first),
            urgency=Urgency.EMERGENCY if draft.kind is Kind.EMERGENCY else Urgency.NORMAL,
            expires_at=starts_at + STALE_AFTER,
            fallbacks=others if number == 0 else (),
        )
        for number, first in enumerate(firsts)
    )

"""Guardians with the places where they are reached: of one pupil, or in pages for many. It sends nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from core.db.transaction import Tx
from core.guardians import repository as guardianships
from core.guardians.audience import repository
from core.guardians.domain import Guardianship, GuardianshipState
from core.guardians.levels import Feature, may
from core.guardians.links import repository as links
from core.guardians.service import Guardians
from core.notifications.domain import Recipient, by_phone, route
from core.values.ids import ChatAccountId, GuardianId, StudentId

_GONE = {GuardianshipState.DISPUTED, GuardianshipState.REVOKED}
_SURE = {GuardianshipState.VERIFIED_AT_SCHOOL, GuardianshipState.VERIFIED_ONLINE}
EVERYBODY = frozenset(state.value for state in GuardianshipState if state not in _GONE)
UNVERIFIED = frozenset(state.value for state in GuardianshipState if state not in _GONE | _SURE)
_Way = tuple[Guardianship, Recipient]


@dataclass(frozen=True, slots=True)
class Reached:
    """A guardian with the places where messages reach them, as they are tried; none without a chat (người nhận tin)."""

    guardian_id: GuardianId
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """The guardians of some pupils, or of all (người nhận thông báo)."""

    guardians: Guardians

    async def page(
        self,
        tx: Tx,
        students: Collection[StudentId] | None,
        *,
        states: Collection[str] = EVERYBODY,
        after: GuardianId | None = None,
        limit: int = 200,
    ) -> tuple[Reached, ...]:
        """The next guardians in the order of their ids; each once, however many children.

        Whoever may not learn of the school today (restricted, lapsed, the pupil left) is there without a chat.
        """
        ids = [GuardianId(one) for one in await repository.page(tx, states, students, after, limit)]
        ties = await self._ties(tx, ids, students)
        return _reached(ids, ties, await self._ways(tx, ties, Feature.SCHOOL_NEWS))

    async def of_student(
        self, tx: Tx, student_id: StudentId, feature: Feature = Feature.ATTENDANCE
    ) -> tuple[Reached, ...]:
        """The guardians of one pupil; whoever may not learn of this today is there without a chat."""
        return (await self.of_students(tx, (student_id,), feature))[student_id]

    async def of_students(
        self, tx: Tx, student_ids: Collection[StudentId], feature: Feature = Feature.ATTENDANCE
    ) -> Mapping[StudentId, tuple[Reached, ...]]:
        """The same for each of these pupils, in as many statements as for one."""
        keys = self.guardians.keyring.for_school(tx.school_id)
        ties = await guardianships.list_guardianships(tx, keys, student_ids=student_ids)
        ways = await self._ways(tx, ties, feature)
        own: dict[StudentId, tuple[list[Guardianship], list[_Way]]] = {one: ([], []) for one in student_ids}
        for tie in ties:
            own[tie.student_id][0].append(tie)
        for way in ways:
            own[way[0].student_id][1].append(way)
        return {
            student_id: _reached(dict.fromkeys(tie.guardian.id for tie in ties), ties, ways)
            for student_id, (ties, ways) in own.items()
        }

    async def linked_to(
        self, tx: Tx, students: Collection[StudentId]
    ) -> tuple[tuple[StudentId, GuardianId], ...]:
        """Which guardians of these pupils have a chat; whether they may learn of anything today is not asked."""
        found = await repository.linked(tx, EVERYBODY, students)
        return tuple((StudentId(student), GuardianId(guardian)) for student, guardian in found)

    async def _ties(
        self, tx: Tx, ids: Collection[GuardianId], students: Collection[StudentId] | None
    ) -> list[Guardianship]:
        keys = self.guardians.keyring.for_school(tx.school_id)
        return [
            tie
            for tie in await guardianships.list_guardianships(tx, keys, guardian_ids=ids)
            if students is None or tie.student_id in students
        ]

    async def _ways(self, tx: Tx, ties: Collection[Guardianship], feature: Feature) -> list[_Way]:
        """The chats through which each may learn of this: of those who are known surely enough, oldest link first."""
        of: dict[GuardianId, list[Guardianship]] = {}
        for tie in ties:
            of.setdefault(tie.guardian.id, []).append(tie)
        linked = [
            (account, replace(tie, account=level))
            for account, guardian_id, level in await links.list_accounts(tx, of.keys())
            for tie in of[guardian_id]
        ]
        levels = await self.guardians.standing.levels(tx, [tie for _, tie in linked])
        allowed = [pair for pair, level in zip(linked, levels, strict=True) if may(level, feature)]
        accounts = list(dict.fromkeys(account for account, _ in allowed))
        chats = await self.guardians.conversations.addresses(tx, accounts)
        return [(tie, chats[account]) for account, tie in allowed if account in chats]

    async def accounts_beside(self, tx: Tx, account_id: ChatAccountId) -> tuple[ChatAccountId, ...]:
        """All chat accounts of the person behind one of them; at least itself."""
        found = await repository.beside(tx, account_id)
        return tuple(dict.fromkeys((account_id, *(ChatAccountId(one) for one in found))))


def _reached(
    ids: Iterable[GuardianId], ties: Iterable[Guardianship], ways: Iterable[_Way]
) -> tuple[Reached, ...]:
    """Guardians with their chats; who has one and does not look at it is still reached by the number on record."""
    found: dict[GuardianId, list[Recipient]] = {one: [] for one in ids}
    for tie, chat in ways:
        found[tie.guardian.id].append(chat)
    for tie in ties:
        known = tie.guardian
        if known.phone is not None and found.get(known.id):
            found[known.id].extend(by_phone(known.phone.e164))
    return tuple(Reached(one, route(chats)) for one, chats in found.items())

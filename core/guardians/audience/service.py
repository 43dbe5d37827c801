"""Guardians with the places where they are reached: of one pupil, or in pages for many. It sends nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
        return await self._reached(tx, ids, await self._ties(tx, ids, students), Feature.SCHOOL_NEWS)

    async def of_student(
        self, tx: Tx, student_id: StudentId, feature: Feature = Feature.ATTENDANCE
    ) -> tuple[Reached, ...]:
        """The guardians of one pupil; whoever may not learn of this today is there without a chat."""
        ties = await self.guardians.guardians_of(tx, student_id)
        ids = tuple(dict.fromkeys(tie.guardian.id for tie in ties))
        return await self._reached(tx, ids, ties, feature)

    async def linked_to(
        self, tx: Tx, students: Collection[StudentId]
    ) -> tuple[tuple[StudentId, GuardianId], ...]:
        """Which guardians of these pupils have a chat; whether they may learn of anything today is not asked."""
        found = await repository.linked(tx, EVERYBODY, students)
        return tuple((StudentId(student), GuardianId(guardian)) for student, guardian in found)

    async def _reached(
        self, tx: Tx, ids: Sequence[GuardianId], ties: Collection[Guardianship], feature: Feature
    ) -> tuple[Reached, ...]:
        pairs = await self._allowed(tx, ids, ties, feature)
        accounts = list(dict.fromkeys(account for _, account in pairs))
        chats = await self.guardians.conversations.addresses(tx, accounts)
        reached: dict[GuardianId, list[Recipient]] = {one: [] for one in ids}
        for guardian, account in pairs:
            if account in chats:
                reached[guardian].append(chats[account])
        for tie in ties:
            known = tie.guardian
            if known.phone is not None and reached.get(known.id):
                # Who has a chat and does not look at it is still reached by the number that the school knows.
                reached[known.id].extend(by_phone(known.phone.e164))
        return tuple(Reached(one, route(found)) for one, found in reached.items())

    async def _ties(
        self, tx: Tx, ids: Collection[GuardianId], students: Collection[StudentId] | None
    ) -> list[Guardianship]:
        keys = self.guardians.keyring.for_school(tx.school_id)
        return [
            tie
            for tie in await guardianships.list_guardianships(tx, keys, guardian_ids=ids)
            if students is None or tie.student_id in students
        ]

    async def _allowed(
        self, tx: Tx, ids: Collection[GuardianId], ties: Collection[Guardianship], feature: Feature
    ) -> list[tuple[GuardianId, ChatAccountId]]:
        """(guardian, chat account) of those who are known surely enough."""
        linked = [
            (guardian_id, account, replace(tie, account=level))
            for account, guardian_id, level in await links.list_accounts(tx, ids)
            for tie in ties
            if tie.guardian.id == guardian_id
        ]
        levels = await self.guardians.standing.levels(tx, [tie for _, _, tie in linked])
        allowed = zip(linked, levels, strict=True)
        pairs = [(who, account) for (who, account, _), level in allowed if may(level, feature)]
        return list(dict.fromkeys(pairs))

    async def accounts_beside(self, tx: Tx, account_id: ChatAccountId) -> tuple[ChatAccountId, ...]:
        """All chat accounts of the person behind one of them; at least itself."""
        found = await repository.beside(tx, account_id)
        return tuple(dict.fromkeys((account_id, *(ChatAccountId(one) for one in found))))

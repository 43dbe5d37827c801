"""Pages of guardians with their chats, for whoever announces something to many. It sends nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.guardians.audience import repository
from core.guardians.domain import GuardianshipState
from core.notifications.domain import Recipient
from core.values.ids import ChatAccountId, GuardianId, StudentId

_GONE = {GuardianshipState.DISPUTED, GuardianshipState.REVOKED}
_SURE = {GuardianshipState.VERIFIED_AT_SCHOOL, GuardianshipState.VERIFIED_ONLINE}
EVERYBODY = frozenset(state.value for state in GuardianshipState if state not in _GONE)
UNVERIFIED = frozenset(state.value for state in GuardianshipState if state not in _GONE | _SURE)


@dataclass(frozen=True, slots=True)
class Reached:
    """A guardian with the places where messages reach them; none when no chat is linked (người nhận tin)."""

    guardian_id: GuardianId
    recipients: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """The guardians of some pupils, or of all (người nhận thông báo)."""

    conversations: Conversations

    async def page(
        self,
        tx: Tx,
        students: Collection[StudentId] | None,
        *,
        states: Collection[str] = EVERYBODY,
        after: GuardianId | None = None,
        limit: int = 200,
    ) -> tuple[Reached, ...]:
        """The next guardians in the order of their ids; each once, however many children."""
        ids = await repository.page(tx, states, students, after, limit)
        pairs = await repository.accounts(tx, ids)
        accounts = list(dict.fromkeys(ChatAccountId(account) for _, account in pairs))
        found = dict(zip(accounts, await self.conversations.recipients_of(tx, accounts), strict=True))
        reached: dict[GuardianId, list[Recipient]] = {GuardianId(one): [] for one in ids}
        for guardian, account in pairs:
            reached[GuardianId(guardian)].append(found[ChatAccountId(account)])
        return tuple(Reached(one, tuple(recipients)) for one, recipients in reached.items())

    async def count(
        self, tx: Tx, students: Collection[StudentId] | None, states: Collection[str] = EVERYBODY
    ) -> tuple[int, int]:
        """How many guardians, and how many of them can be reached in a chat."""
        return await repository.count(tx, states, students)

    async def accounts_beside(self, tx: Tx, account_id: ChatAccountId) -> tuple[ChatAccountId, ...]:
        """All chat accounts of the person behind one of them; at least itself."""
        found = await repository.beside(tx, account_id)
        return tuple(dict.fromkeys((account_id, *(ChatAccountId(one) for one in found))))

"""Who may speak for which pupil.

It records guardians, links chat accounts by one-time codes and answers `children_of`. It sends nothing and knows no
channel; where guardians are reached is `core.guardians.audience`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.guardians import repository
from core.guardians.attempts.service import Throttle, Tried
from core.guardians.cases.service import Cases
from core.guardians.codes import VALID_FOR, LinkCode
from core.guardians.domain import (
    Child,
    CodeStrength,
    Guardian,
    GuardianNotFoundError,
    Guardianship,
    Level,
    LinkOutcome,
    LinkResult,
    NewGuardian,
    Relation,
)
from core.guardians.evidence import Evidence, Proven
from core.guardians.ledger import Ledger
from core.guardians.levels import LEVEL_BY
from core.guardians.links import repository as links
from core.guardians.links.repository import StoredCode
from core.guardians.machine import EVENT_OF_CODE, Event
from core.guardians.proving import Proving
from core.guardians.recording import RecordedGuardians, Recording
from core.guardians.restrictions.service import Restrictions
from core.guardians.standings import Standings
from core.guardians.steps.domain import By
from core.guardians.tickets.service import Tickets
from core.notifications.domain import Recipient
from core.students.service import Students
from core.values.clock import Clock
from core.values.ids import ChatAccountId, GuardianId, StudentId, new_id
from core.values.phone import Phone
from core.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Guardians:
    """The guardians of a school's pupils."""

    keyring: Keyring
    clock: Clock
    students: Students
    conversations: Conversations

    @property
    def ledger(self) -> Ledger:
        """Moves guardianships and keeps their steps."""
        return Ledger(self.keyring, self.clock)

    @property
    def throttle(self) -> Throttle:
        """Counts failed attempts."""
        return Throttle(self.keyring, self.clock)

    @property
    def standing(self) -> Standings:
        """How surely somebody speaks for a pupil today."""
        return Standings(self.keyring, self.clock, self.students)

    @property
    def cases(self) -> Cases:
        """What staff have to decide."""
        return Cases(self.keyring, self.clock, self.students)

    @property
    def restrictions(self) -> Restrictions:
        """Who must not see a pupil's data, or not pick the pupil up."""
        return Restrictions(self.keyring, self.clock)

    @property
    def tickets(self) -> Tickets:
        """One-time links and codes from the chat."""
        return Tickets(self.keyring, self.clock)

    async def get(self, tx: Tx, guardian_id: GuardianId) -> Guardian:
        """One guardian.

        Raises:
            GuardianNotFoundError: when the school has no such guardian.
        """
        found = await repository.find(tx, self.keyring.for_school(tx.school_id), guardian_id)
        if found is None:
            raise GuardianNotFoundError
        return found

    async def record_all(self, tx: Tx, entries: Sequence[NewGuardian]) -> RecordedGuardians:
        """Add or update guardians and tie them to their pupils; doing it again changes nothing."""
        return await Recording(self.keyring, self.clock, self.students).record_all(tx, entries)

    async def guardians_of(self, tx: Tx, student_id: StudentId) -> tuple[Guardianship, ...]:
        """Everybody on record for a pupil, whatever the state."""
        keys = self.keyring.for_school(tx.school_id)
        return await repository.list_guardianships(tx, keys, student_ids=(student_id,))

    async def children_of(
        self, tx: Tx, account_id: ChatAccountId, at_least: Level = Level.CLAIMED
    ) -> tuple[Child, ...]:
        """The pupils for whom a chat account may speak at this level, in the order of class lists."""
        keys = self.keyring.for_school(tx.school_id)
        ties = await repository.list_guardianships(tx, keys, account_id=account_id)
        return await self.standing.children(tx, ties, at_least)

    async def families_of(
        self, tx: Tx, account_ids: Collection[ChatAccountId]
    ) -> Mapping[ChatAccountId, tuple[Child, ...]]:
        """`children_of` for many chat accounts in as many questions as for one; who speaks for nobody is left out."""
        keys = self.keyring.for_school(tx.school_id)
        spoken_for = await links.list_of_accounts(tx, account_ids)
        ids = {guardian_id for _, guardian_id, _ in spoken_for}
        ties = await repository.list_guardianships(tx, keys, guardian_ids=ids)
        linked = [
            (account, replace(tie, account=level))
            for account, guardian_id, level in spoken_for
            for tie in ties
            if tie.guardian.id == guardian_id
        ]
        return await self.standing.families(tx, linked, Level.CLAIMED)

    async def guardians_behind(
        self, tx: Tx, account_id: ChatAccountId, student_id: StudentId
    ) -> tuple[GuardianId | None, ...]:
        """Which guardians of a pupil write from a chat account: a family may share one.

        Only None for the grown pupil itself, and for a stranger.
        """
        keys = self.keyring.for_school(tx.school_id)
        ties = await repository.list_guardianships(tx, keys, account_id=account_id)
        mine = [tie for tie in ties if tie.student_id == student_id and tie.relation is not Relation.SELF]
        return tuple(dict.fromkeys(tie.guardian.id for tie in mine)) or (None,)

    async def issue_link_code(
        self,
        tx: Tx,
        guardian_id: GuardianId,
        strength: CodeStrength = CodeStrength.SENT,
        valid_for: timedelta = VALID_FOR,
    ) -> LinkCode:
        """Make a one-time code for a guardian; only its fingerprint is kept.

        Raises:
            GuardianNotFoundError: when the school has no such guardian.
        """
        await self.get(tx, guardian_id)
        code = LinkCode.fresh()
        await self._keep(tx, code, guardian_id, strength, valid_for)
        return code

    async def ensure_link_code(
        self, tx: Tx, guardian_id: GuardianId, code: LinkCode, strength: CodeStrength, valid_for: timedelta
    ) -> None:
        """Make sure that a given code can be used now, for a demo or for codes printed beforehand."""
        now = self.clock.now()
        known = await links.list_codes(tx, self.keyring.for_school(tx.school_id), code)
        if not any(not one.used and one.expires_at > now for one in known):
            await self._keep(tx, code, guardian_id, strength, valid_for)

    async def link(self, tx: Tx, account_id: ChatAccountId, typed: str, ip: str = "") -> LinkResult:
        """Tie a chat account to the guardian whose code was typed.

        It never raises for what was typed: a wrong attempt must be counted, so the transaction must commit.
        """
        count, now = await self.throttle.lock(tx, Tried(account_id=account_id, ip=ip)), self.clock.now()
        blocked = count.blocked_until(now)
        if blocked:
            return LinkResult(LinkOutcome.TOO_MANY_ATTEMPTS, retry_at=blocked)
        codes = await self._codes(tx, typed)
        usable = next((code for code in codes if not code.used and code.expires_at > now), None)
        if usable:
            await self.throttle.succeeded(tx, count)
            return await self._link(tx, account_id, usable)
        if codes and await links.is_linked(tx, account_id, [code.guardian_id for code in codes]):
            return LinkResult(
                LinkOutcome.ALREADY_LINKED, codes[0].guardian_id, await self.children_of(tx, account_id)
            )
        return LinkResult(LinkOutcome.WRONG_CODE, retry_at=await self.throttle.failed(tx, count))

    async def link_phone(self, tx: Tx, account_id: ChatAccountId, phone: Phone) -> LinkResult:
        """Tie a chat account to the guardian with this phone, when the channel vouches that it is the chat's own.

        It gives level 1 and no more: numbers are passed on, and are lent within a family.
        """
        count, now = await self.throttle.lock(tx, Tried(account_id=account_id)), self.clock.now()
        blocked = count.blocked_until(now)
        if blocked:
            return LinkResult(LinkOutcome.TOO_MANY_ATTEMPTS, retry_at=blocked)
        keys = self.keyring.for_school(tx.school_id)
        guardian_id = await repository.find_by_phone(tx, keys.blind_index(phone.e164, repository.PHONE))
        ties = (
            await repository.list_guardianships(tx, keys, guardian_ids=(guardian_id,)) if guardian_id else ()
        )
        by = By(f"chat:{account_id}", "own_phone")
        moved = await self.ledger.move_all(tx, ties, Event.PHONE_SHARED, by)
        if guardian_id is None or not moved:
            return LinkResult(LinkOutcome.WRONG_CODE, retry_at=await self.throttle.failed(tx, count))
        fresh = await links.link_account(tx, account_id, guardian_id, LEVEL_BY[Event.PHONE_SHARED], now)
        outcome = LinkOutcome.LINKED if fresh else LinkOutcome.ALREADY_LINKED
        return LinkResult(outcome, guardian_id, await self.children_of(tx, account_id))

    async def other_recipients(
        self, tx: Tx, guardian_id: GuardianId, account_id: ChatAccountId
    ) -> tuple[Recipient, ...]:
        """The other chats of a guardian, to tell them that one more was linked."""
        accounts = await links.list_accounts(tx, (guardian_id,))
        others = [account for account, _, _ in accounts if account != account_id]
        return await self.conversations.recipients_of(tx, others)

    async def apply_evidence(self, tx: Tx, evidence: Evidence) -> Proven:
        """Judge a proof: the steps it allows are taken, anything else is for staff.

        It never raises for what somebody shows: an attempt must be counted, so the transaction must commit.

        Example:
            evidence = Evidence(Means.VNEID, account_id, Identity(number, name, born_on), actor="vneid")
            proven = await guardians.apply_evidence(tx, evidence)
        """
        return await Proving(self.keyring, self.clock, self.students).apply(tx, evidence)

    async def unlink(self, tx: Tx, account_id: ChatAccountId) -> int:
        """Let a chat account speak for nobody any more; returns for how many guardians it did."""
        return await links.unlink_account(tx, account_id)

    async def _codes(self, tx: Tx, typed: str) -> tuple[StoredCode, ...]:
        try:
            code = LinkCode.parse(typed)
        except ValueError:
            return ()
        return await links.list_codes(tx, self.keyring.for_school(tx.school_id), code)

    async def _link(self, tx: Tx, account_id: ChatAccountId, code: StoredCode) -> LinkResult:
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        await links.use_code(tx, code.id, now)
        event = EVENT_OF_CODE[code.strength]
        fresh = await links.link_account(tx, account_id, code.guardian_id, LEVEL_BY[event], now)
        ties = await repository.list_guardianships(tx, keys, guardian_ids=(code.guardian_id,))
        await self.ledger.move_all(tx, ties, event, By(f"chat:{account_id}", f"link_code:{code.id}"))
        outcome = LinkOutcome.LINKED if fresh else LinkOutcome.ALREADY_LINKED
        return LinkResult(outcome, code.guardian_id, await self.children_of(tx, account_id))

    async def _keep(
        self, tx: Tx, code: LinkCode, guardian_id: GuardianId, strength: CodeStrength, valid_for: timedelta
    ) -> None:
        now = self.clock.now()
        stored = StoredCode(new_id(), guardian_id, strength, used=False, expires_at=now + valid_for)
        await links.add_code(tx, self.keyring.for_school(tx.school_id), code, stored, now)

"""Who may speak for which pupil, and where to reach them.

It records guardians, links chat accounts by one-time codes and answers `children_of` and `recipients_for`.
It sends nothing and knows no channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.guardians import repository
from core.guardians.codes import VALID_FOR, Attempts, LinkCode
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
    TransitionError,
    after_code,
)
from core.guardians.links import repository as links
from core.guardians.links.repository import StoredCode
from core.guardians.register import Placed, Register
from core.notifications.domain import Recipient
from core.students.domain import Student
from core.students.names import sort_key
from core.students.service import Students
from core.values.clock import Clock
from core.values.ids import ChatAccountId, GuardianId, StudentId, new_id
from core.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class RecordedGuardians:
    """What recording a batch did: one place per entry, and how much was written."""

    placed: tuple[Placed, ...]
    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class Guardians:
    """The guardians of a school's pupils."""

    keyring: Keyring
    clock: Clock
    students: Students
    conversations: Conversations

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
        """Add or update guardians and tie them to their pupils; doing it again changes nothing.

        Who is meant is decided by `register`.
        """
        keys = self.keyring.for_school(tx.school_id)
        await self.students.lock_roll(tx)
        indexes = [repository.phone_index(keys, entry.phone) for entry in entries]
        students = {entry.student_id for entry in entries}
        register = Register()
        for person in await repository.list_people(
            tx, keys, phones={index for index in indexes if index}, students=students
        ):
            register.know(person)
        for student_id, guardian_id, relation in await repository.list_ties(tx, students):
            register.know_tie(student_id, guardian_id, relation)
        placed = tuple(register.place(entry, index) for entry, index in zip(entries, indexes, strict=True))
        await self._save(tx, register)
        added = len(register.added) + len(register.tied)
        return RecordedGuardians(placed, added, len(register.changed) + len(register.retied))

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
        return await self._children(tx, [tie for tie in ties if tie.level >= at_least])

    async def recipients_for(
        self, tx: Tx, student_id: StudentId, at_least: Level = Level.CLAIMED
    ) -> tuple[Recipient, ...]:
        """Where the guardians of a pupil are reached, each account once."""
        ties = [tie for tie in await self.guardians_of(tx, student_id) if tie.level >= at_least]
        accounts = await links.list_accounts(tx, [tie.guardian.id for tie in ties])
        return await self.conversations.recipients_of(tx, accounts)

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

    async def link(self, tx: Tx, account_id: ChatAccountId, typed: str) -> LinkResult:
        """Tie a chat account to the guardian whose code was typed.

        It never raises for what was typed: a wrong attempt must be counted, so the transaction must commit.
        """
        attempts, now = await links.lock_attempts(tx, account_id), self.clock.now()
        if attempts.is_blocked(now):
            return LinkResult(LinkOutcome.TOO_MANY_ATTEMPTS, retry_at=attempts.blocked_until)
        codes = await self._codes(tx, typed)
        usable = next((code for code in codes if not code.used and code.expires_at > now), None)
        if usable:
            return await self._link(tx, account_id, usable)
        if codes and await links.is_linked(tx, account_id, [code.guardian_id for code in codes]):
            return LinkResult(
                LinkOutcome.ALREADY_LINKED, codes[0].guardian_id, await self.children_of(tx, account_id)
            )
        failed = attempts.failed(now)
        await links.save_attempts(tx, account_id, failed)
        return LinkResult(LinkOutcome.WRONG_CODE, retry_at=failed.blocked_until)

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
        fresh = await links.link_account(tx, account_id, code.guardian_id, now)
        for tie in await repository.list_guardianships(tx, keys, guardian_id=code.guardian_id):
            try:
                state = after_code(tie.state, code.strength)
            except TransitionError:
                continue  # disputed or revoked: the other children of this guardian are not affected
            if state is not tie.state:
                await repository.set_state(tx, tie.id, state, now)
        await links.save_attempts(tx, account_id, Attempts())
        outcome = LinkOutcome.LINKED if fresh else LinkOutcome.ALREADY_LINKED
        return LinkResult(outcome, code.guardian_id, await self.children_of(tx, account_id))

    async def _keep(
        self, tx: Tx, code: LinkCode, guardian_id: GuardianId, strength: CodeStrength, valid_for: timedelta
    ) -> None:
        now = self.clock.now()
        stored = StoredCode(new_id(), guardian_id, strength, used=False, expires_at=now + valid_for)
        await links.add_code(tx, self.keyring.for_school(tx.school_id), code, stored, now)

    async def _save(self, tx: Tx, register: Register) -> None:
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        await repository.save_people(
            tx,
            keys,
            [register.people[one] for one in sorted(register.added)],
            [register.people[one] for one in sorted(register.changed)],
            now,
        )
        await repository.save_ties(
            tx,
            [(*tie, register.ties[tie]) for tie in sorted(register.tied)],
            [(*tie, register.ties[tie]) for tie in sorted(register.retied)],
            now,
        )

    async def _children(self, tx: Tx, ties: Sequence[Guardianship]) -> tuple[Child, ...]:
        pupils = await self.students.get_many(tx, {tie.student_id for tie in ties})
        best: dict[StudentId, Child] = {}
        for tie in sorted(ties, key=lambda one: one.level):
            best[tie.student_id] = Child(pupils[tie.student_id], tie.relation, tie.level)
        return tuple(sorted(best.values(), key=lambda child: _order(child.student)))


def _order(student: Student) -> tuple[str, tuple[tuple[str, str], ...]]:
    return student.class_name, sort_key(student.full_name)

"""Judges a proof: counts the attempt, compares with the roll, and either takes the step or asks staff.

The same is done, in the same order and with the same number of questions to the database, whether or not a number
is on the roll: in the place of candidates that are missing, guardians who are not meant are opened and compared as
well, with their pupils, and proven nothing. Only who is proven is locked, and judged again under the lock. What is
told is one answer for everything that fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.guardians import repository
from core.guardians.attempts.service import Count, Throttle, Tried
from core.guardians.cases.domain import CaseKind, NewCase
from core.guardians.cases.opening import open_case
from core.guardians.domain import Guardianship
from core.guardians.evidence import EVENT_OF, Evidence, Means, ProofOutcome, Proven
from core.guardians.identify import Candidate, Found, identify
from core.guardians.identities import repository as identities
from core.guardians.ledger import Ledger
from core.guardians.levels import LEVEL_BY, in_whose_hands
from core.guardians.links import repository as links
from core.guardians.restrictions import repository as restrictions
from core.guardians.restrictions.domain import RestrictionKind
from core.guardians.standings import Standings
from core.guardians.steps.domain import By
from core.students.domain import Student
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import StudentId
from core.vault.keyring import Keyring

_COUNTED_BY_NUMBER = frozenset({Means.CARD_QR})
"""Anybody can print a number into a QR code, so guesses at one number are counted. What is typed proves nothing
anyway, and a chip with a face or VNeID cannot be guessed: none of them may be shut out by a stranger's guesses."""


@dataclass(frozen=True, slots=True)
class Proving:
    """Applies evidence (xét bằng chứng)."""

    keyring: Keyring
    clock: Clock
    students: Students

    async def apply(self, tx: Tx, evidence: Evidence) -> Proven:
        """Take the step that a proof allows, or open a case; commit in any way, the attempt must count."""
        throttle, identity = Throttle(self.keyring, self.clock), evidence.identity
        number = identity.number.value if identity.number and evidence.means in _COUNTED_BY_NUMBER else ""
        count = await throttle.lock(tx, Tried(evidence.account_id, number=number, ip=evidence.ip))
        blocked = count.blocked_until(self.clock.now())
        if blocked:
            return Proven(ProofOutcome.TOO_MANY_ATTEMPTS, retry_at=blocked)
        named = await self._named(tx, evidence)
        meant, others = await self._candidates(tx, evidence, named)
        found = await self._compare(tx, evidence, meant, others, named)
        if found.ties and evidence.means is not Means.TYPED:
            meant, others = await self._candidates(tx, evidence, named, lock=True)
            found = await self._compare(tx, evidence, meant, others, named)
            proven = await self._take(tx, evidence, meant, found, count) if found.ties else None
            if proven and proven.children:
                return proven
        return await self._to_staff(tx, evidence, found, named, count)

    async def _named(self, tx: Tx, evidence: Evidence) -> Student | None:
        """The pupil with the number that the child's card says; asked for even when no child is named."""
        child = evidence.child
        student_id = await self.students.by_citizen_id(
            tx, child.number if child and child.number else CitizenId("0" * 12)
        )
        found = await self.students.get_many(tx, (student_id or StudentId(uuid4()),))
        return found.get(student_id) if student_id else None

    async def _candidates(
        self, tx: Tx, evidence: Evidence, named: Student | None, *, lock: bool = False
    ) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
        """Who may be meant, and who stands in the place of those who are missing."""
        keys, number = self.keyring.for_school(tx.school_id), evidence.identity.number
        index = keys.blind_index(number.value if number else "", identities.CITIZEN_ID)
        return await identities.list_candidates(
            tx,
            keys,
            number=index,
            account_id=evidence.account_id,
            student_id=named.id if named else StudentId(uuid4()),
            lock=lock,
        )

    async def _compare(
        self,
        tx: Tx,
        evidence: Evidence,
        meant: Sequence[Candidate],
        others: Sequence[Candidate],
        named: Student | None,
    ) -> Found:
        keys, today = self.keyring.for_school(tx.school_id), school_date(self.clock.now())
        compared, may_be = (*meant, *others), {one.id for one in meant}
        ties = await repository.list_guardianships(tx, keys, guardian_ids=[one.id for one in compared])
        pupils = await self.students.get_many(tx, {tie.student_id for tie in ties} | {StudentId(uuid4())})
        barred = await restrictions.list_barred(tx, keys, set(pupils), today)
        bars = [one.barred for one in barred if one.kind is RestrictionKind.SEE]
        child = (evidence.child, named) if evidence.child and named else None
        open_ties = [tie for tie in ties if _may_be_proven(tie, pupils.get(tie.student_id), self.clock)]
        their = [tie for tie in open_ties if tie.guardian.id in may_be]
        return identify(evidence.identity, compared, their, child, bars)

    async def _take(
        self,
        tx: Tx,
        evidence: Evidence,
        meant: Sequence[Candidate],
        found: Found,
        count: Count,
    ) -> Proven:
        keys, now, event = self.keyring.for_school(tx.school_id), self.clock.now(), EVENT_OF[evidence.means]
        by = By(evidence.actor, evidence.reference or evidence.means)
        moved = await Ledger(self.keyring, self.clock).move_all(tx, found.ties, event, by)
        guardian_ids = tuple(dict.fromkeys(tie.guardian.id for tie in moved))
        identity, joined = evidence.identity, []
        numberless = {one.id for one in meant if one.number is None}
        for guardian_id in guardian_ids:
            if await links.link_account(tx, evidence.account_id, guardian_id, LEVEL_BY[event], now):
                joined.append(guardian_id)
            if guardian_id in numberless and identity.number is not None:
                await identities.save_identity(tx, keys, guardian_id, identity.number, identity.born_on, now)
        await Throttle(self.keyring, self.clock).succeeded(tx, count)
        ties = await repository.list_guardianships(tx, keys, account_id=evidence.account_id)
        standings = Standings(self.keyring, self.clock, self.students)
        mine = [tie for tie in ties if tie.guardian.id in guardian_ids]
        children = await standings.children(tx, mine, LEVEL_BY[event].CLAIMED)
        return Proven(ProofOutcome.PROVEN, guardian_ids, tuple(joined), children)

    async def _to_staff(
        self, tx: Tx, evidence: Evidence, found: Found, named: Student | None, count: Count
    ) -> Proven:
        kind = CaseKind.RESTRICTED if found.barred else CaseKind.TWO_CLAIMS if found.rival else CaseKind.CLAIM
        new = NewCase(
            kind,
            evidence.means,
            evidence.account_id,
            evidence.identity,
            evidence.child,
            named.id if named else None,
            found.rival.id if found.rival else None,
        )
        await open_case(tx, self.keyring, self.clock, new)
        retry_at = await Throttle(self.keyring, self.clock).failed(tx, count)
        return Proven(ProofOutcome.FOR_STAFF, retry_at=retry_at)


def _may_be_proven(tie: Guardianship, pupil: Student | None, clock: Clock) -> bool:
    """A pupil who left has no guardians here; an adult pupil has those whom it wants."""
    if pupil is None or pupil.left_on is not None:
        return False
    today = school_date(clock.now())
    return in_whose_hands(tie.relation, pupil.born_on, today, agreed=tie.adult_agreed)

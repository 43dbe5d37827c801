"""Lets staff decide what no machine may: approve a claim, refuse it, settle who is who; each with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.errors import CoreError
from core.guardians import repository
from core.guardians.cases import repository as case_rows
from core.guardians.cases.domain import (
    Case,
    CaseDecidedError,
    CaseKind,
    CaseNotFoundError,
    CaseStatus,
    NewCase,
    ReasonNeededError,
)
from core.guardians.cases.opening import open_case
from core.guardians.domain import Child, Guardianship, GuardianshipState, Level
from core.guardians.evidence import Identity, Means
from core.guardians.identities import repository as identities
from core.guardians.ledger import Ledger
from core.guardians.likeness import Likeness, likeness
from core.guardians.links import repository as links
from core.guardians.machine import Event
from core.guardians.standings import Standings
from core.guardians.steps.domain import By
from core.students.service import Students
from core.values.clock import Clock
from core.values.ids import ChatAccountId, GuardianId, GuardianshipId
from core.vault.keyring import Keyring

LEAST_REASON = 5
MOST_LISTED = 500


class PlaceNeededError(CoreError):
    """Staff have to say for which pupil and in which place the person is approved."""

    code = "guardians.place_needed"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision did: whom to tell, and for which children (kết quả quyết định)."""

    case: Case
    approved: bool
    children: tuple[Child, ...] = ()
    joined: tuple[GuardianId, ...] = ()
    """The guardian for whom the account did not speak before: the other chats are told (`strangers`)."""


@dataclass(frozen=True, slots=True)
class Contested:
    """What an objection did: accounts let go at once, or only staff told (kết quả khiếu nại)."""

    others: int
    let_go: int
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a school (hồ sơ cần người xử lý)."""

    keyring: Keyring
    clock: Clock
    students: Students

    async def list_open(self, tx: Tx) -> tuple[Case, ...]:
        """Those that wait, oldest first."""
        keys = self.keyring.for_school(tx.school_id)
        return await case_rows.list_with(tx, keys, CaseStatus.OPEN, MOST_LISTED)

    async def find_by_code(self, tx: Tx, code: str) -> Case | None:
        """The waiting case that staff mean by six characters, when exactly one has them."""
        meant = [one for one in await self.list_open(tx) if one.code == code.upper()]
        return meant[0] if len(meant) == 1 else None

    async def places(self, tx: Tx, case: Case) -> tuple[Guardianship, ...]:
        """The guardianships on record that the case can mean: those of its pupil, the likeliest name first."""
        if case.student_id is None:
            return ()
        keys = self.keyring.for_school(tx.school_id)
        ties = await repository.list_guardianships(tx, keys, student_ids=(case.student_id,))
        name = case.identity.full_name
        return tuple(sorted(ties, key=lambda tie: -likeness(name, tie.guardian.full_name)))

    async def obvious_place(self, tx: Tx, case: Case) -> GuardianshipId | None:
        """The one place with this name, so that a button in a chat is enough; None when staff must choose."""
        if case.kind is not CaseKind.CLAIM:
            return None
        name = case.identity.full_name
        alike = [
            tie
            for tie in await self.places(tx, case)
            if likeness(name, tie.guardian.full_name) is not Likeness.DIFFERENT
        ]
        return alike[0].id if len(alike) == 1 else None

    async def approve(
        self, tx: Tx, case_id: UUID, place: GuardianshipId | None, actor: str, reason: str
    ) -> Decided:
        """Let the account of a case speak in a place, as a person verified at school.

        Raises:
            CaseNotFoundError, CaseDecidedError, ReasonNeededError: why not.
            PlaceNeededError: when no place is named, or it is not one of the case's own pupil.
        """
        case = await self._open(tx, case_id, reason)
        if place is not None and place not in {tie.id for tie in await self.places(tx, case)}:
            raise PlaceNeededError
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        wanted = place or case.guardianship_id
        ties = await repository.list_guardianships(tx, keys, ids=(wanted,)) if wanted else ()
        if not ties or case.account_id is None:
            raise PlaceNeededError
        tie, by = ties[0], By(actor, f"case:{case.id}", reason.strip())
        ledger = Ledger(self.keyring, self.clock)
        if tie.state is GuardianshipState.REVOKED:
            tie = await ledger.move(tx, tie, Event.INVITED_AGAIN, by)
        await ledger.move(tx, tie, Event.STAFF_APPROVED, by)
        fresh = await links.link_account(tx, case.account_id, tie.guardian.id, Level.VERIFIED, now)
        if case.kind in {CaseKind.TWO_CLAIMS, CaseKind.CONTEST}:
            await self._let_go_others(tx, tie.guardian.id, case.account_id)
        if case.identity.number is not None:
            await identities.save_identity(
                tx, keys, tie.guardian.id, case.identity.number, case.identity.born_on, now
            )
        await self._close(tx, case, CaseStatus.APPROVED, actor, reason)
        children = await self._children(tx, case.account_id, tie.guardian.id)
        return Decided(case, approved=True, children=children, joined=(tie.guardian.id,) if fresh else ())

    async def refuse(self, tx: Tx, case_id: UUID, actor: str, reason: str) -> Decided:
        """Turn a case down; a contested guardianship goes on with the account that was there.

        Raises:
            CaseNotFoundError, CaseDecidedError, ReasonNeededError: why not.
        """
        case = await self._open(tx, case_id, reason)
        if case.kind is CaseKind.CONTEST and case.guardianship_id is not None:
            keys = self.keyring.for_school(tx.school_id)
            ties = await repository.list_guardianships(tx, keys, ids=(case.guardianship_id,))
            disputed = [tie for tie in ties if tie.state is GuardianshipState.DISPUTED]
            by = By(actor, f"case:{case.id}", reason.strip())
            await Ledger(self.keyring, self.clock).move_all(tx, disputed, Event.STAFF_APPROVED, by)
        await self._close(tx, case, CaseStatus.REFUSED, actor, reason)
        return Decided(case, approved=False)

    async def contest(self, tx: Tx, account_id: ChatAccountId) -> Contested:
        """An account says that another account of the same guardian is not this guardian's.

        Whoever was proven better lets the weaker account go at once. Between equals the guardianships stand still
        until staff decide. A weaker account's word only opens a case, or anybody with a found code could lock the
        mother out.
        """
        keys = self.keyring.for_school(tx.school_id)
        mine = await repository.list_guardianships(tx, keys, account_id=account_id)
        levels = {tie.guardian.id: tie.account for tie in mine}
        accounts = await links.list_accounts(tx, list(levels))
        others = [one for one in accounts if one[0] != account_id]
        weaker = [one for one in others if one[2] < levels[one[1]]]
        for other, guardian_id, _ in weaker:
            await links.unlink_account(tx, other, guardian_id)
        # Only where no other account is proven better: a mother's own weaker chat must not drag the rest down.
        stronger = {guardian_id for _, guardian_id, level in others if level > levels[guardian_id]}
        equal = {one[1] for one in others if one[2] == levels[one[1]]} - stronger
        by = By(f"chat:{account_id}", "contest")
        disputed = [tie for tie in mine if tie.guardian.id in equal]
        await Ledger(self.keyring, self.clock).move_all(tx, disputed, Event.CONTESTED, by)
        case_id = await self._told_staff(tx, account_id, mine, [one[1] for one in others])
        return Contested(len(others), len(weaker), case_id)

    async def _told_staff(
        self, tx: Tx, account_id: ChatAccountId, mine: Sequence[Guardianship], guardians: Sequence[GuardianId]
    ) -> UUID | None:
        tie = next((tie for tie in mine if tie.guardian.id in guardians), None)
        if tie is None:
            return None
        known = await identities.list_numbers(tx, self.keyring.for_school(tx.school_id), (tie.guardian.id,))
        number, born_on = known.get(tie.guardian.id) or (None, None)
        new = NewCase(
            CaseKind.CONTEST,
            Means.TYPED,
            account_id,
            Identity(number, tie.guardian.full_name, born_on),
            None,
            tie.student_id,
            tie.id,
        )
        return await open_case(tx, self.keyring, self.clock, new)

    async def _open(self, tx: Tx, case_id: UUID, reason: str) -> Case:
        if len(reason.strip()) < LEAST_REASON:
            raise ReasonNeededError
        case = await case_rows.lock(tx, self.keyring.for_school(tx.school_id), case_id)
        if case is None:
            raise CaseNotFoundError
        if case.status is not CaseStatus.OPEN:
            raise CaseDecidedError
        return case

    async def _close(self, tx: Tx, case: Case, status: CaseStatus, actor: str, reason: str) -> None:
        keys = self.keyring.for_school(tx.school_id)
        await case_rows.decide(tx, keys, case.id, status, (actor, reason.strip()), self.clock.now())
        entry = AuditEntry(
            actor,
            f"guardians.case_{status}",
            f"guardian_case:{case.id}",
            {"kind": case.kind, "means": case.means},
            {"reason": reason.strip()},
        )
        await Audit(self.keyring, self.clock).record(tx, entry)

    async def _let_go_others(self, tx: Tx, guardian_id: GuardianId, keep: ChatAccountId) -> None:
        for account, _, _ in await links.list_accounts(tx, (guardian_id,)):
            if account != keep:
                await links.unlink_account(tx, account, guardian_id)

    async def _children(
        self, tx: Tx, account_id: ChatAccountId, guardian_id: GuardianId
    ) -> tuple[Child, ...]:
        ties = await repository.list_guardianships(
            tx, self.keyring.for_school(tx.school_id), account_id=account_id
        )
        standings = Standings(self.keyring, self.clock, self.students)
        mine = [tie for tie in ties if tie.guardian.id == guardian_id]
        return await standings.children(tx, mine, Level.CLAIMED)

"""Records and lifts restrictions, each with a reason, each in the audit trail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.guardians import repository as repository_of_ties
from core.guardians.domain import Guardianship
from core.guardians.identities import repository as identities
from core.guardians.restrictions import repository
from core.guardians.restrictions.domain import (
    BadRestrictionError,
    NewRestriction,
    Restriction,
    RestrictionNotFoundError,
)
from core.values.clock import Clock, school_date
from core.values.ids import GuardianId, GuardianshipId, StudentId, new_id
from core.vault.keyring import Keyring

LEAST_REASON = 5


@dataclass(frozen=True, slots=True)
class Restrictions:
    """The restricted people of a school (danh sách hạn chế)."""

    keyring: Keyring
    clock: Clock

    async def add(self, tx: Tx, new: NewRestriction, actor: str) -> UUID:
        """Put a restriction into force at once.

        Raises:
            BadRestrictionError: without a name or a reason.
        """
        if not new.person.full_name.strip() or len(new.reason.strip()) < LEAST_REASON:
            raise BadRestrictionError
        keys, id_ = self.keyring.for_school(tx.school_id), new_id()
        await repository.add(tx, keys, id_, new, actor, self.clock.now())
        await self._audit(tx, actor, "restricted", new.student_id, id_, new.reason)
        return id_

    async def lift(self, tx: Tx, restriction_id: UUID, actor: str, reason: str) -> None:
        """End a restriction.

        Raises:
            BadRestrictionError: without a reason.
            RestrictionNotFoundError: when no such one is in force.
        """
        if len(reason.strip()) < LEAST_REASON:
            raise BadRestrictionError
        student_id = await repository.lift(tx, restriction_id, actor, self.clock.now())
        if student_id is None:
            raise RestrictionNotFoundError
        await self._audit(tx, actor, "restriction_lifted", student_id, restriction_id, reason)

    async def list_all(self, tx: Tx) -> tuple[Restriction, ...]:
        """Every restriction in force."""
        keys = self.keyring.for_school(tx.school_id)
        return await repository.list_all(tx, keys, school_date(self.clock.now()))

    async def list_for(self, tx: Tx, student_ids: Collection[StudentId]) -> tuple[Restriction, ...]:
        """The restrictions in force for these pupils."""
        keys = self.keyring.for_school(tx.school_id)
        return await repository.list_barred(tx, keys, student_ids, school_date(self.clock.now()))

    async def barred(self, tx: Tx, ties: Collection[Guardianship]) -> frozenset[GuardianshipId]:
        """Those of these guardianships that a restriction takes the right to see from."""
        in_force = await self.list_for(tx, {tie.student_id for tie in ties})
        known: dict[GuardianId, CitizenId | None] = {}
        if any(one.person.number for one in in_force):
            keys, wanted = self.keyring.for_school(tx.school_id), {tie.guardian.id for tie in ties}
            found = await identities.list_numbers(tx, keys, wanted)
            known = {guardian_id: one[0] if one else None for guardian_id, one in found.items()}

        def is_barred(tie: Guardianship, by: Restriction) -> bool:
            number = known.get(tie.guardian.id)
            return by.bars(tie, number, lost=number is None and tie.guardian.id in known)

        return frozenset(tie.id for tie in ties if any(is_barred(tie, one) for one in in_force))

    async def of_card(self, tx: Tx, number: CitizenId) -> tuple[Restriction, ...]:
        """The restrictions in force of whoever holds the card with this number.

        By the number that staff entered, or because the number is a guardian's on record whose name is restricted for
        one of the own pupils.
        """
        keys, in_force = self.keyring.for_school(tx.school_id), await self.list_all(tx)
        if not in_force:
            return ()
        holders = await identities.list_holders(tx, keys, number)
        ties = await repository_of_ties.list_guardianships(tx, keys, guardian_ids=holders) if holders else ()
        return tuple(
            one for one in in_force if one.person.number == number or any(one.names(tie) for tie in ties)
        )

    async def _audit(
        self, tx: Tx, actor: str, action: str, student_id: StudentId, id_: UUID, reason: str
    ) -> None:
        details = {"restriction": str(id_)}
        entry = AuditEntry(actor, f"guardians.{action}", f"student:{student_id}", details, {"reason": reason})
        await Audit(self.keyring, self.clock).record(tx, entry)

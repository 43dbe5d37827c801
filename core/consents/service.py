"""Keeps what people said about consents, and says what may be done now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.consents import repository
from core.consents.domain import (
    CHILD_AGREES_FROM,
    TERMS,
    ChildMustAgreeError,
    Consent,
    NewConsent,
    Purpose,
    Standing,
    age_on,
    own_standing,
    standing,
)
from core.consents.tables import ConsentRow
from core.db.transaction import Tx
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import GuardianId, StudentId, new_id


@dataclass(frozen=True, slots=True)
class Consents:
    """The consents about a school's pupils (sự đồng ý)."""

    clock: Clock
    students: Students
    audit: Audit

    async def record(self, tx: Tx, new: NewConsent) -> None:
        """Keep what somebody said; whether that person may speak for the pupil is the caller's to know.

        Raises:
            StudentNotFoundError: when the school has no such pupil.
            ChildMustAgreeError: when the child's own agreement is missing.
        """
        student, terms = await self.students.get(tx, new.student_id), TERMS[new.purpose]
        age = age_on(student.born_on, school_date(self.clock.now()))
        old_enough = age >= CHILD_AGREES_FROM or not student.is_readable
        if new.given and terms.child_agrees and old_enough and not new.child_agreed:
            raise ChildMustAgreeError(age=CHILD_AGREES_FROM)
        values = {
            "id": new_id(),
            "student_id": new.student_id,
            "purpose": new.purpose.value,
            "version": terms.version,
            "given": new.given,
            "child_agreed": new.child_agreed,
            "guardian_id": new.guardian_id,
            "actor": new.actor,
            "at": self.clock.now(),
        }
        await repository.add(tx, values)
        action = "consents.given" if new.given else "consents.withdrawn"
        details: dict[str, str | int] = {"purpose": new.purpose.value, "version": terms.version}
        await self.audit.record(tx, AuditEntry(new.actor, action, f"student:{new.student_id}", details))

    async def history(self, tx: Tx, student_id: StudentId) -> tuple[Consent, ...]:
        """Everything said about a pupil, oldest first."""
        return tuple(_consent(row) for row in await repository.list_said(tx, (student_id,)))

    async def standings(
        self, tx: Tx, student_ids: Collection[StudentId]
    ) -> Mapping[StudentId, Mapping[Purpose, Standing]]:
        """How every purpose stands for these pupils, as of now."""
        said: dict[StudentId, list[Consent]] = {}
        for row in await repository.list_said(tx, student_ids):
            said.setdefault(StudentId(row.student_id), []).append(_consent(row))
        today = school_date(self.clock.now())
        pupils = await self.students.get_many(tx, student_ids)
        return {
            id_: {purpose: standing(said.get(id_, []), purpose, one.born_on, today) for purpose in Purpose}
            for id_, one in pupils.items()
        }

    async def own(
        self, tx: Tx, student_id: StudentId, purpose: Purpose, guardian_ids: Collection[GuardianId | None]
    ) -> Mapping[GuardianId | None, Standing]:
        """How a purpose that is each guardian's own (`Terms.personal`) stands for these; None is the grown pupil."""
        student, said = await self.students.get(tx, student_id), await self.history(tx, student_id)
        ages = (student.born_on, school_date(self.clock.now()))
        return {one: own_standing(said, purpose, one, ages) for one in guardian_ids}

    async def allowed(
        self, tx: Tx, student_ids: Collection[StudentId], purpose: Purpose
    ) -> frozenset[StudentId]:
        """Those of these pupils for whom the purpose is agreed to, in its present version, by nobody refused."""
        found = await self.standings(tx, student_ids)
        return frozenset(id_ for id_, of in found.items() if of[purpose] is Standing.GIVEN)


@dataclass(frozen=True, slots=True)
class AgreedFaces:
    """Whose face may be enrolled (`core.enrolments.ports.FaceConsents`)."""

    consents: Consents

    async def allowed(self, tx: Tx, student_ids: Collection[StudentId]) -> frozenset[StudentId]:
        """Those of these pupils whose faces may be kept and compared."""
        return await self.consents.allowed(tx, student_ids, Purpose.FACE_ENROLMENT)


def _consent(row: ConsentRow) -> Consent:
    return Consent(
        id=row.id,
        student_id=StudentId(row.student_id),
        purpose=Purpose(row.purpose),
        version=row.version,
        given=row.given,
        child_agreed=row.child_agreed,
        guardian_id=GuardianId(row.guardian_id) if row.guardian_id else None,
        actor=row.actor,
        at=row.at,
    )

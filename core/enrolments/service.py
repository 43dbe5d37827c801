"""Keeps enrolled faces while the family agrees and the pupil is at school, and not a day longer.

Consent is asked for at each step: when a face comes in, when templates go out, and by the hourly sweep. What is
withdrawn is deleted, not marked.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.contracts.citizen_id import CitizenId
from core.contracts.faces import EnrolmentOutcome, FaceEnrolment, FaceEnrolmentReceipt, FaceTemplates
from core.db.transaction import PlatformTx, Tx
from core.devices.domain import Device
from core.enrolments import repository
from core.enrolments.domain import EnrolledFace, NotEnrolledError, is_sure, superseded
from core.enrolments.ports import FaceConsents
from core.enrolments.tables import EnrolledFaceRow
from core.students.domain import Student
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import DeviceId, SchoolId, StudentId
from core.vault.keyring import Keyring

_LABEL = "enrolment.templates"


@dataclass(frozen=True, slots=True)
class Enrolments:
    """The enrolled faces of every school (ghi danh khuôn mặt)."""

    keyring: Keyring
    clock: Clock
    students: Students
    consents: FaceConsents
    audit: Audit

    async def enrol(self, tx: Tx, device: Device, said: FaceEnrolment) -> FaceEnrolmentReceipt:
        """Keep a pupil's templates, if the family agreed and the kiosk was sure; nothing is kept otherwise.

        Newer templates of the same model take the place of older ones; those of an older model stay beside
        them for `OLD_MODEL_STAYS`, while kiosks change, and are then swept away.
        """
        student = await self._student(tx, said)
        outcome = await self._judged(tx, said, student)
        if student is not None and outcome is EnrolmentOutcome.ENROLLED:
            known = await repository.find(tx, said.enrolment_id)
            if known is None:
                await self._keep(tx, device, said, student)
        return FaceEnrolmentReceipt(
            enrolment_id=said.enrolment_id,
            outcome=outcome,
            display_name=student.given_name if student and outcome is EnrolmentOutcome.ENROLLED else None,
            recorded_at=self.clock.now(),
        )

    async def of(self, tx: Tx, student_id: StudentId) -> tuple[EnrolledFace, ...]:
        """A pupil's enrolled faces, one for each model.

        Raises:
            NotEnrolledError: when there is none.
        """
        rows = await repository.list_all(tx, student_id)
        if not rows:
            raise NotEnrolledError
        keys = self.keyring.for_school(tx.school_id)
        return tuple(_face(row, keys.open(row.sealed_templates, _LABEL)) for row in rows)

    async def usable(self, tx: Tx) -> dict[StudentId, tuple[EnrolledFace, ...]]:
        """What may be compared with now: of pupils at school whose family agrees, and can be read."""
        rows = await repository.list_all(tx)
        kept = await self._may_stay(tx, {StudentId(row.student_id) for row in rows})
        keys, found = self.keyring.for_school(tx.school_id), dict[StudentId, tuple[EnrolledFace, ...]]()
        for row in rows:
            student_id = StudentId(row.student_id)
            if student_id in kept and (text := keys.read(row.sealed_templates, _LABEL)) is not None:
                found[student_id] = (*found.get(student_id, ()), _face(row, text))
        return found

    async def outdated(self, tx: Tx, model_id: str) -> tuple[StudentId, ...]:
        """Who is enrolled, but not under this model: to be enrolled again after a change of model."""
        rows = await repository.list_all(tx)
        current = {row.student_id for row in rows if row.model_id == model_id}
        return tuple(dict.fromkeys(StudentId(r.student_id) for r in rows if r.student_id not in current))

    async def revoke(self, tx: Tx, student_id: StudentId, actor: str) -> int:
        """Delete a pupil's templates, because the family or the school wants it; says how many there were."""
        removed = await repository.remove(tx, [student_id])
        if removed:
            await self._note(tx, actor, "enrolments.revoked", student_id)
        return removed

    async def sweep(self, tx: Tx) -> int:
        """Delete what may not stay: consent withdrawn, schooling ended, an older model's. Says of how many pupils.

        An older model's templates go without a word of their own: the pupil stays enrolled under the newer one.
        """
        rows = await repository.list_all(tx)
        await repository.remove_these(tx, superseded(rows, self.clock.now()))
        enrolled = {StudentId(row.student_id) for row in rows}
        gone = enrolled - await self._may_stay(tx, enrolled)
        if gone:
            await repository.remove(tx, gone)
        for student_id in sorted(gone):
            await self._note(tx, "system", "enrolments.ended", student_id)
        return len(gone)

    async def schools(self, tx: PlatformTx) -> tuple[SchoolId, ...]:
        """The schools in which `sweep` has something to look at."""
        return tuple(SchoolId(one) for one in await repository.schools(tx))

    async def _student(self, tx: Tx, said: FaceEnrolment) -> Student | None:
        found = await self.students.by_citizen_id(tx, CitizenId(said.citizen_id.get_secret_value()))
        return await self.students.find(tx, found) if found else None

    async def _judged(self, tx: Tx, said: FaceEnrolment, student: Student | None) -> EnrolmentOutcome:
        if student is None or self._left(student):
            return EnrolmentOutcome.NOT_A_PUPIL
        if not await self.consents.allowed(tx, [student.id]):
            return EnrolmentOutcome.NO_CONSENT
        return EnrolmentOutcome.ENROLLED if is_sure(said) else EnrolmentOutcome.NOT_SURE

    async def _keep(self, tx: Tx, device: Device, said: FaceEnrolment, student: Student) -> None:
        sealed = self.keyring.for_school(tx.school_id).seal(said.templates.model_dump_json(), _LABEL)
        values = {
            "id": said.enrolment_id,
            "student_id": student.id,
            "device_id": device.id,
            "model_id": said.templates.model_id,
            "sealed_templates": sealed,
            "enrolled_at": self.clock.now(),
        }
        await repository.put(tx, values)
        details: dict[str, str | int] = {
            "model": said.templates.model_id,
            "looks": len(said.templates.vectors),
        }
        subject = f"student:{student.id}"
        await self.audit.record(
            tx, AuditEntry(f"device:{device.id}", "enrolments.enrolled", subject, details)
        )

    async def _may_stay(self, tx: Tx, student_ids: set[StudentId]) -> frozenset[StudentId]:
        agreed = await self.consents.allowed(tx, student_ids)
        people = await self.students.get_many(tx, student_ids)
        return frozenset(one for one in agreed if one in people and not self._left(people[one]))

    def _left(self, student: Student) -> bool:
        return student.left_on is not None and student.left_on <= school_date(self.clock.now())

    async def _note(self, tx: Tx, actor: str, action: str, student_id: StudentId) -> None:
        await self.audit.record(tx, AuditEntry(actor, action, f"student:{student_id}"))


def _face(row: EnrolledFaceRow, text: str) -> EnrolledFace:
    return EnrolledFace(
        student_id=StudentId(row.student_id),
        device_id=DeviceId(row.device_id),
        templates=FaceTemplates.model_validate_json(text),
        enrolled_at=row.enrolled_at,
    )

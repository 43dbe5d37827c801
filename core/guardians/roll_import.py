"""Applies a parsed roll: pupils, then the guardians named with them. Running it twice changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.guardians.domain import NewGuardian, Relation
from core.guardians.register import Note
from core.guardians.service import Guardians
from core.students.domain import Change, Recorded
from core.students.roll.domain import Column, Reason, Remark, Roll, Severity
from core.students.service import Students

_FEW = 4
_RELATION = {
    Column.FATHER_NAME: (Relation.FATHER, Column.FATHER_PHONE),
    Column.MOTHER_NAME: (Relation.MOTHER, Column.MOTHER_PHONE),
    Column.GUARDIAN_NAME: (Relation.GUARDIAN, Column.GUARDIAN_PHONE),
}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did (kết quả nhập danh sách); remarks are in the order of the file."""

    added: int
    changed: int
    unchanged: int
    refused: int
    guardians_added: int
    guardians_changed: int
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class RollImport:
    """Brings a roll into the school, in the caller's transaction: all good lines or, on an error, none."""

    students: Students
    guardians: Guardians
    audit: Audit

    async def apply(self, tx: Tx, roll: Roll, actor: str) -> ImportReport:
        """Record every good line; `actor` is who asked for it, as the audit trail names people."""
        recorded = await self.students.record_all(tx, [line.student for line in roll.lines])
        named = [
            (line, guardian, one.student_id)
            for line, one in zip(roll.lines, recorded, strict=True)
            if one.change is not Change.ASKED
            for guardian in line.guardians
        ]
        guardians = await self.guardians.record_all(
            tx,
            [
                NewGuardian(student_id, _RELATION[g.column][0], g.full_name, g.phone, g.citizen_id)
                for _, g, student_id in named
            ],
        )
        remarks = [
            Remark(line.place, Severity.LEFT_OUT, *_remarked(placed.note, guardian.column))
            for (line, guardian, _), placed in zip(named, guardians.placed, strict=True)
            if placed.note
        ]
        remarks += _of_namesakes(roll, recorded)
        changes = Counter(one.change for one in recorded)
        report = ImportReport(
            changes[Change.ADDED],
            changes[Change.CHANGED],
            changes[Change.UNCHANGED],
            roll.refused + changes[Change.ASKED],
            guardians.added,
            guardians.changed,
            tuple(sorted((*roll.remarks, *remarks), key=lambda one: (one.place.sheet, one.place.line))),
        )
        await self._audit(tx, report, actor)
        return report

    async def _audit(self, tx: Tx, report: ImportReport, actor: str) -> None:
        written = report.added + report.changed + report.guardians_added + report.guardians_changed
        if written:
            counts = {
                "added": report.added,
                "changed": report.changed,
                "unchanged": report.unchanged,
                "refused": report.refused,
                "guardians_added": report.guardians_added,
                "guardians_changed": report.guardians_changed,
            }
            await self.audit.record(tx, AuditEntry(actor, "students.roll_imported", "roll", counts))


def _remarked(note: Note, column: Column) -> tuple[Reason, Column]:
    """What is said of a guardian who was not taken in as the line has it: why, and of which cell."""
    if note is Note.UNREADABLE:
        return Reason.ON_RECORD_UNREADABLE, column
    return Reason.PHONE_OF_ANOTHER, _RELATION[column][1]


def _of_namesakes(roll: Roll, recorded: Sequence[Recorded]) -> list[Remark]:
    """Who was not taken in because a namesake may be meant, and who alone of a class is said to have left it.

    A class that goes up a year goes together, and needs no word.
    """
    left = Counter(one.left_class for one in recorded)
    remarks = []
    for line, one in zip(roll.lines, recorded, strict=True):
        if one.change is Change.ASKED:
            remarks.append(Remark(line.place, Severity.REFUSED, Reason.NAMESAKES, Column.FULL_NAME))
        elif one.left_class is not None and left[one.left_class] <= _FEW:
            remarks.append(Remark(line.place, Severity.NOTICE, Reason.CLASS_CHANGED, Column.CLASS))
    return remarks

"""Loads the sample school: pupils, guardians, an exam today, fees in every state, an account to pay to.

Loading again changes nothing. It is for a demo: the link code of the demo guardian is public, so a production
start must never call it. Staff accounts are made by `core.staff`, from `people.STAFF`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID, uuid5

from core.contracts.citizen_card import CitizenCard
from core.db.transaction import Tx
from core.exams.domain import Candidate, ExamSession, SessionPlan
from core.exams.service import Exams
from core.fees.changes.domain import Change, ChangeKind, Correction, Reason
from core.fees.changes.service import Changes
from core.fees.domain import CollectingAccount, NewInvoice, Received
from core.fees.service import Fees
from core.guardians.codes import LinkCode
from core.guardians.domain import CodeStrength, NewGuardian
from core.guardians.service import Guardians
from core.sample.people import CLASSES, PUPILS_A_CLASS, SIBLINGS, SamplePupil, pupils
from core.schools.domain import School
from core.schools.service import Schools
from core.students.service import Students
from core.values.clock import SCHOOL_TIME, Clock, school_date
from core.values.ids import ExamSessionId, GuardianId, InvoiceId, SchoolId, StudentId
from core.values.money import Vnd, vnd

SCHOOL_ID = SchoolId(UUID("0193a000-0000-7000-8000-00000000c701"))
SCHOOL_NAME = "Trường Tiểu học và THCS Hoa Phượng"
DEMO_LINK_CODE = LinkCode("HPME2026")
"""Printed for the mother of the two demo pupils; handed over, so it opens fees too."""
# No bank has this BIN, so nobody can pay into the sample by mistake.
ACCOUNT = CollectingAccount("999999", "0000000001", "TRUONG HOA PHUONG (MAU)")

_MEALS, _WATER = vnd(660_000), vnd(45_000)
_FEWER_MEALS, _CORRECTED = vnd(480_000), 4
_CODE_LIFE = timedelta(days=365)
_LAST_START = time(23, 0)
_HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class LoadedSchool:
    """What a demo needs to know of the school it has just loaded."""

    school: School
    exam: ExamSession
    demo_children: tuple[StudentId, ...]
    link_code: LinkCode = field(repr=False)


@dataclass(frozen=True, slots=True)
class SampleSchool:
    """Loads the fictional school (trường mẫu)."""

    clock: Clock
    schools: Schools
    students: Students
    guardians: Guardians
    exams: Exams
    fees: Fees

    async def load(self, tx: Tx) -> LoadedSchool:
        """Fill the school of `tx`, normally `SCHOOL_ID`; in an already loaded one nothing changes."""
        school = await self.schools.add(tx, SCHOOL_NAME)
        people = pupils()
        recorded = await self.students.record_all(tx, [pupil.new for pupil in people])
        ids = [one.student_id for one in recorded]
        demo_guardian = await self._guardians(tx, people, ids)
        await self.guardians.ensure_link_code(
            tx, demo_guardian, DEMO_LINK_CODE, CodeStrength.HANDED_OVER, _CODE_LIFE
        )
        exam = await self._exam(tx, ids[-PUPILS_A_CLASS:])
        await self._fees(tx, ids)
        children = tuple(ids[index] for index in SIBLINGS)
        return LoadedSchool(school, exam, children, DEMO_LINK_CODE)

    async def _guardians(self, tx: Tx, people: Sequence[SamplePupil], ids: Sequence[StudentId]) -> GuardianId:
        """Record everybody's guardians; returns the demo pupils' mother, the second of the first pupil."""
        entries = [
            NewGuardian(student_id, parent.relation, parent.full_name, parent.phone)
            for student_id, pupil in zip(ids, people, strict=True)
            for parent in pupil.parents
        ]
        recorded = await self.guardians.record_all(tx, entries)
        return recorded.placed[1].guardian_id

    async def _exam(self, tx: Tx, candidates: Sequence[StudentId]) -> ExamSession:
        """Today's session, at the half hour after the first load of the day, so that its door is open."""
        now = self.clock.now().astimezone(SCHOOL_TIME)
        midnight = datetime.combine(school_date(now), time(0), SCHOOL_TIME)
        next_half_hour = midnight + ((now - midnight) // _HALF_HOUR + 1) * _HALF_HOUR
        latest = datetime.combine(midnight.date(), _LAST_START, SCHOOL_TIME)
        starts_at = min(next_half_hour, latest)
        plan = SessionPlan(
            f"Kiểm tra cuối học kỳ I: Toán {CLASSES[-1][0]}",
            "Phòng 12",
            starts_at,
            starts_at + timedelta(minutes=90),
        )
        session_id = ExamSessionId(uuid5(tx.school_id, f"exam {midnight.date()}"))
        await self.exams.add(tx, plan, session_id)
        listed = [Candidate(one, f"HP{number:03}") for number, one in enumerate(candidates, 1)]
        await self.exams.add_candidates(tx, session_id, listed)
        return await self.exams.get(tx, session_id)

    async def _fees(self, tx: Tx, ids: Sequence[StudentId]) -> None:
        """Meals for everybody: a third paid, a third in part, a third open; water, open, for all.

        One who had paid has fewer meals afterwards: corrected, with money that waits for the office.
        """
        await self.fees.set_account(tx, ACCOUNT)
        now = self.clock.now()
        due_on = school_date(now) + timedelta(days=10)

        def shares(name: str, title: str, amount: Vnd) -> dict[InvoiceId, NewInvoice]:
            return {
                InvoiceId(uuid5(tx.school_id, f"{name} {index}")): NewInvoice(pupil, title, amount, due_on)
                for index, pupil in enumerate(ids)
            }

        await self.fees.issue_all(tx, shares("water", "Nước uống", _WATER))
        every = await self.fees.issue_all(tx, shares("meals", "Tiền ăn bán trú", _MEALS))
        for index, meals in enumerate(every):
            paid = (vnd(300_000), _MEALS, None)[index % 3]
            if paid is not None:
                await self.fees.receive(tx, Received("sample", f"meals-{index}", paid, now, meals.reference))
        fewer = Change(
            uuid5(tx.school_id, "fewer meals"),
            ChangeKind.CORRECTED,
            Reason.WRONG_AMOUNT,
            "Đăng ký ăn 16 bữa",
            Correction(amount=_FEWER_MEALS),
        )
        await Changes(self.fees).make(tx, [every[_CORRECTED].id], fewer, "demo")


def cards() -> tuple[CitizenCard, ...]:
    """The emulated cards of all pupils."""
    return tuple(pupil.card() for pupil in pupils())

"""A roll goes into the school: pupils with their guardians, once."""

from __future__ import annotations

import asyncio
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.audit.service import Audit
from core.contracts.citizen_id import CitizenId
from core.db.transaction import Database, Tx
from core.guardians.domain import NewGuardian, Relation
from core.guardians.evidence import ProofOutcome
from core.guardians.register import Note, Register
from core.guardians.roll_import import ImportReport, RollImport
from core.guardians.service import Guardians
from core.students.roll.domain import Reason, Severity
from core.students.roll.parse import parse_roll
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.ids import SchoolId, StudentId, new_id
from core.values.phone import Phone
from core.vault.keyring import Keyring
from tests.core.guardians.family import MOTHERS_CARD, account, scan
from tests.core.students.rolls import AN, BINH, TODAY, as_csv, as_xlsx


@pytest.fixture
def roll_import(students: Students, guardians: Guardians, keyring: Keyring, clock: FixedClock) -> RollImport:
    return RollImport(students, guardians, Audit(keyring, clock))


async def _import(tx: Tx, roll_import: RollImport, data: bytes) -> ImportReport:
    return await roll_import.apply(tx, parse_roll(data, TODAY), "system")


async def _rows(tx: Tx) -> list[list[str]]:
    tables = ("classes", "students", "guardians", "guardianships", "audit_entries")
    return [
        list((await tx.session.execute(text(f"SELECT t::text FROM {table} t ORDER BY 1"))).scalars())
        for table in tables
    ]


async def test_the_good_lines_go_in_and_twice_changes_no_row(
    database: Database, school_id: SchoolId, roll_import: RollImport
) -> None:
    bad = (3, "3A", "Cường 3", "02/02/2017", "Nam", "", "", "", "", "")
    async with database.transaction(school_id) as tx:
        report = await _import(tx, roll_import, as_xlsx(AN, BINH, bad))
        assert (report.added, report.refused, report.unchanged) == (2, 1, 0)
        before = await _rows(tx)
    async with database.transaction(school_id) as tx:
        again = await _import(tx, roll_import, as_csv(bad, BINH, AN))
        assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
        assert (again.guardians_added, again.guardians_changed) == (0, 0)
        assert await _rows(tx) == before
        assert [len(rows) for rows in before] == [1, 2, 3, 3, 1]


async def test_a_parent_of_two_children_is_one_guardian_and_the_better_spelling_stays(
    database: Database, school_id: SchoolId, roll_import: RollImport, guardians: Guardians
) -> None:
    sister = (
        2,
        "5B",
        "Trần Thị Bích",
        "02/02/2015",
        "Nữ",
        "099315000003",
        "TRAN VAN BA",
        "990000101",
        "",
        "",
    )
    async with database.transaction(school_id) as tx:
        for data in (as_csv(sister, AN), as_csv(AN, sister)):
            await _import(tx, roll_import, data)
        ids = [
            await guardians.students.by_citizen_id(tx, CitizenId(number))
            for number in ("099317000001", "099315000003")
        ]
        fathers = set()
        for one in ids:
            assert one
            fathers |= {
                (tie.guardian.id, tie.guardian.full_name)
                for tie in await guardians.guardians_of(tx, one)
                if tie.relation is Relation.FATHER
            }
        assert len(fathers) == 1
        assert fathers.pop()[1] == "Trần Văn Ba"


async def test_one_phone_for_both_parents_keeps_both_and_says_so(
    database: Database, school_id: SchoolId, roll_import: RollImport, guardians: Guardians
) -> None:
    shared = (*AN[:-1], AN[7])
    async with database.transaction(school_id) as tx:
        report = await _import(tx, roll_import, as_csv(shared))
        assert [(r.severity, r.reason) for r in report.remarks] == [
            (Severity.LEFT_OUT, Reason.PHONE_OF_ANOTHER)
        ]
        again = await _import(tx, roll_import, as_csv(shared))
        assert (again.guardians_added, again.guardians_changed) == (0, 0)
        student_id = await guardians.students.by_citizen_id(tx, CitizenId("099317000001"))
        assert student_id
        ties = await guardians.guardians_of(tx, student_id)
        assert [(tie.relation, tie.guardian.phone is None) for tie in ties] == [
            (Relation.FATHER, False),
            (Relation.MOTHER, True),
        ]


async def test_a_phone_can_pass_from_one_guardian_to_another(
    database: Database, school_id: SchoolId, roll_import: RollImport
) -> None:
    new_phone = (*AN[:7], "0990000109", *AN[8:])
    took_it_over = (*BINH[:7], AN[7], "", "")
    async with database.transaction(school_id) as tx:
        await _import(tx, roll_import, as_csv(AN, BINH))
        report = await _import(tx, roll_import, as_csv(new_phone, took_it_over))
        assert (report.guardians_changed, report.remarks) == (2, ())


STUDENTS = tuple(StudentId(new_id()) for _ in range(3))
PHONES = tuple(Phone.parse(f"099000010{n}") for n in range(3))
entries = st.lists(
    st.builds(
        NewGuardian,
        st.sampled_from(STUDENTS),
        st.sampled_from(Relation),
        st.sampled_from(["Lê Hoa", "LE HOA", "Trần Ba", unicodedata.normalize("NFC", "Trần Bá")]),
        st.none() | st.sampled_from(PHONES),
    ),
    max_size=8,
)


def _place(register: Register, batch: list[NewGuardian]) -> list[Note | None]:
    return [register.place(one, one.phone.e164.encode() if one.phone else None).note for one in batch]


def _stored(register: Register) -> Register:
    """What the database would give back."""
    fresh = Register()
    for person in register.people.values():
        fresh.know(person)
    for (student_id, guardian_id), relation in register.ties.items():
        fresh.know_tie(student_id, guardian_id, relation)
    return fresh


@given(entries)
@settings(max_examples=300)
def test_placing_the_same_batch_again_writes_nothing(batch: list[NewGuardian]) -> None:
    first = Register()
    _place(first, batch)
    second = _stored(first)
    _place(second, batch)
    assert not second.added | second.changed
    assert not second.tied | second.retied


@given(entries)
def test_no_two_guardians_share_a_phone_and_every_entry_is_tied(batch: list[NewGuardian]) -> None:
    register = Register()
    placed = [register.place(one, one.phone.e164.encode() if one.phone else None) for one in batch]
    phones = [person.phone_index for person in register.people.values() if person.phone_index]
    assert len(phones) == len(set(phones))
    for one, where in zip(batch, placed, strict=True):
        assert (one.student_id, where.guardian_id) in register.ties


async def test_two_imports_at_once_add_everybody_once(
    database: Database, school_id: SchoolId, roll_import: RollImport
) -> None:
    bare = (3, "3A", "Phạm Thị Cúc", "02/02/2017", "Nữ", "", "Phạm Văn Năm", "", "", "")

    async def one() -> None:
        async with database.transaction(school_id) as tx:
            await _import(tx, roll_import, as_csv(AN, BINH, bare))

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(one())
    async with database.transaction(school_id) as tx:
        assert [len(rows) for rows in await _rows(tx)] == [1, 3, 4, 4, 1]


async def test_numbers_of_parents_on_a_roll_let_their_cards_be_matched_and_are_kept_once(
    database: Database,
    school_id: SchoolId,
    roll_import: RollImport,
    guardians: Guardians,
) -> None:
    text_ = (
        "STT,Lớp,Họ và tên,Ngày sinh,Giới tính,Họ tên mẹ,Số CCCD mẹ,Họ tên cha,CCCD cha\n"
        "1,3A,Trần Thị An,01/05/2017,Nữ,Lê Thị Hoa,99184000001,Trần Văn Nam,12345678\n"
    )
    async with database.transaction(school_id) as tx:
        report = await _import(tx, roll_import, text_.encode())
        assert [(one.reason, one.severity) for one in report.remarks] == [
            (Reason.NOT_A_CITIZEN_ID, Severity.LEFT_OUT),
            (Reason.LEADING_ZEROS_LOST, Severity.REPAIRED),
        ]
        await _import(tx, roll_import, text_.replace("99184000001", "99184000009").encode())
        mine = await account(tx, guardians.conversations)
        assert (await guardians.apply_evidence(tx, scan(mine, MOTHERS_CARD))).outcome is ProofOutcome.PROVEN


NAMESAKE = (3, "3A", "Phạm Thị Mai", "04/05/2017", "Nữ", "")


def _in_class(name: str, number: str = "", mother: str = "") -> tuple[object, ...]:
    return (NAMESAKE[0], name, *NAMESAKE[2:5], number, "", "", mother, "")


async def test_of_namesakes_who_change_class_nobody_is_moved_or_added_before_their_numbers_are_known(
    database: Database, school_id: SchoolId, roll_import: RollImport, guardians: Guardians
) -> None:
    async with database.transaction(school_id) as tx:
        await _import(tx, roll_import, as_csv(_in_class("3A")))
        before = await _rows(tx)
        for _ in range(2):
            both = as_csv(_in_class("4A", mother="Lê Thị Một"), _in_class("4B", mother="Lê Thị Hai"))
            report = await _import(tx, roll_import, both)
            asked = [(r.severity, r.reason) for r in report.remarks]
            assert asked == [(Severity.REFUSED, Reason.NAMESAKES)] * 2
            assert (report.added, report.changed, report.refused, report.guardians_added) == (0, 0, 2, 0)
        assert [len(rows) for rows in (await _rows(tx))[1:]] == [len(rows) for rows in before[1:]]
        await _import(tx, roll_import, as_csv(_in_class("3A", "099317000008")))
        told = as_csv(_in_class("4A", "099317000008"), _in_class("4B", "099317000009"))
        report = await _import(tx, roll_import, told)
        assert (report.added, report.changed, report.remarks) == (1, 1, ())


async def test_one_pupil_who_alone_leaves_a_class_is_pointed_out_and_a_class_that_goes_up_is_not(
    database: Database, school_id: SchoolId, roll_import: RollImport
) -> None:
    names = ("Bông", "Cúc", "Đào", "Huệ", "Lan")
    lines = [
        (n, "3A", f"Phạm Thị {name}", "04/05/2017", "Nữ", "", "", "", "", "") for n, name in enumerate(names)
    ]
    async with database.transaction(school_id) as tx:
        await _import(tx, roll_import, as_csv(*lines))
        report = await _import(tx, roll_import, as_csv((1, "3B", *lines[0][2:])))
        assert [(r.severity, r.reason) for r in report.remarks] == [(Severity.NOTICE, Reason.CLASS_CHANGED)]
        await _import(tx, roll_import, as_csv(*lines))
        report = await _import(
            tx, roll_import, as_csv(*((n, "4A", *line[2:]) for n, line in enumerate(lines)))
        )
        assert (report.changed, report.remarks) == (5, ())

"""Recording and finding pupils."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from core.contracts.citizen_id import CitizenId
from core.db.transaction import Database
from core.students.domain import Change, CitizenIdTakenError, NewStudent, StudentNotFoundError
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.ids import SchoolId, StudentId, new_id
from core.vault.keyring import Keyring

AN = NewStudent("3A", "Trần Thị An", date(2017, 5, 1), "female", CitizenId("099317000001"))
BINH = NewStudent("10B", "Lê Văn Bình", date(2010, 2, 3), "male", CitizenId("099210000002"))
NO_NUMBER = NewStudent("3A", "H'Hen Niê", date(2017, 9, 9), "female")


@pytest.fixture
def students(keyring: Keyring, clock: FixedClock) -> Students:
    return Students(keyring, clock)


async def test_a_pupil_is_found_by_citizen_number_and_only_in_the_own_school(
    database: Database, school_id: SchoolId, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        recorded = await students.record(tx, AN)
        assert AN.citizen_id
        assert await students.by_citizen_id(tx, AN.citizen_id) == recorded.student_id
        assert await students.by_citizen_id(tx, CitizenId("099317000009")) is None
        assert (await students.get(tx, recorded.student_id)).full_name == "Trần Thị An"
    async with database.transaction(SchoolId(new_id())) as tx:
        assert await students.by_citizen_id(tx, AN.citizen_id) is None
        with pytest.raises(StudentNotFoundError):
            await students.get(tx, recorded.student_id)


async def test_recording_twice_changes_nothing(
    database: Database, school_id: SchoolId, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        first = await students.record_all(tx, (AN, BINH, NO_NUMBER))
    async with database.transaction(school_id) as tx:
        again = await students.record_all(tx, (NO_NUMBER, AN, BINH))
        assert len(await students.list_students(tx)) == 3
    assert {r.student_id for r in first} == {r.student_id for r in again}
    assert {r.change for r in first} == {Change.ADDED}
    assert {r.change for r in again} == {Change.UNCHANGED}


async def test_a_corrected_name_a_new_class_and_a_late_number_reach_the_same_pupil(
    database: Database, school_id: SchoolId, students: Students
) -> None:
    number = CitizenId("099317000003")
    async with database.transaction(school_id) as tx:
        an, hen = await students.record_all(tx, (AN, NO_NUMBER))
        renamed, moved = await students.record_all(
            tx, (replace(AN, full_name="Trần Thị Ân"), replace(NO_NUMBER, class_name="3B", citizen_id=number))
        )
        assert (renamed.student_id, moved.student_id) == (an.student_id, hen.student_id)
        assert (renamed.change, moved.change) == (Change.CHANGED, Change.CHANGED)
        assert await students.by_citizen_id(tx, number) == hen.student_id
        later = await students.record(tx, replace(NO_NUMBER, class_name="3B"))
        assert later.change is Change.UNCHANGED
        assert (await students.citizen_ids(tx, [hen.student_id])) == {hen.student_id: number}


async def test_namesakes_born_the_same_day_in_two_classes_stay_two_pupils(
    database: Database, school_id: SchoolId, students: Students
) -> None:
    pair = (NO_NUMBER, replace(NO_NUMBER, class_name="3B"))
    async with database.transaction(school_id) as tx:
        first = await students.record_all(tx, pair)
        again = await students.record_all(tx, pair[::-1])
        assert [r.student_id for r in again] == [r.student_id for r in first][::-1]
        assert len(await students.list_students(tx)) == 2


async def test_one_number_for_two_pupils_in_one_batch_is_refused(
    database: Database, school_id: SchoolId, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        with pytest.raises(CitizenIdTakenError):
            await students.record_all(tx, (AN, replace(BINH, citizen_id=AN.citizen_id)))


async def test_classes_and_pupils_are_listed_as_schools_list_them(
    database: Database, school_id: SchoolId, students: Students
) -> None:
    others = tuple(
        replace(NO_NUMBER, full_name=name)
        for name in ("Lê Đức Anh", "Phạm Văn Dũng", "Bùi Thị Đào", "Lê Ánh")
    )
    async with database.transaction(school_id) as tx:
        many = [replace(BINH, class_name=name, citizen_id=None) for name in ("10A10", "10A2")]
        await students.record_all(tx, (BINH, AN, *others, *many))
        classes = await students.list_classes(tx)
        assert [(c.name, c.pupils) for c in classes] == [("3A", 5), ("10A2", 1), ("10A10", 1), ("10B", 1)]
        names = [s.given_name for s in await students.list_students(tx, classes[0].id)]
    assert names == ["An", "Anh", "Ánh", "Dũng", "Đào"]


async def test_no_name_and_no_number_lies_in_the_clear(
    database: Database, school_id: SchoolId, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        await students.record_all(tx, (AN, BINH))
        rows = (await tx.session.execute(text("SELECT students::text FROM students"))).scalars().all()
        seen = await students.list_students(tx)
    dump = "".join(rows)
    for secret in ("Trần", "An", "2017-05-01", "099317000001"):
        assert secret.encode().hex() not in dump
        assert secret not in dump
    assert "Trần" not in repr(seen) + repr(AN)
    assert "099317000001" not in repr(AN)


async def test_an_unknown_pupil_is_not_found(
    database: Database, school_id: SchoolId, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        assert await students.find(tx, StudentId(new_id())) is None

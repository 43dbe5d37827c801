"""Whom a line of a candidate list means, and the command that brings a list in."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path

import pytest

from core.__main__ import _parser
from core.app import Core
from core.contracts.citizen_id import CitizenId
from core.exam_commands import exam_list, import_exam, preview_exam
from core.exams.cells import Fault
from core.exams.domain import ListRefusedError
from core.exams.sheet import Defaults, parse_exam_sheet
from core.students.domain import NewStudent
from core.values.clock import school_date
from core.values.ids import SchoolId
from tests.core.checkins.conftest import core
from tests.core.exams.lists import sheet

__all__ = ["core"]
HEADER = ("SBD", "Họ và tên", "Lớp", "Phòng thi", "Ngày sinh", "Số định danh")
EXAM = Defaults("Cuối kỳ: Toán 9", date(2026, 12, 1), time(7, 30), time(9, 0))
OLDER, YOUNGER = "001211012301", "001212012302"


@pytest.fixture
async def school(core: Core, school_id: SchoolId) -> Core:
    """Two namesakes in one class, one with marks and one without them, one who has left."""
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "THCS Hoa Sen")
        for name, born_on, number in (
            ("Nguyễn Minh An", date(2011, 3, 2), OLDER),
            ("Nguyễn Minh An", date(2012, 5, 4), YOUNGER),
            ("Lê Thị Hạnh", date(2011, 7, 7), None),
            ("Trần Văn Đi", date(2011, 8, 8), None),
        ):
            card = CitizenId(number) if number else None
            gone = await core.students.record(tx, NewStudent("9A", name, born_on, "male", card))
        await core.students.leave(tx, gone.student_id, school_date(core.clock.now()))
    return core


LINES = [
    (("1", "Nguyễn Minh An", "9A", "P1", "", ""), Fault.SEVERAL_PUPILS),
    (("1", "NGUYỄN MINH AN", "9a", "P1", "2/3/2011", ""), OLDER),
    (("1", "Nguyễn Minh An", "9A", "P1", "2/3/2010", ""), Fault.ANOTHER_PUPIL),
    (("1", "Nguyễn Minh An", "9A", "P1", "", YOUNGER), YOUNGER),
    (("1", "", "", "P1", "", YOUNGER), YOUNGER),
    (("1", "", "", "P1", "", "001211099999"), Fault.NO_SUCH_PUPIL),
    (("1", "Lê Thị Hạnh", "9A", "P1", "", OLDER), Fault.ANOTHER_PUPIL),
    (("1", "Nguyễn Minh An", "9A", "P1", "", "001211099999"), Fault.ANOTHER_PUPIL),
    (("1", "Lê Thị Hạnh", "9A", "P1", "", "001311099999"), "Lê Thị Hạnh"),
    (("1", "Le Thi Hanh", "9A", "P1", "", ""), Fault.NO_SUCH_PUPIL),
    (("1", "Lê Thị Hạnh", "9B", "P1", "", ""), Fault.NO_SUCH_PUPIL),
    (("1", "Trần Văn Đi", "9A", "P1", "", ""), Fault.NO_SUCH_PUPIL),
]


async def test_a_line_means_the_one_pupil_whom_every_word_of_it_fits(
    school: Core, school_id: SchoolId
) -> None:
    for line, outcome in LINES:
        read = parse_exam_sheet(sheet(line, header=HEADER).encode(), EXAM)
        async with school.database.transaction(school_id) as tx:
            plan = await school.exam_lists.plan(tx, read)
            if isinstance(outcome, Fault):
                assert [(one.line, one.reason) for one in plan.remarks] == [(3, outcome)], line
                with pytest.raises(ListRefusedError):
                    await school.exam_lists.apply(tx, read, "staff:1")
                continue
            ((found,),) = [room.added for room in plan.rooms]
            pupil = await school.students.get(tx, found.student_id)
            number = (await school.students.citizen_ids(tx, [pupil.id])).get(pupil.id)
            assert outcome == (number.value if number else pupil.full_name), line
    async with school.database.transaction(school_id) as tx:
        assert await school.exams.list_sessions(tx, EXAM.on or date.min) == ()


async def test_the_command_shows_brings_in_and_says_why_not(
    school: Core, school_id: SchoolId, tmp_path: Path
) -> None:
    file = tmp_path / "thi.csv"
    good = ("1", "Lê Thị Hạnh", "9A", "P1", "", "")
    file.write_text(sheet(good, header=HEADER), "utf-8")
    assert (await preview_exam(school.settings, None, file, EXAM, complete=False))["changes"]
    first = await import_exam(school.settings, None, file, EXAM, complete=False)
    again = await import_exam(school.settings, None, file, EXAM, complete=False)
    assert (first["imported"], first["rooms"][0]["added"], first["rooms"][0]["new"]) == (True, 1, True)
    assert (again["imported"], again["changes"], again["rooms"][0]["unchanged"]) == (True, False, 1)
    file.write_text(sheet(good, ("2", "Ai Đó", "9A", "P2", "", ""), header=HEADER), "utf-8")
    refused = await import_exam(school.settings, str(school_id), file, EXAM, complete=True)
    assert not refused["imported"]
    assert refused["remarks"] == [{"line": 4, "column": "full_name", "reason": "no_such_pupil"}]
    assert "Ai Đó" not in json.dumps(refused, ensure_ascii=False)


def test_the_words_of_the_command_become_what_holds_for_every_line() -> None:
    typed = [
        "exam",
        "import",
        "a.csv",
        "--title",
        " Cuối kỳ:  Toán 9",
        "--on",
        "2026-12-01",
        "--starts",
        "7h30",
    ]
    chosen = _parser().parse_args([*typed, "--ends", "09:00", "--complete"])
    taken: list[object] = []

    async def work(*given: object, complete: bool) -> dict[str, bool]:
        taken.extend((*given[1:], complete))
        return {}

    exam_list(work, None, chosen)  # type: ignore[arg-type]
    assert taken == [None, Path("a.csv"), EXAM, True]

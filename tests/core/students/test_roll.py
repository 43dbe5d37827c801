"""Reading rolls: spellings, orders, what Excel does to numbers, and files that are broken on purpose."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.contracts.citizen_id import CitizenId
from core.students.roll import readers
from core.students.roll.domain import (
    Column,
    NoHeaderError,
    OldExcelError,
    Reason,
    RollEncodingError,
    RollFileError,
    RollTooLargeError,
    Severity,
    TwiceInHeaderError,
)
from core.students.roll.parse import parse_roll
from tests.core.students.rolls import AN, BINH, HEADER, TODAY, as_csv, as_xlsx


def _with(row: tuple[object, ...], **cells: object) -> tuple[object, ...]:
    changed = list(row)
    for name, value in cells.items():
        changed[["class_", "name", "born", "sex", "number", "father", "father_phone"].index(name) + 1] = value
    return tuple(changed)


@pytest.mark.parametrize(
    "data",
    [
        as_csv(AN, BINH),
        as_csv(AN, BINH, delimiter=";"),
        as_csv(AN, BINH, delimiter="\t", encoding="utf-16"),
        as_csv(AN, BINH, encoding="utf-8-sig"),
        unicodedata.normalize("NFD", as_csv(AN, BINH).decode()).encode(),
        as_csv(AN, BINH).replace(b"\r\n", b"\n"),
        as_xlsx(AN, BINH),
    ],
    ids=["comma", "semicolon", "tab and UTF-16", "BOM", "NFD", "UNIX", "XLSX"],
)
def test_every_form_of_the_same_roll_says_the_same(data: bytes) -> None:
    roll = parse_roll(data, TODAY)
    assert roll.remarks == ()
    an, binh = roll.lines
    assert (an.student.class_name, an.student.full_name) == ("3A", "Trần Thị An")
    assert (an.student.born_on, an.student.sex) == (date(2017, 5, 1), "female")
    assert an.student.citizen_id == CitizenId("099317000001")
    assert [(g.full_name, g.phone.e164 if g.phone else None) for g in an.guardians] == [
        ("Trần Văn Ba", "+84990000101"),
        ("Lê Thị Hoa", "+84990000102"),
    ]
    assert [g.column for g in binh.guardians] == [Column.FATHER_NAME]


@given(st.permutations(range(len(HEADER))))
@settings(max_examples=25)
def test_columns_may_stand_in_any_order(order: list[int]) -> None:
    data = as_csv([AN[i] for i in order], header=[HEADER[i] for i in order])
    assert parse_roll(data, TODAY).lines[0].student == parse_roll(as_csv(AN), TODAY).lines[0].student


@pytest.mark.parametrize(
    "header",
    [
        (
            "TT",
            "LỚP",
            "HỌ TÊN HỌC SINH",
            "Ngày tháng năm sinh",
            "GT",
            "Mã định danh cá nhân",
            "Cha",
            "ĐT cha",
        ),
        ("Số TT", "Tên lớp", "Ho va ten", "Ngày sinh (dd/mm/yyyy)", "Phái", "Số CCCD", "Họ tên bố", "Sđt bố"),
        (
            "stt",
            "Lớp *",
            "Họ và tên HS",
            "Sinh ngày",
            "Nam/Nữ",
            "Số ĐDCN/CCCD",
            "Họ và tên cha",
            "Số điện thoại cha",
        ),
    ],
)
def test_headers_are_known_in_several_spellings(header: tuple[str, ...]) -> None:
    line = parse_roll(as_csv(AN[:8], header=header), TODAY).lines[0]
    assert line.student.citizen_id == CitizenId("099317000001")
    assert line.guardians[0].phone


def test_a_cross_in_a_column_for_girls_is_understood() -> None:
    header = ("Lớp", "Họ và tên", "Ngày sinh", "Nữ")
    data = as_csv(("3A", "An", "1/5/2017", "x"), ("3A", "Bình", "2/5/2017", ""), header=header)
    assert [line.student.sex for line in parse_roll(data, TODAY).lines] == ["female", "male"]


def test_what_excel_did_to_numbers_and_dates_is_put_right_and_said() -> None:
    row = _with(AN, born=date(2017, 5, 1), number=99317000001, father_phone=990000101)
    roll = parse_roll(as_xlsx(row, _with(BINH, born=42779)), TODAY)
    an, binh = roll.lines
    assert an.student.citizen_id == CitizenId("099317000001")
    assert an.guardians[0].phone
    assert an.guardians[0].phone.e164 == "+84990000101"
    assert binh.student.born_on == date(2017, 2, 13)
    assert [(r.column, r.letter, r.place.line, r.severity, r.reason) for r in roll.remarks] == [
        (Column.CITIZEN_ID, "F", 4, Severity.REPAIRED, Reason.LEADING_ZEROS_LOST),
        (Column.FATHER_PHONE, "H", 4, Severity.REPAIRED, Reason.LEADING_ZEROS_LOST),
    ]


@pytest.mark.parametrize(
    ("wrong", "column", "reason"),
    [
        ({"class_": ""}, Column.CLASS, Reason.MISSING),
        ({"class_": "x" * 41}, Column.CLASS, Reason.TOO_LONG),
        ({"name": ""}, Column.FULL_NAME, Reason.MISSING),
        ({"name": "An 2"}, Column.FULL_NAME, Reason.NOT_A_NAME),
        ({"born": "31/02/2017"}, Column.BORN_ON, Reason.NOT_A_DATE),
        ({"born": "05/13/2017"}, Column.BORN_ON, Reason.NOT_A_DATE),
        ({"born": "01/05/2027"}, Column.BORN_ON, Reason.IMPLAUSIBLE_DATE),
        ({"born": "01/05/1017"}, Column.BORN_ON, Reason.IMPLAUSIBLE_DATE),
        ({"sex": "?"}, Column.SEX, Reason.NOT_A_SEX),
        ({"number": "9.9317E+10"}, Column.CITIZEN_ID, Reason.ROUNDED_NUMBER),
        ({"number": "012345678"}, Column.CITIZEN_ID, Reason.OLD_NUMBER),
        ({"number": "0993170000012"}, Column.CITIZEN_ID, Reason.NOT_A_CITIZEN_ID),
        ({"number": "99315000001"}, Column.CITIZEN_ID, Reason.NOT_A_CITIZEN_ID),
        ({"number": "không có"}, Column.CITIZEN_ID, Reason.NOT_A_CITIZEN_ID),
    ],
)
def test_a_bad_line_is_refused_by_column_and_the_good_one_goes_in(
    wrong: dict[str, object], column: Column, reason: Reason
) -> None:
    roll = parse_roll(as_csv(_with(AN, **wrong), BINH), TODAY)
    assert [line.student.full_name for line in roll.lines] == ["Lê Văn Bình"]
    assert [(r.place.line, r.column, r.severity, r.reason) for r in roll.remarks] == [
        (2, column, Severity.REFUSED, reason)
    ]
    assert roll.refused == 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"father_phone": "12345"}, Reason.NOT_A_PHONE),
        ({"father": "Ông 7"}, Reason.NOT_A_NAME),
        ({"father": ""}, Reason.PHONE_WITHOUT_NAME),
    ],
)
def test_what_is_wrong_with_a_parent_does_not_keep_the_child_out(
    wrong: dict[str, object], reason: Reason
) -> None:
    roll = parse_roll(as_csv(_with(AN, **wrong)), TODAY)
    assert len(roll.lines) == 1
    assert [(r.severity, r.reason) for r in roll.remarks] == [(Severity.LEFT_OUT, reason)]


def test_of_several_phones_the_first_is_taken_and_said() -> None:
    roll = parse_roll(as_csv(_with(AN, father_phone="0990 000 101 / 0990000199")), TODAY)
    assert roll.lines[0].guardians[0].phone
    assert roll.lines[0].guardians[0].phone.e164 == "+84990000101"
    assert [r.reason for r in roll.remarks] == [Reason.FIRST_OF_SEVERAL_PHONES]


def test_pupils_listed_twice_are_refused_the_second_time_and_namesakes_are_not() -> None:
    bare = _with(BINH, number="")
    namesake = _with(AN, number="099317000009")
    roll = parse_roll(as_csv(AN, _with(BINH, number=AN[5]), bare, bare, namesake, BINH), TODAY)
    assert [line.place.line for line in roll.lines] == [2, 4, 6]
    refused = [(r.place.line, r.reason) for r in roll.remarks if r.severity is Severity.REFUSED]
    assert refused == [(3, Reason.CITIZEN_ID_TWICE), (5, Reason.PUPIL_TWICE), (7, Reason.PUPIL_TWICE)]


def test_a_number_that_contradicts_the_date_is_taken_with_a_notice() -> None:
    roll = parse_roll(as_csv(_with(AN, number="099316000001")), TODAY)
    assert len(roll.lines) == 1
    assert [(r.severity, r.reason) for r in roll.remarks] == [
        (Severity.NOTICE, Reason.CONTRADICTS_CITIZEN_ID)
    ]


def test_signatures_below_the_list_are_no_pupils_and_capitals_are_calmed() -> None:
    roll = parse_roll(
        as_xlsx(_with(AN, name="TRẦN THỊ AN", class_="3 a"), [], ["", "", "Người lập biểu"]), TODAY
    )
    assert [(s.student.full_name, s.student.class_name) for s in roll.lines] == [("Trần Thị An", "3A")]
    assert [r.reason for r in roll.remarks] == [Reason.NOT_A_PUPIL]


def _zip(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


BOMB = _zip(("xl/workbook.xml", b"0" * (readers.MAX_UNPACKED + 1)))
DENSE = _zip(("xl/sharedStrings.xml", b"<si><t>a</t></si>" * 500_000))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NoHeaderError),
        (b"\xff\xfe\x00", RollEncodingError),
        ("Lớp,Họ".encode() + b"\xe1", RollEncodingError),
        (b"a,b\0", RollEncodingError),
        (b"Lop,Ho va ten\n3A,An", NoHeaderError),
        (as_csv(header=(*HEADER, "Lớp")), TwiceInHeaderError),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", OldExcelError),
        (as_xlsx(AN)[:-200], RollFileError),
        (b"PK\x03\x04nonsense", RollFileError),
        (_zip(("a.txt", b"a")), RollFileError),
        (BOMB, RollTooLargeError),
        (DENSE, RollTooLargeError),
        (_zip(*((f"{n}", b"") for n in range(501))), RollTooLargeError),
        (b"x" * (readers.MAX_BYTES + 1), RollTooLargeError),
        (as_csv(*[AN] * (readers.MAX_LINES + 1)), RollTooLargeError),
        (b'"' + b"x" * 200_000, RollFileError),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "file",
)
def test_a_broken_file_is_a_typed_error(data: bytes, error: type[RollFileError]) -> None:
    with pytest.raises(error) as caught:
        parse_roll(data, TODAY)
    assert caught.type is error


def test_a_bomb_is_small_on_the_outside() -> None:
    assert len(BOMB) < 100_000
    assert len(DENSE) < 100_000


def test_a_full_sheet_of_one_and_the_same_child_is_no_bomb() -> None:
    full = as_xlsx(*[AN] * 3000)
    with zipfile.ZipFile(io.BytesIO(full)) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    assert 3 * unpacked < readers.MAX_RATIO * len(full)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(NoHeaderError) as caught:
        parse_roll(as_csv(header=("Lớp", "Họ và tên", "Ghi chú")), TODAY)
    assert caught.value.params == {"missing": "born_on,sex"}


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_make_it_fail_in_any_other_way(data: bytes) -> None:
    with suppress(RollFileError):
        parse_roll(data, TODAY)


@given(
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30),
            st.integers(),
            st.floats(),
            st.dates(),
        ),
        min_size=10,
        max_size=10,
    )
)
@settings(max_examples=200)
def test_no_cells_make_it_fail_and_every_line_is_accounted_for(cells: list[object]) -> None:
    roll = parse_roll(as_csv(["x", "x", *cells[2:]], BINH), TODAY)
    assert len(roll.lines) + len({r.place for r in roll.remarks if r.severity is Severity.REFUSED}) >= 1
    assert "Bình" in roll.lines[-1].student.full_name


@given(st.integers(0, 10**6 - 1), st.dates(date(2005, 1, 1), date(2020, 12, 31)), st.sampled_from("23"))
def test_a_number_without_its_zeros_is_the_same_number(tail: int, born_on: date, sex: str) -> None:
    number = f"0{tail % 90 + 10:02}{sex}{born_on:%y}{tail:06}"
    row = _with(AN, born=f"{born_on:%d/%m/%Y}", number=number.lstrip("0"))
    assert parse_roll(as_csv(row), TODAY).lines[0].student.citizen_id == CitizenId(number)


def test_no_remark_and_no_repr_shows_a_person() -> None:
    shown = repr(parse_roll(as_csv(AN, _with(BINH, name="Bình 2")), TODAY))
    for secret in ("Trần", "Bình", "Hoa", "099317", "990000101", "2017"):
        assert secret not in shown

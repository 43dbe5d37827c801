"""The pupils, parents and staff of the sample school. Pure, the same every time, and nobody in it exists.

Citizen numbers begin with 099, a province code that was never given out; phones with 0990 000. The rest is
counted out of lists of common names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from core.contracts.citizen_card import CitizenCard
from core.contracts.citizen_id import CitizenId, Sex
from core.guardians.domain import Relation
from core.students.domain import NewStudent
from core.values.phone import Phone

CLASSES = (("3A", 2018), ("5B", 2016), ("9A", 2012))
PUPILS_A_CLASS = 30
SIBLINGS = (0, 60)
"""The demo guardian's children: one small, one who sits the exam."""

_words = str.split
_SURNAMES = _words("Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh")
_MALE_MIDDLE = _words("Văn Đức Minh Quang Gia Hữu Tuấn")
_FEMALE_MIDDLE = _words("Thị Ngọc Thu Khánh Bảo Phương Thanh")
_MALE = _words(
    "An Bình Cường Dũng Đạt Giang Hải Hiếu Huy Khoa Lâm Long Minh Nam Phúc Quân Sơn Tài Thịnh Tùng Vinh"
)
_FEMALE = _words(
    "Ánh Bích Chi Diệp Đào Giang Hà Hân Hoa Hương Lan Linh "
    "Mai My Nga Ngân Nhi Oanh Quỳnh Thảo Trang Uyên Vy Yến"
)
_ETHNIC: dict[int, str] = {17: "H'Hoa Niê", 46: "Y Thanh Êban"}


@dataclass(frozen=True, slots=True)
class SampleParent:
    """A parent or other guardian of a fictional pupil."""

    relation: Relation
    full_name: str = field(repr=False)
    phone: Phone | None


@dataclass(frozen=True, slots=True)
class SamplePupil:
    """A fictional pupil with the guardians on the roll."""

    new: NewStudent
    parents: tuple[SampleParent, ...]

    @property
    def citizen_id(self) -> CitizenId:
        """The pupil's number; every sample pupil has one."""
        assert self.new.citizen_id is not None
        return self.new.citizen_id

    def card(self) -> CitizenCard:
        """What this pupil's emulated card says (the form of 2024, which names the parents)."""
        of = {parent.relation: parent.full_name for parent in self.parents}
        return CitizenCard(
            number=self.citizen_id,
            full_name=self.new.full_name,
            born_on=self.new.born_on,
            sex=self.new.sex,
            residence="Số 1 Đường Hoa Phượng, Phường Hoa Phượng",
            issued_on=date(2025, 6, 2),
            father=of.get(Relation.FATHER, ""),
            mother=of.get(Relation.MOTHER, ""),
            layout_2024=True,
        )


@dataclass(frozen=True, slots=True)
class SampleStaff:
    """A fictional member of staff; `role` is a value of `core.staff.domain.Role`."""

    username: str
    full_name: str
    role: str
    class_name: str = ""


STAFF = (
    SampleStaff("hieutruong", "Đặng Thị Minh Nguyệt", "head"),
    SampleStaff("vanphong", "Võ Thị Thu Hằng", "accountant"),
    SampleStaff("giaovien3a", "Ngô Thị Bích Liên", "homeroom", "3A"),
    SampleStaff("giaovien5b", "Hồ Quang Vinh", "homeroom", "5B"),
    SampleStaff("giaovien9a", "Lý Thị Phương Thảo", "homeroom", "9A"),
    SampleStaff("baove", "Trịnh Văn Thắng", "gate"),
    SampleStaff("kythuat", "Mai Quốc Trung", "technician"),
)


def pupils() -> tuple[SamplePupil, ...]:
    """All ninety, class by class."""
    return tuple(_pupil(index) for index in range(len(CLASSES) * PUPILS_A_CLASS))


def _pupil(index: int) -> SamplePupil:
    class_name, year = CLASSES[index // PUPILS_A_CLASS]
    family = SIBLINGS[0] if index in SIBLINGS else index
    sex: Sex = "female" if index % 2 == 0 else "male"
    surname = _SURNAMES[family * 5 % len(_SURNAMES)]
    born_on = date(year, 1 + index * 5 % 12, 1 + index * 11 % 28)
    number = f"099{'3' if sex == 'female' else '2'}{year % 100:02}{(123_457 + index * 7919) % 1_000_000:06}"
    name = _ETHNIC.get(index) or f"{surname} {_names(index, sex)}"
    new = NewStudent(class_name, name, born_on, sex, CitizenId(number))
    return SamplePupil(new, _parents(family, surname))


def _names(index: int, sex: Sex) -> str:
    middle, given = (_FEMALE_MIDDLE, _FEMALE) if sex == "female" else (_MALE_MIDDLE, _MALE)
    half = index // 2
    return f"{middle[half % len(middle)]} {given[half % len(given)]}"


def _parents(family: int, surname: str) -> tuple[SampleParent, ...]:
    """Mostly father and mother; every tenth family a mother alone, and one pupil lives with a grandmother."""
    other = _SURNAMES[(family * 5 + 7) % len(_SURNAMES)]
    mother = SampleParent(
        Relation.MOTHER, f"{other} {_names(2 * family + 8, 'female')}", _phone(2 * family + 2)
    )
    father = SampleParent(
        Relation.FATHER, f"{surname} {_names(2 * family + 5, 'male')}", _phone(2 * family + 1)
    )
    if family == 13:
        grandmother = f"{other} {_names(2 * family + 30, 'female')}"
        return (SampleParent(Relation.GUARDIAN, grandmother, _phone(2 * family + 1)),)
    return (mother,) if family % 10 == 4 else (father, mother)


def _phone(number: int) -> Phone:
    return Phone.parse(f"0990000{number:03}")

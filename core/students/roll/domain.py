"""What a roll says, and what is wrong with it, line by line. No reason repeats what a cell held."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from core.contracts.citizen_id import CitizenId
from core.errors import CoreError
from core.students.domain import NewStudent
from core.values.phone import Phone


class RollFileError(CoreError):
    """The file as a whole cannot be read; nothing of it is used."""

    code = "roll.unreadable"
    http_status = 422


class RollTooLargeError(RollFileError):
    """More bytes, lines or unpacked data than any school has; `limit` says which bound."""

    code = "roll.too_large"
    http_status = 413


class OldExcelError(RollFileError):
    """An .xls of before 2007 or a password-protected file; save it as .xlsx without a password."""

    code = "roll.old_excel"


class RollEncodingError(RollFileError):
    """The text is neither UTF-8 nor UTF-16; save it as "CSV UTF-8"."""

    code = "roll.encoding"


class NoHeaderError(RollFileError):
    """No line has the columns class, full name, date of birth and sex; `missing` names what is not there."""

    code = "roll.no_header"


class TwiceInHeaderError(RollFileError):
    """Two columns mean the same thing; `column` says which."""

    code = "roll.column_twice"


class Column(StrEnum):
    """What a column of a roll is about (cột)."""

    NUMBER = "number"
    CLASS = "class"
    FULL_NAME = "full_name"
    BORN_ON = "born_on"
    SEX = "sex"
    FEMALE = "female"
    """A column "Nữ" with a cross for girls, instead of one with both words."""
    CITIZEN_ID = "citizen_id"
    FATHER_NAME = "father_name"
    FATHER_PHONE = "father_phone"
    MOTHER_NAME = "mother_name"
    MOTHER_PHONE = "mother_phone"
    GUARDIAN_NAME = "guardian_name"
    GUARDIAN_PHONE = "guardian_phone"
    FATHER_NUMBER = "father_number"
    MOTHER_NUMBER = "mother_number"
    GUARDIAN_NUMBER = "guardian_number"


class Severity(StrEnum):
    """What a remark means for its line."""

    REFUSED = "refused"
    """The pupil of this line was not taken in."""
    LEFT_OUT = "left_out"
    """The pupil was taken in, this cell was not."""
    REPAIRED = "repaired"
    """The cell was put right in the one way that fits; look whether it is true."""
    NOTICE = "notice"
    """Taken as it stands; look whether it is true."""


class Reason(StrEnum):
    """Why there is a remark; texts for people live in the console."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    NOT_A_NAME = "not_a_name"
    NOT_A_DATE = "not_a_date"
    IMPLAUSIBLE_DATE = "implausible_date"
    NOT_A_SEX = "not_a_sex"
    NOT_A_CITIZEN_ID = "not_a_citizen_id"
    OLD_NUMBER = "old_number"
    ROUNDED_NUMBER = "rounded_number"
    LEADING_ZEROS_LOST = "leading_zeros_lost"
    CONTRADICTS_CITIZEN_ID = "contradicts_citizen_id"
    NOT_A_PHONE = "not_a_phone"
    FIRST_OF_SEVERAL_PHONES = "first_of_several_phones"
    PHONE_WITHOUT_NAME = "phone_without_name"
    PHONE_OF_ANOTHER = "phone_of_another"
    ON_RECORD_UNREADABLE = "on_record_unreadable"
    CITIZEN_ID_TWICE = "citizen_id_twice"
    NAMESAKES = "namesakes"
    CLASS_CHANGED = "class_changed"
    PUPIL_TWICE = "pupil_twice"
    NOT_A_PUPIL = "not_a_pupil"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file: the sheet's name (empty for CSV) and the line, counted from 1 (vị trí)."""

    sheet: str
    line: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about a cell or a line (ghi chú); `letter` is the column as Excel names it."""

    place: Place
    severity: Severity
    reason: Reason
    column: Column | None = None
    letter: str = ""


@dataclass(frozen=True, slots=True)
class RollGuardian:
    """A guardian named on a line (người giám hộ trên danh sách)."""

    column: Column
    full_name: str = field(repr=False)
    phone: Phone | None = None
    citizen_id: CitizenId | None = None


@dataclass(frozen=True, slots=True)
class RollLine:
    """A good line: one pupil and the guardians named with it (dòng học sinh)."""

    place: Place
    student: NewStudent
    guardians: tuple[RollGuardian, ...] = ()


@dataclass(frozen=True, slots=True)
class Roll:
    """What a file says (danh sách học sinh)."""

    lines: tuple[RollLine, ...]
    remarks: tuple[Remark, ...]

    @property
    def refused(self) -> int:
        """How many lines were not taken in."""
        return len({one.place for one in self.remarks if one.severity is Severity.REFUSED})

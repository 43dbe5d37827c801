"""The words of the exams' rooms."""

from __future__ import annotations

from core.checkins.exam_board import Standing
from core.console import roll_texts
from core.errors import CoreError
from core.exams.cells import Fault
from core.exams.columns import Column
from core.students.roll.domain import Reason

STANDINGS: dict[Standing, str] = {
    Standing.INSIDE: "Đã vào",
    Standing.WAITING: "Chờ thầy cô",
    Standing.REFUSED: "Không cho qua",
    Standing.NOT_YET: "Chưa đến",
}
LOOKS: dict[Standing, str] = {
    Standing.INSIDE: "good",
    Standing.WAITING: "bad",
    Standing.REFUSED: "bad",
    Standing.NOT_YET: "",
}
COLUMNS: dict[Column, str] = {
    Column.EXAM: "Kỳ thi",
    Column.SUBJECT: "Môn thi",
    Column.DAY: "Ngày thi",
    Column.STARTS: "Giờ bắt đầu",
    Column.ENDS: "Giờ kết thúc",
    Column.ROOM: "Phòng thi",
    Column.NUMBER: "Số báo danh",
    Column.FULL_NAME: "Họ và tên",
    Column.CLASS: "Lớp",
    Column.BORN_ON: "Ngày sinh",
    Column.CITIZEN_ID: "Số định danh",
}
FAULTS: dict[str, str] = {
    "title": "Tên kỳ thi dài tối đa 120 ký tự.",
    "on": "Ngày thi chưa đúng; viết như 05/12/2026.",
    "times": "Giờ thi chưa đúng; viết như 07:30.",
    "list": "Thầy cô chọn tệp danh sách thí sinh.",
    "empty": "Tệp có dòng tiêu đề nhưng chưa có thí sinh nào.",
}
_CORRECTIONS: dict[str, str] = {
    "title": "Tên kỳ thi chưa dùng được.",
    "room": "Tên phòng cần có chữ, tối đa 40 ký tự.",
    "times": "Ngày giờ chưa đúng: ngày viết như 05/12/2026, giờ như 07:30, giờ kết thúc sau giờ bắt đầu.",
    "window": "Giờ kết thúc phải sau giờ bắt đầu ít nhất 15 phút.",
    "over": "Giờ kết thúc này đã qua.",
    "exams.sitting_taken": "Kỳ thi này đã có một ca bắt đầu lúc đó, hoặc ca này đã có một phòng tên như vậy.",
}
FILES: dict[str, str] = {"exams.no_header": "Không thấy dòng tiêu đề có đủ các cột."}
_REASONS: dict[Fault, str] = {
    Fault.NOT_A_TIME: "Không đọc được giờ; viết như 07:30",
    Fault.NOT_A_NUMBER: "Số báo danh chỉ gồm chữ không dấu, số, dấu chấm, gạch; tối đa 20 ký tự",
    Fault.LOST_LETTERS: "Tên bị mất chữ (dấu ?) khi lưu tệp; lưu lại dạng “CSV UTF-8” hoặc .xlsx",
    Fault.TIMES_IN_WRONG_ORDER: "Giờ kết thúc phải sau giờ bắt đầu ít nhất 15 phút",
    Fault.NUMBER_TWICE: "Số báo danh này đã có ở một dòng phía trên, trong cùng ca thi",
    Fault.NUMBER_TAKEN: "Số báo danh này đang là của một em khác trong ca thi",
    Fault.PUPIL_TWICE: "Em này đã có ở một dòng phía trên, trong cùng ca thi",
    Fault.OVERLAPS: "Em này có ca thi khác trùng giờ; nếu chỉ đổi giờ thì sửa ở trang của phòng thi đó",
    Fault.OVER: "Ca thi này đã qua",
    Fault.NO_SUCH_PUPIL: "Không có học sinh này trong danh sách của trường",
    Fault.SEVERAL_PUPILS: "Lớp có hai em cùng tên; thêm cột Ngày sinh hoặc Số định danh",
    Fault.ANOTHER_PUPIL: "Không khớp với học sinh trong danh sách của trường",
}


def reason_words(reason: Reason | Fault) -> str:
    """Why a line cannot be taken.

    >>> reason_words(Fault.OVER)
    'Ca thi này đã qua'
    """
    return _REASONS[reason] if isinstance(reason, Fault) else roll_texts.REASONS[reason]


def correction_refused(error: CoreError) -> str:
    """Why a sitting was not corrected, and what to do.

    >>> from core.exams.domain import BadSessionError
    >>> correction_refused(BadSessionError(field="over"))
    'Giờ kết thúc này đã qua.'
    """
    if error.code == "exams.pupils_here":
        return (
            f"{error.params['pupils']} em đã vào phòng hoặc đang chờ ở cửa. Vẫn sửa thì đánh dấu ô xác nhận."
        )
    if error.code == "exams.candidates_busy":
        return f"{error.params['candidates']} em có ca thi khác trùng với giờ này."
    return _CORRECTIONS[str(error.params.get("field", error.code))]


def no_header(missing: str) -> str:
    """What to read when no line is a header; `missing` are the codes of the columns that were not found.

    >>> no_header("room,number")
    'Không thấy dòng tiêu đề có đủ các cột. Còn thiếu: Phòng thi, Số báo danh.'
    """
    words = ", ".join(COLUMNS[Column(code)] for code in missing.split(",") if code)
    return f"{FILES['exams.no_header']} Còn thiếu: {words}."

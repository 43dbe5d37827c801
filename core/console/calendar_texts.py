"""The Vietnamese words of the school's calendar."""

from __future__ import annotations

from datetime import date

from core.schools.calendar.domain import SpanKind

KINDS: dict[SpanKind, str] = {SpanKind.OFF: "Nghỉ học", SpanKind.LESSONS: "Có học (học bù)"}
REFUSALS: dict[str, str] = {
    "name": "Thầy cô ghi tên ngắn gọn, ví dụ “Nghỉ Tết”, dài nhất 80 ký tự.",
    "day": "Ngày chưa đúng. Thầy cô viết ngày/tháng/năm, ví dụ 31/12/2026.",
    "last_on": "Ngày cuối đang ở trước ngày đầu. Thầy cô xem lại hai ngày này.",
    "length": "Đợt này dài hơn 120 ngày. Thầy cô xem lại năm của hai ngày.",
    "year": "Ngày này đã qua quá lâu hoặc còn quá xa. Thầy cô xem lại năm.",
    "overlap": "Đã có “{name}” vào những ngày này. Thầy cô sửa mục đó, hoặc chọn ngày khác.",
    "absent_after": "Giờ này chưa dùng được: cần sau giờ vào học, ví dụ 7:45. Để trống thì không báo.",
}
_WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ Nhật")


def weekday(on: date) -> str:
    """The name of a day of the week.

    >>> weekday(date(2026, 11, 22))
    'Chủ Nhật'
    """
    return _WEEKDAYS[on.weekday()]

"""The Vietnamese words of the monthly report: every figure with its name, once for the page and for the table."""

from __future__ import annotations

from dataclasses import dataclass

from core.checkins.monthly.service import GateFigures
from core.conversations.monthly.service import TalkFigures
from core.fees.monthly.service import FeeFigures
from core.reports.domain import Arrivals, Line, Month, Report
from core.values.money import Vnd, format_vnd

BAD_MONTH = "Tháng chưa đúng, nên trang mở tháng gần nhất. Địa chỉ ghi tháng như 2026-11."
AHEAD = "Tháng đó chưa đến, nên chưa có số liệu. Trang mở tháng gần nhất."
SMALL = "Các lớp nhỏ"
CLASS_HEAD = ("Lớp", "Sĩ số", "Đúng giờ", "Đi muộn", "Thầy cô xác nhận", "Lẽ ra có", "Có mặt (%)")
GONE: dict[str, str] = {
    "check_ins": "lượt điểm danh (giữ 2 năm)",
    "leave_notes": "lời xin nghỉ (giữ 1 năm)",
    "chat_turns": "tin nhắn của phụ huynh (giữ 1 năm)",
    "chat_handovers": "lần chuyển cho thầy cô (giữ 1 năm sau khi xong)",
    "asked_questions": "câu hỏi chưa trả lời được (giữ 180 ngày)",
    "answered": "câu hỏi đã trả lời (giữ 40 ngày)",
}
"""What retention has removed of a month, as people call it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its name (chỉ tiêu)."""

    name: str
    value: int | None
    is_money: bool = False

    @property
    def shown(self) -> str:
        """As people read it; what was not measured is a dash."""
        if self.value is None:
            return "–"
        if self.is_money:
            return format_vnd(Vnd(self.value)).replace(" ", "\N{NO-BREAK SPACE}")
        return f"{self.value:,}".replace(",", ".")


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together (phần)."""

    title: str
    figures: tuple[Figure, ...]
    note: str = ""


def month(one: Month) -> str:
    """The name of a month as people say it.

    >>> month(Month.parse("2026-11"))
    'tháng 11/2026'
    """
    return f"tháng {one.first:%m/%Y}"


def sections(report: Report) -> tuple[Section, ...]:
    """Everything but the arrivals, in the order of the page."""
    asked, proven, told = report.asked, report.proven, report.announced
    return (
        _gates(report.gates),
        Section(
            "Phụ huynh",
            (
                Figure("Quan hệ phụ huynh – học sinh mới xác minh trong kỳ", proven.came),
                Figure("Học sinh có phụ huynh từ mức 2, đến cuối kỳ", proven.matched),
                Figure("Trong đó mức 3", proven.verified),
            ),
        ),
        Section(
            "Hỏi đáp với trợ lý",
            (
                Figure("Tin nhắn của phụ huynh", report.talks.messages),
                Figure("Câu hỏi trợ lý đã trả lời", asked.answered),
                Figure("Câu hỏi trợ lý chưa trả lời được", asked.unanswered),
                Figure("Được khen đúng ý", asked.liked),
                Figure("Bị chê chưa đúng", asked.disliked),
            ),
            "Câu hỏi trong trò chuyện; lời chào, câu bị từ chối và câu về riêng một em không được giữ nên không đếm.",
        ),
        _talks(report.talks),
        _fees(report.fees),
        Section(
            "Thông báo",
            (
                Figure("Thông báo đã gửi", told.announcements),
                Figure("Lượt phụ huynh cần báo", told.people),
                Figure("Lượt không có kênh chat để báo", told.unreached),
                Figure("Tin đã đến nơi", told.sent),
                *((Figure("Thông báo còn đang gửi, chưa đếm tin", told.open),) if told.open else ()),
            ),
        ),
    )


def class_lines(arrivals: Arrivals) -> tuple[tuple[str, Line], ...]:
    """The lines of the arrivals with their names; the whole school last."""
    small = ((SMALL, arrivals.small),) if arrivals.small else ()
    return (
        *((one.name, one) for one in arrivals.classes),
        *small,
        ("Toàn trường", arrivals.school),
    )


def cells(line: Line) -> tuple[int | str, ...]:
    """The figures of a line, in the order of `CLASS_HEAD`; a share of nothing is a dash."""
    share = int(line.share * 100) if line.awaited else "–"
    return line.pupils, line.on_time, line.late, line.by_staff, line.awaited, share


def _gates(gates: GateFigures) -> Section:
    return Section(
        "Cổng và ki-ốt",
        (
            Figure("Lượt quét ở ki-ốt", gates.tries),
            Figure("Lượt cần thầy cô xem", gates.needed_staff),
            Figure("Trong đó còn chờ đến nay", gates.waiting),
            Figure("Lời xin nghỉ qua trò chuyện", gates.leave_notes),
        ),
        "Lượt quét gồm cả vào thi, khách và quét lại.",
    )


def _talks(talks: TalkFigures) -> Section:
    return Section(
        "Bàn trực",
        (
            Figure("Lần chuyển cho thầy cô", talks.opened),
            Figure("Trong đó chưa ai trả lời đến cuối kỳ", talks.unanswered),
            Figure("Số phút đến câu trả lời đầu tiên (trung vị)", talks.median_minutes),
            Figure("Lần đã xong", talks.closed),
        ),
        "Số phút tính cả đêm và ngày nghỉ.",
    )


def _fees(fees: FeeFigures) -> Section:
    return Section(
        "Khoản thu",
        (
            Figure("Phần thu đã giao", fees.issued),
            Figure("Số tiền đã giao", fees.issued_amount, is_money=True),
            Figure("Phần thu được sửa", fees.corrected),
            Figure("Phần thu bị thu hồi", fees.withdrawn),
            *((Figure("Phần thu được thu lại", fees.reinstated),) if fees.reinstated else ()),
            Figure("Lần nhận tiền", fees.payments),
            Figure("Số tiền đã nhận", fees.received, is_money=True),
            Figure("Số tiền đã trả lại", fees.returned, is_money=True),
            Figure("Phần thu còn nợ, cuối kỳ", fees.owing),
            Figure("Số tiền còn nợ, cuối kỳ", fees.owed, is_money=True),
            Figure("Tiền chờ xử lý, cuối kỳ", fees.waiting, is_money=True),
        ),
        "Một phần thu là một khoản của một em.",
    )

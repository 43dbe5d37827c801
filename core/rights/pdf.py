"""The data of a pupil as a PDF that a person can read. Fonts come from Debian and are embedded as subsets.

It knows the shape that `export` makes, and no service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import UnavailableError

if TYPE_CHECKING:
    from fpdf import FPDF

FOLDERS = (Path("/usr/share/fonts/truetype/noto"), Path("/usr/share/fonts/truetype/dejavu"))
FONTS = (("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"), ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))

_WORDS = {
    "full_name": "Họ và tên",
    "class": "Lớp",
    "born_on": "Ngày sinh",
    "sex": "Giới tính",
    "citizen_number": "Số định danh",
    "relation": "Quan hệ",
    "state": "Tình trạng xác minh",
    "phone": "Điện thoại",
    "purpose": "Mục đích",
    "version": "Phiên bản",
    "given": "Đồng ý",
    "at": "Lúc",
    "mode": "Loại",
    "decision": "Kết quả",
    "punctuality": "Giờ giấc",
    "identified_by": "Nhận ra bằng",
    "title": "Khoản thu",
    "amount": "Số tiền (đồng)",
    "paid": "Đã nộp (đồng)",
    "due_on": "Hạn nộp",
    "withdrawn_at": "Thu hồi lúc",
    "change": "Điều chỉnh",
    "amount_before": "Số tiền trước đó (đồng)",
    "reason": "Lý do",
    "enrolled_at": "Ghi danh lúc",
    "said_on": "Xin ngày",
    "first_on": "Nghỉ từ ngày",
    "last_on": "Nghỉ đến hết",
    "number": "Mã yêu cầu",
    "kind": "Yêu cầu",
    "status": "Tình trạng",
    "opened_at": "Gửi lúc",
    "answer": "Trả lời",
    "role": "Ai",
    "text": "Nội dung",
}
_PARTS = (
    ("guardians", "Người giám hộ"),
    ("consents", "Ý kiến đồng ý"),
    ("check_ins", "Điểm danh"),
    ("leave_notes", "Lời xin nghỉ"),
    ("fees", "Khoản thu"),
    ("fee_changes", "Khoản thu đã điều chỉnh"),
    ("face", "Khuôn mặt đã ghi danh"),
    ("requests", "Yêu cầu về dữ liệu"),
    ("conversation", "Trò chuyện với nhà trường"),
)
_VALUES = {
    "male": "nam",
    "female": "nữ",
    "father": "cha",
    "mother": "mẹ",
    "guardian": "người giám hộ",
    "grandparent": "ông bà",
    "court_appointed": "người giám hộ được cử",
    "boarding": "phụ trách nội trú",
    "self": "chính học sinh",
    "visitor": "khách",
    "attendance_messages": "Tin điểm danh",
    "face_enrolment": "Ghi danh khuôn mặt",
    "photos": "Ảnh hoạt động",
    "attendance": "điểm danh",
    "exam": "vào thi",
    "accepted": "đã vào",
    "needs_staff": "chờ thầy cô",
    "refused": "không nhận",
    "on_time": "đúng giờ",
    "late": "muộn",
    "early": "sớm",
    "not_applicable": "–",
    "chip": "chip của thẻ",
    "qr": "mã QR",
    "face": "khuôn mặt",
    "view": "xem dữ liệu",
    "correct": "sửa",
    "delete": "xóa",
    "withdraw": "rút lại đồng ý",
    "corrected": "sửa",
    "withdrawn": "thu hồi",
    "reinstated": "thu lại",
    "wrong_amount": "nhầm số tiền",
    "wrong_due": "nhầm hạn nộp, hoặc gia hạn",
    "wrong_title": "nhầm tên khoản thu",
    "not_theirs": "phát hành nhầm lớp, nhầm học sinh",
    "relief": "miễn, giảm theo chế độ",
    "left_school": "chuyển trường, thôi học",
    "other_reason": "lý do khác",
    "open": "đang xử lý",
    "done": "đã xong",
    "invited": "chưa xác minh",
    "claimed": "đã nhập mã",
    "data_matched": "đã khớp dữ liệu",
    "verified_at_school": "đã xác minh tại trường",
    "verified_online": "đã xác minh qua mạng",
    "expired": "hết hạn",
    "disputed": "đang xem lại",
    "revoked": "đã thôi",
    "user": "Phụ huynh",
    "bot": "Nhà trường",
}


class NoFontError(UnavailableError):
    """No font with Vietnamese letters is installed on this machine (Debian: fonts-noto-core)."""

    code = "rights.no_font"


def as_pdf(data: Mapping[str, Any]) -> bytes:
    """The document.

    Raises:
        NoFontError: when no font that can be embedded is installed.
    """
    from fpdf import FPDF

    regular, bold = _fonts()
    pdf = FPDF(format="A4")
    pdf.set_margin(18)
    pdf.set_auto_page_break(auto=True, margin=18)
    pdf.add_font("page", "", regular)
    pdf.add_font("page", "B", bold)
    pdf.set_title("Dữ liệu nhà trường đang giữ")
    pdf.set_lang("vi")
    pdf.add_page()
    _line(pdf, "Dữ liệu nhà trường đang giữ", 16, "B")
    _line(pdf, f"{data['school']} · lập lúc {data['made_at']}", 9)
    _line(pdf, "Học sinh", 12, "B")
    for name, value in data["pupil"].items():
        _line(pdf, f"{_WORDS[name]}: {_shown(value)}", 10)
    for part, title in _PARTS:
        _part(pdf, title, data[part])
    return bytes(pdf.output())


def _part(pdf: FPDF, title: str, rows: Iterable[Mapping[str, Any]]) -> None:
    pdf.ln(3)
    _line(pdf, title, 12, "B")
    empty = True
    for row in rows:
        empty = False
        said = " · ".join(f"{_WORDS[name]}: {_shown(value)}" for name, value in row.items() if value != "")
        _line(pdf, f"– {said}", 9.5)
    if empty:
        _line(pdf, "Không có.", 9.5)


def _line(pdf: FPDF, text: str, size: float, style: str = "") -> None:
    pdf.set_font("page", style, size)
    pdf.multi_cell(0, size * 0.55, text, new_x="LMARGIN", new_y="NEXT")


def _shown(value: Any) -> str:
    if value is None:
        return "chưa có"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    return _VALUES.get(value, str(value))


def _fonts() -> tuple[Path, Path]:
    for regular, bold in FONTS:
        for folder in FOLDERS:
            if (folder / regular).exists() and (folder / bold).exists():
                return folder / regular, folder / bold
    raise NoFontError

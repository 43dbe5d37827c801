"""The Vietnamese words of the rooms for answers: forms, faults, statuses, behaviours."""

from __future__ import annotations

from dataclasses import dataclass

from core.answers.passages.domain import Kind, PassageStatus


@dataclass(frozen=True, slots=True)
class FormWords:
    """A structured form as staff see it: its name, what it is for, its columns with an example each."""

    title: str
    about: str
    columns: tuple[tuple[str, str], ...]


FORMS: dict[Kind, FormWords] = {
    Kind.HOURS: FormWords(
        "Giờ làm việc",
        "Mỗi nơi một dòng: văn phòng, thư viện, phòng y tế…",
        (
            ("Nơi", "Văn phòng"),
            ("Những ngày", "thứ Hai đến thứ Sáu"),
            ("Mở cửa", "7:00"),
            ("Đóng cửa", "16:30"),
            ("Ghi chú", "nghỉ thứ Tư"),
        ),
    ),
    Kind.CONTACTS: FormWords(
        "Liên hệ",
        "Dòng đầu là nơi phụ huynh nên gọi trước. Chỉ ghi số điện thoại của nhà trường.",
        (
            ("Bộ phận", "Văn phòng"),
            ("Người phụ trách", ""),
            ("Điện thoại", "024 0000 0000"),
            ("Thư điện tử", ""),
            ("Ghi chú", "giờ hành chính"),
        ),
    ),
    Kind.FEES: FormWords(
        "Các khoản thu",
        "Mức thu chung của trường. Khoản riêng của từng học sinh nằm ở phần Khoản thu, không ghi ở đây.",
        (
            ("Khoản", "Tiền ăn bán trú"),
            ("Số tiền (đồng)", "32000"),
            ("Tính theo", "bữa"),
            ("Cho ai", "học sinh bán trú"),
            ("Ghi chú", ""),
        ),
    ),
}
KINDS: dict[Kind, str] = {Kind.FREE: "Câu trả lời"} | {kind: form.title for kind, form in FORMS.items()}
STATUSES: dict[PassageStatus, tuple[str, str]] = {
    PassageStatus.DRAFT: ("Bản nháp", "warn"),
    PassageStatus.PUBLISHED: ("Đang dùng", "good"),
    PassageStatus.WITHDRAWN: ("Đã rút", ""),
}
BEHAVIOURS: dict[str, tuple[str, str]] = {
    "answer": ("Trợ lý trả lời", "good"),
    "abstain": ("Trợ lý nói là chưa biết", "warn"),
    "personal_data": ("Trợ lý mời xác minh phụ huynh", ""),
    "handover": ("Trợ lý chuyển cho thầy cô", ""),
    "unsafe": ("Trợ lý từ chối", "bad"),
    "greeting": ("Trợ lý chào", ""),
}
FAULTS: dict[str, str] = {
    "title": "Tiêu đề cần từ 1 đến 160 ký tự.",
    "answer": "Câu trả lời cần từ 1 đến 2.000 ký tự.",
    "questions": "Cần ít nhất một câu hỏi, nhiều nhất 20 câu, mỗi dòng một câu dưới 300 ký tự.",
    "question": "Câu hỏi thử cần từ 1 đến 300 ký tự.",
    "effective_from": "Ngày bắt đầu viết như 05/09/2026.",
    "effective_to": "Ngày kết thúc viết như 31/05/2027 và không trước ngày bắt đầu.",
    "rows": "Cần ít nhất một dòng; ô đầu của mỗi dòng không để trống, mỗi ô dưới 300 ký tự.",
    "amount": "Số tiền chỉ gồm chữ số, ví dụ 32000.",
    "name": "Tên khoá cần từ 1 đến 80 ký tự.",
    "per_minute": "Số lượt mỗi phút từ 1 đến 10.000.",
    "per_day": "Số lượt mỗi ngày từ 1 đến 10.000.000.",
}

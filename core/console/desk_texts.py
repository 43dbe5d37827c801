"""The Vietnamese words for the codes of hand-overs, announcements and preferences."""

from __future__ import annotations

from core.broadcasts.domain import AudienceKind, Kind, Status
from core.preferences.domain import Kind as MessageKind
from core.preferences.domain import Mode

HANDOVER_REASONS: dict[str, str] = {
    "asked": "Muốn gặp thầy cô",
    "angry": "Đang bức xúc",
    "danger": "Con có thể gặp nguy hiểm",
}
CHANNELS: dict[str, str] = {
    "zalo": "Zalo",
    "zalobot": "Zalo Bot",
    "zbs": "Tin mẫu Zalo",
    "telegram": "Telegram",
    "webchat": "Trang chat",
    "sms": "SMS",
    "console": "Trang quản lý",
}
STAGES: dict[int, str] = {1: "Báo đầu tiên", 2: "Báo khi chưa ai trả lời", 3: "Báo sau cùng"}
BROADCAST_KINDS: dict[Kind, str] = {
    Kind.NOTICE: "Thông báo",
    Kind.CAMPAIGN: "Tuyên truyền",
    Kind.EMERGENCY: "Khẩn cấp (gửi ngay, mọi kênh)",
}
AUDIENCES: dict[AudienceKind, str] = {
    AudienceKind.SCHOOL: "Toàn trường",
    AudienceKind.GRADE: "Theo khối",
    AudienceKind.CLASS: "Theo lớp",
    AudienceKind.UNPAID: "Còn khoản chưa nộp",
    AudienceKind.UNVERIFIED: "Phụ huynh chưa xác minh",
}
BROADCAST_STATUSES: dict[Status, str] = {
    Status.DRAFT: "Bản nháp",
    Status.SCHEDULED: "Đã hẹn giờ",
    Status.RUNNING: "Đang gửi",
    Status.SENT: "Đã gửi",
    Status.STOPPED: "Đã dừng",
}
MESSAGE_KINDS: dict[MessageKind, str] = {
    MessageKind.ARRIVALS: "Con đến trường",
    MessageKind.FEES: "Khoản thu",
    MessageKind.NEWS: "Thông báo của trường",
}
MODES: dict[Mode, str] = {Mode.NOW: "Báo ngay", Mode.DIGEST: "Gộp một tin mỗi ngày", Mode.OFF: "Không gửi"}
ERRORS: dict[str, str] = {
    "conversations.handover_not_found": "Cuộc trao đổi này đã kết thúc hoặc không có.",
    "conversations.handover_taken": "Đồng nghiệp khác đang trả lời phụ huynh này.",
    "conversations.staff_chat_not_found": "Không có nhóm này.",
    "conversations.class_needed": "Nhóm chủ nhiệm cần chọn đúng một lớp.",
    "conversations.bad_desk_hours": "Giờ làm việc hoặc tên nhóm chưa hợp lý. Thầy cô xem lại.",
    "conversations.empty_answer": "Lời nhắn đang trống.",
    "conversations.answer_too_long": "Lời nhắn dài quá nên chưa gửi. Thầy cô chia thành hai tin.",
    "broadcasts.not_found": "Không có thông báo này.",
    "broadcasts.bad_field": "Thông báo còn thiếu hoặc quá dài. Thầy cô xem lại.",
    "broadcasts.wrong_state": "Thông báo này đã được gửi hoặc đã dừng rồi.",
    "broadcasts.nobody": "Chưa có phụ huynh nào nhận được: chưa ai trong nhóm này liên kết tài khoản.",
    "preferences.bad_hour": "Bản gộp chỉ gửi trong khoảng 6 giờ đến 21 giờ.",
}
BAD_FIELDS: dict[str, str] = {
    "title": "Tiêu đề cần từ 1 đến 100 ký tự.",
    "text": "Nội dung cần từ 1 đến 1.500 ký tự.",
    "audience": "Thầy cô chọn khối hoặc lớp nhận thông báo.",
    "starts_at": "Giờ gửi phải ở phía trước và trong vòng 60 ngày.",
}


def failure(code: str) -> str:
    """Why a message did not arrive, in words where we have them.

    >>> failure("zalo_window_closed")
    'Lâu không nhắn với trường trên Zalo'
    """
    known = {
        "": "",
        "withdrawn": "Thầy cô đã dừng",
        "text_missing": "Thiếu mẫu câu",
        "no_such_chat": "Trang chat đã xoá",
        "zalo_window_closed": "Lâu không nhắn với trường trên Zalo",
        "telegram_blocked": "Phụ huynh đã chặn Telegram của trường",
    }
    return known.get(code, code)

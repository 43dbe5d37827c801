"""The Vietnamese words for the codes of hand-overs, announcements and preferences."""

from __future__ import annotations

from core.broadcasts.domain import AudienceKind, Kind, Status
from core.notifications.domain import Recipient
from core.preferences.domain import Kind as MessageKind
from core.preferences.domain import Mode

HANDOVER_REASONS: dict[str, str] = {
    "asked": "Muốn gặp thầy cô",
    "angry": "Đang bức xúc",
    "absence": "Xin nghỉ cho con",
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
MESSAGES: dict[str, str] = {
    "absence": "Học sinh chưa đến",
    "ask": "Trả lời câu hỏi",
    "bot": "Lời chào",
    "broadcast": "Thông báo của trường",
    "checkin": "Con đến trường",
    "checkin.needs_staff": "Cổng cần thầy cô",
    "checkins": "Trả lời về điểm danh",
    "children": "Trả lời về con",
    "days": "Trả lời về lịch trường",
    "desk": "Bàn trực",
    "digest": "Bản tin gộp",
    "error": "Báo trục trặc",
    "fees": "Khoản thu",
    "fees.unmatched": "Tiền chưa rõ của ai",
    "file": "Ảnh, tệp",
    "gate": "Máy ở cổng",
    "handover": "Trao đổi với thầy cô",
    "leave": "Lời xin nghỉ cho con",
    "link": "Liên kết tài khoản",
    "menu": "Lời chào, mục chọn",
    "preferences": "Cách nhận tin",
    "rate": "Góp ý câu trả lời",
    "teacher": "Trả lời về giáo viên chủ nhiệm",
    "rights": "Dữ liệu cá nhân",
    "verify": "Xác minh phụ huynh",
    "vneid": "Xác minh bằng VNeID",
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
    "desk.bad_hours": "Chưa lưu được. Giờ ghi theo 24 giờ, ví dụ 17:30; từ sáng đến chiều; chờ 1 đến 480 phút.",
    "desk.bad_chat": "Chưa tạo được mã. Tên cần từ 1 đến 80 ký tự.",
    "conversations.empty_answer": "Lời nhắn đang trống.",
    "conversations.answer_too_long": "Lời nhắn dài quá nên chưa gửi. Thầy cô chia thành hai tin.",
    "broadcasts.not_found": "Không có thông báo này.",
    "broadcasts.bad_field": "Thông báo còn thiếu hoặc quá dài. Thầy cô xem lại.",
    "broadcasts.wrong_state": "Thông báo này đã được gửi hoặc đã dừng rồi.",
    "broadcasts.changed": "Chưa gửi. Nội dung vừa được sửa ở nơi khác; thầy cô đọc lại rồi xác nhận.",
    "broadcasts.nobody": "Chưa có phụ huynh nào nhận được: chưa ai trong nhóm này liên kết tài khoản.",
    "preferences.bad_hour": "Bản gộp chỉ gửi từ 6:00 đến 21:00. Giờ ghi theo 24 giờ, ví dụ 19:30.",
}
BAD_FIELDS: dict[str, str] = {
    "confirmed": "Thông báo này vừa được xác nhận ở nơi khác. Bấm “Xem trước” thì bài này thành thông báo mới.",
    "title": "Tiêu đề cần từ 1 đến 100 ký tự.",
    "text": "Nội dung cần từ 1 đến 1.500 ký tự.",
    "all_or_some": "Thầy cô đã đánh dấu khối, lớp mà chưa chọn “Theo khối”, “Theo lớp”: chọn lại, hoặc bỏ dấu.",
    "audience": "Thầy cô chọn khối hoặc lớp nhận thông báo.",
    "now_or_later": "Chưa gửi. Thầy cô đã ghi giờ hẹn mà vẫn chọn “Ngay bây giờ”: chọn lại, hoặc xoá giờ.",
    "starts_at": "Chưa gửi. Giờ hẹn phải ở phía trước, trong vòng 60 ngày, ghi theo 24 giờ, ví dụ 17:30.",
}


_FAILURES: dict[str, str] = {
    "": "",
    "withdrawn": "Thầy cô đã dừng",
    "not_theirs": "Người nhận không còn quyền nhận tin này",
    "text_missing": "Thiếu mẫu câu",
    "no_such_chat": "Trang chat đã xoá",
    "webchat_away": "Lâu chưa mở trang chat",
    "channel_off": "Kênh này đang tắt",
    "zalo_window_closed": "Lâu không nhắn với trường trên Zalo",
    "zbs_no_template": "Chưa có tin mẫu Zalo cho loại tin này",
    "zbs_param_missing": "Tin mẫu Zalo thiếu ô",
    "telegram_blocked": "Phụ huynh đã chặn Telegram của trường",
    "sms_refused": "Tổng đài SMS không nhận tin",
    "sealed_data": "Máy không mở được nội dung tin",
    "unreadable": "Máy không mở được nội dung tin",
    "lease_expired": "Máy dừng giữa chừng nhiều lần",
    "TimeoutError": "Kênh không trả lời kịp",
    "telegram_notfound": "Mã của bot (token) bị từ chối",
    "telegram_token": "Mã của bot (token) bị từ chối",
    "zalobot_token": "Mã của bot (token) bị từ chối",
    "telegram_webhook_elsewhere": "Telegram gửi tin tới địa chỉ khác",
    "telegram_webhook_failing": "Telegram không gọi được tới địa chỉ của trường",
}
_ENDINGS: tuple[tuple[str, str], ...] = (
    ("_unreachable", "Không nối được tới máy chủ của kênh"),
    ("_unavailable", "Máy chủ của kênh đang bận"),
    ("_token", "Kênh cần được đăng nhập lại"),
    ("_oauth", "Kênh cần được đăng nhập lại"),
    ("_signed_in", "Kênh cần được đăng nhập lại"),
    ("_429", "Kênh đang quá tải"),
    ("_rate", "Kênh đang quá tải"),
)


def message(key: str) -> str:
    """What kind of message it is, for lists of messages.

    >>> message("checkin.arrived"), message("checkin.needs_staff")
    ('Con đến trường', 'Cổng cần thầy cô')
    """
    return MESSAGES.get(key) or MESSAGES.get(key.partition(".")[0], key)


def recipient(to: Recipient) -> str:
    """Where a message goes: the channel, and as much of the chat as may be shown.

    >>> recipient(Recipient("webchat", "a1b2c3"))
    'Trang chat …c3'
    """
    channel, _, end = to.masked.partition(":")
    return f"{CHANNELS.get(channel, channel)} {end}"


def failure(code: str) -> str:
    """Why a message did not arrive; a channel's own number stays, for whoever looks it up.

    >>> failure("zalo_window_closed"), failure("zalo_216"), failure("sealed_data")
    ('Lâu không nhắn với trường trên Zalo', 'Kênh báo lỗi zalo_216', 'Máy không mở được nội dung tin')
    """
    code = code.removeprefix("wait:")
    ending = next((words for end, words in _ENDINGS if code.endswith(end)), "")
    return _FAILURES.get(code, ending or f"Kênh báo lỗi {code}")

"""The Vietnamese words for kiosks: what one is ordered to do, what became of it, how it stands."""

from __future__ import annotations

from core.contracts.commands import CommandOutcome, KioskState, Order, StaffAnswer

ORDERS: dict[str, str] = {
    "state": "Xem tình trạng",
    "lock": "Khoá máy",
    "unlock": "Mở máy",
    "attendance": "Mở điểm danh",
    "exam": "Mở ca thi",
    "visitor": "Đón khách",
    "guardian": "Xác minh phụ huynh",
    "enrolment": "Ghi danh khuôn mặt",
    "close": "Đóng ca",
    "mute": "Tắt tiếng",
    "sound": "Bật tiếng",
    "face_on": "Cho vào bằng khuôn mặt",
    "face_off": "Luôn cần thẻ",
    "code_on": "Cho dùng mã QR khi chip hỏng",
    "code_off": "Luôn cần chip",
    "turns_1": "Quay mặt một hướng",
    "turns_2": "Quay mặt hai hướng và chớp mắt",
    "turns_3": "Quay mặt ba hướng và chớp mắt",
    "restart": "Khởi động lại",
}
_KINDS = {
    "open": "Mở ca",
    "close": "Đóng ca",
    "lock": "Khoá máy",
    "unlock": "Mở máy",
    "state": "Xem tình trạng",
    "restart": "Khởi động lại",
    "settings": "Đổi cài đặt",
    "update": "Cập nhật",
}
_ANSWERS = {
    StaffAnswer.APPROVED: "Trả lời: cho vào",
    StaffAnswer.REFUSED: "Trả lời: không cho qua",
    StaffAnswer.COMING: "Trả lời: thầy cô đang tới",
}
OUTCOMES: dict[CommandOutcome | None, str] = {
    None: "Đang chờ máy",
    CommandOutcome.DONE: "Máy đã làm",
    CommandOutcome.TOO_LATE: "Muộn: máy đã sang lượt khác",
    CommandOutcome.EXPIRED: "Máy không trả lời",
    CommandOutcome.REFUSED: "Máy chưa làm được việc này",
    CommandOutcome.FAILED: "Máy gặp lỗi",
}
_MODES = {
    "attendance": "điểm danh",
    "exam": "vào thi",
    "visitor": "đón khách",
    "guardian": "xác minh phụ huynh",
    "enrolment": "ghi danh khuôn mặt",
}


def order_words(order: Order) -> str:
    """What was ordered.

    >>> from core.contracts.commands import Lock
    >>> order_words(Lock())
    'Khoá máy'
    """
    if order.kind == "answer":
        return _ANSWERS[order.answer]
    if order.kind == "open":
        return f"Mở ca {_MODES[order.mode]}"
    if order.kind == "update":
        return f"Cập nhật {order.version}"
    return _KINDS[order.kind]


def state_words(state: KioskState) -> str:
    """How a kiosk stood when it was last asked.

    >>> from core.contracts.checkin import CheckInMode
    >>> state_words(KioskState(screen="idle", mode=CheckInMode.ATTENDANCE, queued=2))
    'điểm danh, 2 lượt chờ gửi'
    """
    parts = [_MODES[state.mode]]
    if state.locked:
        parts.append("đã đóng ca" if state.locked == "closed" else "đang khoá")
    if state.waits_for_staff:
        parts.append("có em đang chờ thầy cô")
    if state.queued:
        parts.append(f"{state.queued} lượt chờ gửi")
    if state.parked:
        parts.append(f"{state.parked} lượt bị từ chối")
    if state.emulated:
        parts.append("thiết bị mô phỏng")
    return ", ".join(parts)

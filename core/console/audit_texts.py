"""The words of the audit trail: who acts, what was done. An action without words of its own is shown by its code."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: dict[str, str] = {
    "staff": "Nhân viên",
    "students": "Học sinh",
    "guardians": "Phụ huynh",
    "consents": "Sự đồng ý",
    "rights": "Yêu cầu dữ liệu",
    "checkins": "Điểm danh",
    "exams": "Kỳ thi",
    "enrolments": "Ghi danh khuôn mặt",
    "devices": "Thiết bị",
    "conversations": "Bàn trực",
    "broadcasts": "Thông báo",
    "answers": "Câu trả lời",
    "schools": "Lịch trường",
    "fees": "Khoản thu",
    "audit": "Nhật ký",
}
ACTORS: dict[str, str] = {
    "system": "Hệ thống",
    "operator": "Người vận hành máy chủ",
    "chat": "Từ nhóm chat hoặc phụ huynh",
    "device": "Máy ở cổng",
    "vneid": "VNeID",
    "demo": "Bản chạy thử",
}
ACTIONS: dict[str, str] = {
    "staff.added": "Mở tài khoản",
    "staff.closed": "Đóng tài khoản",
    "staff.locked": "Khoá tạm vì sai mật khẩu",
    "staff.number_set": "Ghi số định danh của nhân viên",
    "staff.password_set": "Đặt lại mật khẩu",
    "staff.recovery_code_used": "Dùng mã dự phòng",
    "staff.role_changed": "Đổi vai trò",
    "staff.sessions_ended": "Kết thúc các phiên đăng nhập",
    "staff.signed_in": "Đăng nhập",
    "staff.two_step_off": "Tắt mã 6 số",
    "staff.two_step_on": "Bật mã 6 số",
    "students.roll_imported": "Nhập danh sách học sinh",
    "guardians.case_opened": "Mở hồ sơ xác minh",
    "guardians.case_approved": "Duyệt hồ sơ xác minh",
    "guardians.case_refused": "Từ chối hồ sơ xác minh",
    "guardians.code_sent": "Xác minh bằng mã đã gửi",
    "guardians.code_handed_over": "Xác minh bằng mã trao tay",
    "guardians.phone_shared": "Xác minh bằng số điện thoại",
    "guardians.card_matched": "Xác minh bằng mã QR trên thẻ",
    "guardians.bound_at_kiosk": "Xác minh tại máy ở cổng",
    "guardians.staff_approved": "Thầy cô xác minh",
    "guardians.vneid": "Xác minh bằng VNeID",
    "guardians.contested": "Có người phản đối",
    "guardians.revoked": "Chấm dứt quyền giám hộ",
    "guardians.ran_out": "Hết hạn giám hộ",
    "guardians.left_school": "Thôi giám hộ vì em đã rời trường",
    "guardians.came_of_age": "Em đủ 18 tuổi",
    "guardians.adult_agreed": "Em đủ 18 tuổi đồng ý cho xem",
    "guardians.invited_again": "Mời lại người giám hộ",
    "guardians.terms_set": "Ghi quan hệ và thời hạn giám hộ",
    "guardians.restricted": "Hạn chế một người",
    "guardians.restriction_lifted": "Gỡ hạn chế",
    "consents.given": "Ghi nhận đồng ý",
    "consents.withdrawn": "Rút lại đồng ý",
    "rights.opened": "Nhận yêu cầu về dữ liệu",
    "rights.done": "Đã làm yêu cầu về dữ liệu",
    "rights.refused": "Từ chối yêu cầu về dữ liệu",
    "checkins.recorded": "Ghi lượt điểm danh",
    "checkins.resolved": "Quyết định lượt đang chờ",
    "checkins.absence_looked": "Rà soát học sinh chưa đến",
    "schools.day_added": "Thêm ngày vào lịch trường",
    "schools.day_changed": "Sửa ngày trong lịch trường",
    "schools.day_removed": "Xoá ngày khỏi lịch trường",
    "schools.saturdays_set": "Đổi lịch thứ Bảy",
    "schools.absent_after_set": "Đổi giờ báo học sinh chưa đến",
    "exams.list_imported": "Nhập danh sách thi",
    "exams.session_corrected": "Sửa giờ, phòng thi",
    "exams.session_removed": "Xoá phòng thi",
    "enrolments.enrolled": "Ghi danh khuôn mặt",
    "enrolments.revoked": "Xoá khuôn mặt theo yêu cầu",
    "enrolments.ended": "Xoá khuôn mặt khi hết hạn",
    "devices.code_issued": "Tạo mã ghép máy",
    "devices.enrolled": "Ghép máy",
    "devices.revoked": "Thu hồi máy",
    "devices.ordered_open": "Lệnh cho máy: mở ca",
    "devices.ordered_close": "Lệnh cho máy: đóng ca",
    "devices.ordered_lock": "Lệnh cho máy: khoá",
    "devices.ordered_unlock": "Lệnh cho máy: mở khoá",
    "devices.ordered_state": "Lệnh cho máy: báo tình trạng",
    "devices.ordered_answer": "Lệnh cho máy: trả lời lượt đang chờ",
    "devices.ordered_restart": "Lệnh cho máy: khởi động lại",
    "devices.ordered_settings": "Lệnh cho máy: đổi cài đặt",
    "devices.ordered_update": "Lệnh cho máy: cập nhật",
    "conversations.handover_opened": "Phụ huynh cần gặp thầy cô",
    "conversations.handover_taken": "Nhận trả lời",
    "conversations.handover_answered": "Trả lời phụ huynh",
    "conversations.handover_ended": "Kết thúc hỗ trợ",
    "conversations.handover_raised": "Nhắc vì chờ lâu",
    "conversations.handover_seen": "Mở xem cuộc trò chuyện",
    "conversations.staff_chat_invited": "Tạo mã nối nhóm",
    "conversations.staff_chat_joined": "Nối nhóm trực",
    "conversations.staff_chat_moved": "Nhóm trực đổi địa chỉ",
    "conversations.staff_chat_removed": "Gỡ nhóm trực",
    "conversations.desk_hours_set": "Đổi giờ trả lời",
    "broadcasts.confirmed": "Gửi thông báo",
    "broadcasts.stopped": "Dừng thông báo",
    "answers.cluster_settled": "Xử lý nhóm câu hỏi",
    "answers.passage_written": "Soạn câu trả lời",
    "answers.passage_changed": "Sửa câu trả lời",
    "answers.passage_draft": "Đưa câu trả lời về bản nháp",
    "answers.passage_published": "Đăng câu trả lời",
    "answers.passage_withdrawn": "Gỡ câu trả lời",
    "answers.api_key_issued": "Tạo khoá API",
    "answers.api_key_revoked": "Thu hồi khoá API",
    "fees.charged": "Tạo khoản thu",
    "fees.received": "Nhận tiền",
    "fees.allocated": "Ghép tiền vào khoản thu",
    "fees.corrected": "Sửa khoản thu",
    "fees.withdrawn": "Thu hồi khoản thu",
    "fees.reinstated": "Thu lại khoản đã thu hồi",
    "fees.returned": "Ghi đã trả lại tiền",
    "audit.exported": "Xuất nhật ký",
}
FAULTS: dict[str, str] = {
    "days": "Ngày lọc chưa đúng. Thầy cô viết như 05/12/2026; ngày cuối không trước ngày đầu.",
    "export": "Quá nhiều mục để xuất một lần. Thầy cô chọn khoảng ngày ngắn hơn.",
}
SUBJECTS: dict[str, str] = {
    "staff": "nhân viên",
    "device": "máy",
    "device_code": "mã ghép",
    "student": "học sinh",
    "guardianship": "quan hệ giám hộ",
    "guardian_case": "hồ sơ xác minh",
    "data_request": "yêu cầu dữ liệu",
    "check_in": "lượt",
    "exams": "kỳ thi",
    "exam_session": "phòng thi",
    "handover": "cuộc hỗ trợ",
    "desk": "nhóm trực",
    "broadcast": "thông báo",
    "passage": "câu trả lời",
    "cluster": "nhóm câu hỏi",
    "api_key": "khoá API",
    "charge": "khoản thu",
    "invoice": "khoản thu",
    "fee_change": "khoản thu",
    "payment": "giao dịch",
    "roll": "danh sách trường",
    "audit": "nhật ký",
}
_SHORT = 6


def what(action: str) -> str:
    """What was done.

    >>> what("fees.charged"), what("fees.unheard_of")
    ('Tạo khoản thu', 'Khoản thu: unheard_of')
    """
    kind, _, rest = action.partition(".")
    return ACTIONS.get(action) or f"{KINDS.get(kind, kind)}: {rest}"


def who(actor: str, names: Mapping[str, str]) -> str:
    """Who did it: by name where it is staff or a kiosk, else by kind.

    >>> who("staff:1", {"staff:1": "Cô Hoa"}), who("system", {}), who("chat:0193a000-0000", {})
    ('Cô Hoa', 'Hệ thống', 'Từ nhóm chat hoặc phụ huynh …0-0000')
    """
    return names.get(actor) or _short(actor, ACTORS)


def about(subject: str, names: Mapping[str, str]) -> str:
    """What it was done to: staff and kiosks by name, everything and everybody else by kind and the end of the id.

    >>> about("exams", {}), about("student:0193a000-00f1", {})
    ('kỳ thi', 'học sinh …0-00f1')
    """
    return names.get(subject) or _short(subject, SUBJECTS)


def _short(token: str, words: Mapping[str, str]) -> str:
    kind, _, rest = token.partition(":")
    known = words.get(kind, KINDS.get(kind, kind))
    return f"{known} …{rest[-_SHORT:]}" if rest else known

"""The Vietnamese words for the codes that staff meet. Whole sentences stand in the templates."""

from __future__ import annotations

from core.checkins.domain import Reason
from core.contracts.checkin import CheckInMode, Decision, Punctuality
from core.notifications.domain import NotificationStatus
from core.staff.domain import Method, Role

REASONS: dict[Reason, str] = {
    Reason.OK: "Hợp lệ",
    Reason.ALREADY_CHECKED_IN: "Đã điểm danh trước đó trong ngày",
    Reason.STAFF_APPROVED: "Thầy cô đã xác nhận",
    Reason.STAFF_REFUSED: "Thầy cô không cho qua",
    Reason.UNKNOWN_PERSON: "Chưa có trong danh sách học sinh",
    Reason.CARD_ALTERED: "Chip của thẻ bị sao chép hoặc sửa đổi",
    Reason.LIVENESS_FAILED: "Nghi đưa ảnh hoặc màn hình trước máy ảnh",
    Reason.FACE_MISMATCH: "Khuôn mặt không giống ảnh trong thẻ",
    Reason.FACE_UNSURE: "Máy chưa chắc khuôn mặt",
    Reason.FACE_NEEDED: "Chưa so được khuôn mặt",
    Reason.CARD_NEEDED: "Vào phòng thi cần có thẻ",
    Reason.DATED_BACK: "Máy báo về một lúc mà lượt của lúc đó đã gửi hết",
    Reason.NO_EXAM_SESSION: "Không tìm thấy ca thi",
    Reason.NOT_A_CANDIDATE: "Không có tên trong ca thi",
    Reason.EXAM_TOO_EARLY: "Chưa đến giờ vào phòng thi",
    Reason.EXAM_TOO_LATE: "Đã hết giờ vào phòng thi",
    Reason.VISITOR: "Khách đến trường",
}
DECISIONS: dict[Decision, str] = {
    Decision.ACCEPTED: "Đã vào",
    Decision.NEEDS_STAFF: "Chờ thầy cô",
    Decision.REFUSED: "Không cho qua",
}
PUNCTUALITY: dict[Punctuality, str] = {
    Punctuality.ON_TIME: "Đúng giờ",
    Punctuality.LATE: "Đi muộn",
    Punctuality.EARLY: "Đến sớm",
    Punctuality.NOT_APPLICABLE: "–",
}
MODES: dict[CheckInMode, str] = {
    CheckInMode.ATTENDANCE: "Điểm danh",
    CheckInMode.EXAM: "Vào thi",
    CheckInMode.VISITOR: "Khách",
    CheckInMode.GUARDIAN: "Xác minh phụ huynh",
    CheckInMode.ENROLMENT: "Ghi danh khuôn mặt",
}
ROLES: dict[Role, str] = {
    Role.HEAD: "Ban giám hiệu",
    Role.HOMEROOM: "Giáo viên chủ nhiệm",
    Role.ACCOUNTANT: "Kế toán, văn phòng",
    Role.GATE: "Trực cổng",
    Role.TECHNICIAN: "Kỹ thuật",
}
STATUSES: dict[NotificationStatus, str] = {
    NotificationStatus.QUEUED: "Chờ gửi",
    NotificationStatus.SENDING: "Đang gửi",
    NotificationStatus.SENT: "Đã gửi",
    NotificationStatus.PARKED: "Chưa gửi được",
    NotificationStatus.EXPIRED: "Quá hạn, không gửi",
    NotificationStatus.REROUTED: "Đã chuyển kênh khác",
}
ERRORS: dict[str, str] = {
    "web.not_found": "Không có trang này.",
    "web.method_not_allowed": "Trang này không nhận thao tác đó.",
    "web.body_too_large": "Tệp quá lớn. Thầy cô chia nhỏ tệp rồi thử lại.",
    "core.unavailable": "Cơ sở dữ liệu đang bận hoặc vừa khởi động lại. Thầy cô chờ vài giây rồi mở lại trang, "
    "và xem việc vừa làm đã được ghi chưa trước khi làm lại.",
    "web.bad_request": "Máy chủ chưa hiểu yêu cầu này. Thầy cô tải lại trang rồi thử lại.",
    "core.unauthenticated": "Phiên làm việc đã kết thúc, việc vừa rồi chưa được ghi. Thầy cô đăng nhập rồi làm lại.",
    "core.forbidden": "Tài khoản này không được làm việc đó.",
    "staff.not_allowed": "Tài khoản này không được làm việc đó. Cần thì nhờ người quản trị.",
    "staff.not_found": "Không có tài khoản này.",
    "staff.username_taken": "Tên đăng nhập hoặc số định danh này đã có người dùng.",
    "staff.last_head": "Đây là tài khoản ban giám hiệu cuối cùng. Thầy cô mở tài khoản khác trước đã.",
    "staff.wrong_code": "Mã chưa đúng hoặc đã dùng. Thầy cô chờ mã mới rồi nhập lại.",
    "staff.sign_in_refused": "Chưa có tài khoản nào mang số định danh này. Thầy cô nhờ ban giám hiệu thêm số.",
    "signon.off": "Trường chưa dùng đăng nhập VNeID.",
    "signon.stale": "Liên kết này đã dùng hoặc quá hạn. Hãy quay lại nơi đã mở nó và bắt đầu lại.",
    "signon.denied": "VNeID chưa cho đăng nhập, và chưa gửi gì cho nhà trường. Hãy bắt đầu lại.",
    "signon.bad_token": "Câu trả lời từ VNeID chưa tin được nên trường không nhận. Hãy bắt đầu lại.",
    "signon.no_person": "VNeID chưa cho biết số định danh hoặc họ tên. Hãy nhờ văn phòng xác minh trực tiếp.",
    "signon.unavailable": "VNeID đang không trả lời. Hãy thử lại sau ít phút, hoặc nhờ văn phòng xác minh.",
    "rights.not_found": "Không có yêu cầu này.",
    "rights.already_answered": "Yêu cầu này đã được trả lời.",
    "rights.export_gone": "Liên kết này đã hết hạn. Phụ huynh nhắn “xem dữ liệu của tôi” để nhận liên kết mới.",
    "rights.no_font": "Máy chủ chưa tạo được bản PDF. Hãy tải bản JSON, hoặc thử lại sau.",
    "console.stale_form": "Trang đã mở quá lâu. Thầy cô tải lại trang rồi thử lại.",
    "devices.bad_name": "Tên thiết bị cần từ 1 đến 80 ký tự.",
    "devices.not_found": "Không có thiết bị này.",
    "devices.too_many_commands": "Máy này còn nhiều việc chưa xong. Thầy cô chờ một chút rồi thử lại.",
    "console.unknown_order": "Chưa gửi được lệnh. Phiên bản ghi dạng 1.2.3; các việc khác thầy cô bấm nút.",
    "checkins.already_resolved": "Lượt này đã có thầy cô khác xử lý.",
    "checkins.not_found": "Không có lượt điểm danh này.",
    "notifications.parked_not_found": "Tin này không còn chờ nữa.",
    "answers.passage_not_found": "Không có nội dung này.",
    "answers.cluster_not_found": "Nhóm câu hỏi này đã được xử lý hoặc đã gom lại. Thầy cô tải lại trang.",
    "answers.preview_not_found": "Câu hỏi thử này đã cũ. Thầy cô hỏi thử lại.",
    "answers.api_key_not_found": "Không có khoá này.",
    "guardians.reason_needed": "Thầy cô ghi thêm lý do, ít nhất vài chữ.",
    "guardians.place_needed": "Thầy cô chọn chỗ của người này trong danh sách phụ huynh của em.",
    "guardians.case_decided": "Hồ sơ này đã có thầy cô khác xử lý.",
    "guardians.case_not_found": "Không có hồ sơ này.",
    "guardians.bad_restriction": "Cần chọn học sinh, ghi tên người bị hạn chế và lý do.",
    "guardians.restriction_not_found": "Hạn chế này đã được gỡ.",
    "guardians.bad_transition": "Trạng thái hiện tại không làm được việc đó. Thầy cô tải lại trang rồi xem lại.",
    "guardians.bad_number": "Số định danh gồm 12 chữ số. Chưa biết thì để trống.",
    "guardians.bad_term": "Ngày cuối đã qua. Thầy cô chọn ngày từ hôm nay trở đi, hoặc để trống.",
    "schools.span_not_found": "Mục này không còn trong lịch. Thầy cô tải lại trang.",
    "console.bad_day": "Ngày chưa đúng. Thầy cô viết ngày/tháng/năm, ví dụ 31/12/2026, hoặc để trống.",
    "guardians.bad_name": "Họ tên chưa đúng: chỉ có chữ và dấu cách.",
    "fees.payment_not_found": "Không có khoản tiền này.",
    "exams.session_not_found": "Không có ca thi này.",
    "exams.session_begun": "Phòng thi đã mở cửa nên không xoá được nữa.",
    "students.not_found": "Không có học sinh này.",
    "vault.unreadable": (
        "Máy chủ không mở được nội dung này: dữ liệu bị hỏng, hoặc thiếu khóa cũ. Thầy cô báo người quản trị máy chủ; "
        "chưa có gì bị ghi đè."
    ),
}
UNKNOWN_ERROR = (
    "Có lỗi ngoài ý muốn. Thầy cô thử lại; nếu vẫn lỗi, gửi mã yêu cầu dưới đây cho người quản trị."
)
UNREADABLE_HERE = (
    "Có dòng máy chủ không mở được, ghi là “(không đọc được)”: dữ liệu bị hỏng, hoặc thiếu khóa cũ. Các dòng khác vẫn "
    "đúng. Thầy cô báo người quản trị máy chủ; đừng nhập lại khi chưa có người xem."
)
BAD_FIELDS: dict[str, str] = {
    "username": "Tên đăng nhập dài 3 đến 40 ký tự: chữ thường không dấu, số, dấu chấm, gạch.",
    "display_name": "Họ tên dài 1 đến 80 ký tự.",
    "password": "Mật khẩu cần từ 10 đến 128 ký tự.",
    "citizen_id": "Số định danh gồm đúng 12 chữ số.",
    "class": "Giáo viên chủ nhiệm cần có lớp.",
}
METHODS: dict[Method, str] = {
    Method.PASSWORD: "Mật khẩu",
    Method.TWO_STEP: "Mật khẩu và mã 6 số",
    Method.VNEID: "VNeID",
}
NOT_YOUR_OLD_ONE = "Mật khẩu hiện tại chưa đúng."
SESSION_ENDED = "Phiên làm việc đã kết thúc. Mời thầy cô đăng nhập lại."
SIGN_IN_REFUSED = "Tên đăng nhập hoặc mật khẩu chưa đúng."


def sign_in_locked(seconds: int) -> str:
    """What to read after too many wrong passwords.

    >>> sign_in_locked(61)
    'Nhập sai nhiều lần. Thầy cô thử lại sau 2 phút.'
    """
    return f"Nhập sai nhiều lần. Thầy cô thử lại sau {-(-seconds // 60)} phút."

"""The Vietnamese words for consents and requests about personal data."""

from __future__ import annotations

from core.consents.domain import Purpose, Standing
from core.rights.domain import Kind, Status

PURPOSES: dict[Purpose, str] = {
    Purpose.ATTENDANCE_MESSAGES: "Tin điểm danh",
    Purpose.FACE_ENROLMENT: "Ghi danh khuôn mặt",
    Purpose.PHOTOS: "Ảnh hoạt động",
}
STANDINGS: dict[Standing, tuple[str, str]] = {
    Standing.NOT_ASKED: ("Chưa hỏi", ""),
    Standing.GIVEN: ("Đồng ý", "good"),
    Standing.WITHDRAWN: ("Không đồng ý", "bad"),
    Standing.OUTDATED: ("Cần hỏi lại", "warn"),
}
KINDS: dict[Kind, str] = {
    Kind.VIEW: "Xem dữ liệu",
    Kind.CORRECT: "Sửa dữ liệu",
    Kind.DELETE: "Xóa dữ liệu",
    Kind.WITHDRAW: "Rút lại đồng ý",
}
STATUSES: dict[Status, str] = {
    Status.OPEN: "Đang chờ",
    Status.DONE: "Đã làm",
    Status.REFUSED: "Không làm được",
}
NO_PUPIL = "Chọn học sinh và loại yêu cầu."
ANSWER_MISSING = "Không làm được thì cần ghi rõ lý do để trả lời phụ huynh."
CHILD_MUST_AGREE = "Từ 7 tuổi, đăng ảnh cần cả em đồng ý. Thầy cô hỏi em rồi đánh dấu “Em đồng ý”."

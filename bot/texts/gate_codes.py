"""What the codes of a kiosk mean in words: why a pupil waits, what was ordered, what does not work."""

from __future__ import annotations

REASONS_VI = {
    "unknown_person": "thẻ chưa có trong danh sách",
    "card_altered": "chip của thẻ bị sao chép hoặc sửa đổi",
    "liveness_failed": "nghi đưa ảnh hoặc màn hình trước máy",
    "face_mismatch": "khuôn mặt không giống ảnh trong thẻ",
    "face_unsure": "máy chưa chắc khuôn mặt",
    "face_needed": "chưa so được khuôn mặt",
    "card_needed": "vào phòng thi cần có thẻ",
    "dated_back": "lượt ghi lùi giờ",
    "no_exam_session": "không tìm thấy ca thi",
    "not_a_candidate": "không có tên trong ca thi",
    "exam_too_early": "chưa đến giờ vào phòng thi",
    "exam_too_late": "đã hết giờ vào phòng thi",
    "visitor": "khách đến trường",
}
REASONS_EN = {
    "unknown_person": "the card is not on the roll",
    "card_altered": "the chip was copied or altered",
    "liveness_failed": "perhaps a picture or a screen was shown",
    "face_mismatch": "the face is not that of the card",
    "face_unsure": "the kiosk is not sure of the face",
    "face_needed": "the face could not be compared",
    "card_needed": "an exam needs the card",
    "dated_back": "dated back",
    "no_exam_session": "no exam session was found",
    "not_a_candidate": "not on the list of this exam",
    "exam_too_early": "the exam's door is not open yet",
    "exam_too_late": "the exam's door has closed",
    "visitor": "a visitor",
}
KINDS_VI = {
    "open": "mở ca",
    "close": "đóng ca",
    "lock": "khoá máy",
    "unlock": "mở máy",
    "state": "xem tình trạng",
    "answer": "trả lời lượt chờ",
    "restart": "khởi động lại",
    "settings": "đổi cài đặt",
    "update": "cập nhật",
}
KINDS_EN = {kind: kind for kind in KINDS_VI} | {"open": "open the session", "close": "close the session"}
ANSWERS_VI = {"approved": "cho vào", "refused": "không cho qua", "coming": "thầy cô đang tới"}
ANSWERS_EN = {"approved": "let in", "refused": "not let in", "coming": "somebody is coming"}
DETAILS_VI = {
    "no_update_source": "máy chưa được chỉ nơi lấy bản cập nhật",
    "update_not_found": "không có bản này ở nơi để bản cập nhật",
    "update_unreachable": "chưa lấy được bản cập nhật, thầy cô thử lại sau giúp",
    "update_signature": "bản cập nhật không mang chữ ký mà máy tin, nên máy không dùng",
    "update_key": "khoá kiểm chữ ký của máy chưa đúng",
    "update_manifest": "phiếu kèm bản cập nhật bị hỏng",
    "update_hash": "tệp cập nhật bị hỏng hoặc bị đổi, nên máy không dùng",
    "update_archive": "tệp cập nhật không đúng dạng, nên máy không dùng",
    "update_too_large": "tệp cập nhật quá lớn, nên máy không dùng",
    "update_other_version": "bản ở đó là một bản khác",
    "update_older": "bản này cũ hơn bản đang chạy",
    "update_already_runs": "máy đang chạy đúng bản này rồi",
    "update_does_not_start": "bản này không khởi động được trên máy, máy vẫn chạy bản cũ",
    "update_disk": "ổ đĩa của máy không ghi được",
    "disk": "ổ đĩa của máy đầy hoặc hỏng, thầy cô nhờ kỹ thuật xem giúp",
    "interrupted": "máy bị ngắt giữa chừng",
    "unexpected": "máy gặp lỗi",
}
TROUBLES_VI = {
    "reader_unplugged": "không thấy đầu đọc thẻ",
    "camera_unplugged": "không thấy camera",
    "camera_frozen": "camera bị đứng hình",
    "camera_turned": "camera bị xoay ngược hoặc xoay ngang, thầy cô xoay lại giúp",
    "camera_slow": "camera quá chậm, thầy cô bật thêm đèn hoặc cắm sang cổng USB khác giúp",
    "camera_too_large": "ảnh của camera quá lớn",
    "camera_wrong_format": "ảnh của camera không đúng dạng",
}
TROUBLES_EN = {
    "reader_unplugged": "the card reader is not there",
    "camera_unplugged": "the camera is not there",
    "camera_frozen": "the camera repeats one picture",
    "camera_turned": "the camera hangs upside down or on its side: please turn it",
    "camera_slow": "the camera is too slow: more light, or another USB port, may help",
    "camera_too_large": "the camera's pictures are too large",
    "camera_wrong_format": "the camera's pictures are of another form",
}
MODES_VI = {
    "attendance": "điểm danh",
    "exam": "vào thi",
    "visitor": "khách",
    "enrolment": "ghi danh khuôn mặt",
    "guardian": "xác minh phụ huynh",
}

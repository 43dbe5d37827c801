"""The Vietnamese words for what can be wrong with a roll."""

from __future__ import annotations

from core.students.roll.domain import Column, Reason, Severity

COLUMNS: dict[Column, str] = {
    Column.NUMBER: "STT",
    Column.CLASS: "Lớp",
    Column.FULL_NAME: "Họ và tên",
    Column.BORN_ON: "Ngày sinh",
    Column.SEX: "Giới tính",
    Column.FEMALE: "Nữ",
    Column.CITIZEN_ID: "Số định danh cá nhân",
    Column.FATHER_NAME: "Họ tên cha",
    Column.FATHER_PHONE: "Điện thoại cha",
    Column.MOTHER_NAME: "Họ tên mẹ",
    Column.MOTHER_PHONE: "Điện thoại mẹ",
    Column.GUARDIAN_NAME: "Họ tên người giám hộ",
    Column.GUARDIAN_PHONE: "Điện thoại người giám hộ",
    Column.FATHER_NUMBER: "Số định danh của cha",
    Column.MOTHER_NUMBER: "Số định danh của mẹ",
    Column.GUARDIAN_NUMBER: "Số định danh của người giám hộ",
}
SEVERITIES: dict[Severity, str] = {
    Severity.REFUSED: "Chưa nhập dòng này",
    Severity.LEFT_OUT: "Bỏ qua ô này",
    Severity.REPAIRED: "Đã sửa, cần xem lại",
    Severity.NOTICE: "Cần xem lại",
}
REASONS: dict[Reason, str] = {
    Reason.MISSING: "Ô bắt buộc đang trống",
    Reason.TOO_LONG: "Nội dung quá dài",
    Reason.NOT_A_NAME: "Không đọc được họ tên",
    Reason.NOT_A_DATE: "Không đọc được ngày; viết như 05/09/2015",
    Reason.IMPLAUSIBLE_DATE: "Ngày sinh không hợp với tuổi học sinh",
    Reason.NOT_A_SEX: "Giới tính phải là Nam hoặc Nữ",
    Reason.NOT_A_CITIZEN_ID: "Số định danh phải có 12 chữ số",
    Reason.OLD_NUMBER: "Đây là số chứng minh nhân dân cũ (9 số)",
    Reason.ROUNDED_NUMBER: "Excel đã làm tròn số; đặt cột thành dạng Văn bản rồi nhập lại",
    Reason.LEADING_ZEROS_LOST: "Excel làm mất số 0 ở đầu; máy đã thêm lại",
    Reason.CONTRADICTS_CITIZEN_ID: "Ngày sinh hoặc giới tính không khớp với số định danh",
    Reason.NOT_A_PHONE: "Số điện thoại chưa đúng",
    Reason.FIRST_OF_SEVERAL_PHONES: "Có nhiều số điện thoại; máy lấy số đầu tiên",
    Reason.PHONE_WITHOUT_NAME: "Có số điện thoại nhưng chưa có họ tên",
    Reason.PHONE_OF_ANOTHER: "Số điện thoại này đã thuộc về người khác",
    Reason.ON_RECORD_UNREADABLE: "Máy không mở được hồ sơ phụ huynh đã có nên chưa ghi gì; báo người quản trị",
    Reason.CITIZEN_ID_TWICE: "Số định danh đã có ở một dòng phía trên",
    Reason.NAMESAKES: "Có hai em cùng họ tên, cùng ngày sinh; nhập số định danh của từng em để phân biệt",
    Reason.CLASS_CHANGED: "Tính là em này chuyển lớp; nếu là em khác trùng tên và ngày sinh, thêm số định danh",
    Reason.PUPIL_TWICE: "Học sinh này đã có ở một dòng phía trên",
    Reason.NOT_A_PUPIL: "Dòng này không phải học sinh",
}
FILES: dict[str, str] = {
    "roll.unreadable": "Máy chưa đọc được tệp này. Thầy cô chọn tệp Excel (.xlsx) hoặc CSV rồi thử lại.",
    "roll.too_large": "Tệp quá lớn. Thầy cô chia thành từng khối lớp rồi nhập lần lượt.",
    "roll.old_excel": "Tệp Excel đời cũ (.xls) hoặc có mật khẩu. Thầy cô lưu lại dạng .xlsx, bỏ mật khẩu.",
    "roll.encoding": "Chữ trong tệp bị sai bảng mã. Thầy cô lưu lại dạng “CSV UTF-8”.",
    "roll.no_header": "Không thấy dòng tiêu đề có đủ Lớp, Họ và tên, Ngày sinh, Giới tính.",
    "roll.column_twice": "Có hai cột cùng một nội dung. Thầy cô bỏ bớt một cột.",
}

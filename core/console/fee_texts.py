"""The words of the fees' rooms."""

from __future__ import annotations

from core.fees.changes.domain import ChangeKind, Reason
from core.fees.domain import InvoiceState

FAULTS: dict[str, str] = {
    "title": "Tên khoản thu cần từ 1 đến 120 ký tự.",
    "amount": "Số tiền ghi bằng chữ số, lớn hơn 0, ví dụ 350.000.",
    "due_on": "Thầy cô ghi hạn nộp từ hôm nay trở đi, viết như 31/12/2026.",
    "classes": "Thầy cô chọn ít nhất một lớp có học sinh.",
    "reference": "Mã thanh toán chưa đúng. Mã bắt đầu bằng CT và có 12 ký tự; phụ huynh xem ở mục Khoản thu.",
    "number": "Thầy cô ghi số giao dịch hoặc số phiếu thu, để một khoản không bị ghi hai lần.",
    "account": "Mã ngân hàng (BIN) có 6 chữ số; số tài khoản chỉ gồm chữ và số, tối đa 19 ký tự.",
    "fees.invoice_not_found": "Không có khoản thu nào mang mã này.",
    "fees.payment_not_found": "Không có khoản tiền này.",
    "fees.nothing_to_allocate": "Khoản tiền này đã ghép hết, hoặc khoản thu này đã nộp đủ hay đã thu hồi.",
    "fees.nothing_to_return": "Số tiền trả lại phải lớn hơn 0 và không quá phần còn lại của khoản tiền này.",
    "fees.stale_change": "Khoản thu vừa thay đổi: có người khác sửa, hoặc có tiền về. Chưa có gì được lưu; "
    "thầy cô xem lại tình trạng mới dưới đây rồi xác nhận.",
    "nothing": "Chưa có gì để sửa: nội dung giống như hiện nay, hoặc không còn em nào thuộc lựa chọn này.",
    "reason": "Thầy cô chọn lý do.",
    "note": "Với lý do khác, thầy cô ghi rõ, nhiều nhất 200 ký tự.",
    "withdrawn": "Khoản thu này đã thu hồi, học sinh không cần nộp. Chưa ghi gì; thầy cô chưa nhận tiền.",
    "fees.other_charge": "Từ trang này thầy cô đã phát hành một khoản thu khác. Phần vừa sửa chưa gửi cho ai. "
    "Nếu đây là một khoản thu mới, thầy cô bấm “Xem trước” lần nữa.",
    "duplicate": "Số giao dịch này đã được ghi trước đó; không ghi lại lần nữa.",
}
RECEIVED: dict[str, str] = {
    "paid": "Đã ghi nhận, khoản thu đã nộp đủ. Phụ huynh được báo ngay.",
    "part": "Đã ghi nhận một phần. Phụ huynh được báo số còn thiếu.",
    "withdrawn": "Khoản thu vừa được thu hồi; số tiền nằm ở mục “Tiền chờ xử lý”.",
    "over": "Đã ghi nhận đủ và còn thừa; phần thừa nằm ở mục “Tiền chờ xử lý”.",
}
FEEDS: dict[str, str] = {"sepay": "SePay", "casso": "Casso"}
KINDS: dict[ChangeKind, str] = {
    ChangeKind.CORRECTED: "Sửa khoản thu",
    ChangeKind.WITHDRAWN: "Thu hồi khoản thu",
    ChangeKind.REINSTATED: "Thu lại khoản đã thu hồi",
}
DONE: dict[ChangeKind, str] = {
    ChangeKind.CORRECTED: "Đã sửa khoản thu. Phụ huynh nào cần biết được báo một lần.",
    ChangeKind.WITHDRAWN: "Đã thu hồi khoản thu. Phụ huynh đã nhận tin được báo là không cần nộp nữa.",
    ChangeKind.REINSTATED: "Khoản thu được thu lại, mã thanh toán như cũ. Phụ huynh được báo.",
}
REASONS: dict[Reason, str] = {
    Reason.WRONG_AMOUNT: "Nhầm số tiền",
    Reason.WRONG_DUE: "Nhầm hạn nộp, hoặc gia hạn",
    Reason.WRONG_TITLE: "Nhầm tên khoản thu",
    Reason.NOT_THEIRS: "Phát hành nhầm lớp, nhầm học sinh",
    Reason.RELIEF: "Miễn, giảm theo chế độ",
    Reason.LEFT_SCHOOL: "Học sinh chuyển trường, thôi học",
    Reason.OTHER_REASON: "Lý do khác",
}
STATES: dict[InvoiceState, str] = {
    InvoiceState.OPEN: "Chưa nộp",
    InvoiceState.PART: "Nộp một phần",
    InvoiceState.PAID: "Đã nộp đủ",
    InvoiceState.WITHDRAWN: "Đã thu hồi",
}

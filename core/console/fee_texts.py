"""The words of the fees' rooms."""

from __future__ import annotations

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
    "fees.nothing_to_allocate": "Khoản tiền này đã ghép hết, hoặc khoản thu này đã nộp đủ.",
    "fees.other_charge": "Từ trang này thầy cô đã phát hành một khoản thu khác. Phần vừa sửa chưa gửi cho ai. "
    "Nếu đây là một khoản thu mới, thầy cô bấm “Xem trước” lần nữa.",
    "duplicate": "Số giao dịch này đã được ghi trước đó; không ghi lại lần nữa.",
}
RECEIVED: dict[str, str] = {
    "paid": "Đã ghi nhận, khoản thu đã nộp đủ. Phụ huynh được báo ngay.",
    "part": "Đã ghi nhận một phần. Phụ huynh được báo số còn thiếu.",
    "over": "Đã ghi nhận đủ và còn thừa; phần thừa nằm ở mục “Tiền chưa rõ của ai”.",
}
FEEDS: dict[str, str] = {"sepay": "SePay", "casso": "Casso"}

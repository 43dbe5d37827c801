"""What guardians read about money on its own accord, in both languages: a new fee, a reminder, what came in.

The list that a guardian asks for is beside the other answers; texts for staff about money are here, too.
"""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Mapping

from bot.texts.pieces import Params, Text, money


def _whose_vi(params: Params) -> str:
    return f" của {params['child']}" if params.get("child") else ""


def _whose_en(params: Params) -> str:
    return f" for {params['child']}" if params.get("child") else ""


def _open_vi(params: Params) -> str:
    due = f", hạn {params['due_on']}" if params.get("due_on") else ""
    return f"{params.get('title', 'Khoản thu')}{_whose_vi(params)}: {money(params.get('amount', 0))}{due}. Anh/chị gõ “khoản thu” để lấy mã QR nộp tiền ạ."


def _open_en(params: Params) -> str:
    due = f", due {params['due_on']}" if params.get("due_on") else ""
    return f"{params.get('title', 'Fee')}{_whose_en(params)}: {money(params.get('amount', 0))}{due}. Type “fees” for the QR code to pay."


VI: Mapping[str, Text] = {
    "fees.issued": lambda params: f"Khoản thu mới. {_open_vi(params)}",
    "fees.due_soon": lambda params: f"Nhắc nhẹ anh/chị: sắp đến hạn nộp. {_open_vi(params)}",
    "fees.paid": lambda params: (
        f"Nhà trường đã nhận {money(params['amount'])} cho {params['title']}{_whose_vi(params)}. Khoản này đã nộp đủ. Em cảm ơn anh/chị ạ."
    ),
    "fees.part": lambda params: (
        f"Nhà trường đã nhận {money(params['amount'])} cho {params['title']}{_whose_vi(params)}, còn thiếu {money(params['left'])}. Anh/chị gõ “khoản thu” để lấy mã QR nộp tiếp ạ."
    ),
    "fees.over": lambda params: (
        f"Nhà trường đã nhận đủ {params['title']}{_whose_vi(params)} và thừa {money(params['left'])}. Nhà trường giữ phần thừa, kế toán sẽ liên hệ anh/chị ạ."
    ),
    "fees.unmatched": lambda params: (
        f"Có {money(params['amount'])} vừa vào tài khoản mà máy chưa rõ của ai. Mời kế toán mở phòng “Khoản thu” trên trang quản lý để ghép."
    ),
}
EN: Mapping[str, Text] = {
    "fees.issued": lambda params: f"New fee. {_open_en(params)}",
    "fees.due_soon": lambda params: f"A gentle reminder. {_open_en(params)}",
    "fees.paid": lambda params: (
        f"The school received {money(params['amount'])} for {params['title']}{_whose_en(params)}. It is fully paid. Thank you."
    ),
    "fees.part": lambda params: (
        f"The school received {money(params['amount'])} for {params['title']}{_whose_en(params)}; {money(params['left'])} is still open. Type “fees” for the QR code to pay the rest."
    ),
    "fees.over": lambda params: (
        f"{params['title']}{_whose_en(params)} is fully paid, and {money(params['left'])} is left over. The school keeps it safe and the accountant will contact you."
    ),
    "fees.unmatched": lambda params: (
        f"{money(params['amount'])} arrived and belongs to nothing the machine knows. Please open “Khoản thu” in the console to settle it."
    ),
}

"""What guardians read about money on its own accord, in both languages: a new fee, a reminder, a change, what came in.

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


def gone_vi(params: Params) -> str:
    """What was taken back or paid, when somebody asks for it, as lines before the list."""
    ends = {True: "nhà trường đã thu hồi, không cần nộp nữa", False: "đã nộp đủ"}
    return "".join(
        f"Khoản {one['title']} của {one['child']}: {ends[one['withdrawn']]} ạ.\n\n"
        for one in params.get("gone", ())
    )


def gone_en(params: Params) -> str:
    """The same in English."""
    ends = {True: "was taken back by the school and need not be paid", False: "is fully paid"}
    return "".join(
        f"{one['title']} for {one['child']} {ends[one['withdrawn']]}.\n\n" for one in params.get("gone", ())
    )


def _open_vi(params: Params) -> str:
    due = f", hạn {params['due_on']}" if params.get("due_on") else ""
    return f"{params.get('title', 'Khoản thu')}{_whose_vi(params)}: {money(params.get('amount', 0))}{due}. Anh/chị gõ “khoản thu” để lấy mã QR nộp tiền ạ."


def _open_en(params: Params) -> str:
    due = f", due {params['due_on']}" if params.get("due_on") else ""
    return f"{params.get('title', 'Fee')}{_whose_en(params)}: {money(params.get('amount', 0))}{due}. Type “fees” for the QR code to pay."


def _stands_vi(params: Params) -> str:
    """What is to be done about a fee that was changed."""
    paid, left, over = (params.get(name, 0) for name in ("paid", "amount", "over"))
    if over:
        return f"Như vậy đã nộp thừa {money(over)}; nhà trường giữ phần thừa và kế toán sẽ liên hệ anh/chị ạ."
    if not left:
        return "Khoản này đã nộp đủ, anh/chị không cần nộp thêm ạ."
    so_far = f"Khoản này đã nộp {money(paid)}, còn thiếu {money(left)}. " if paid else ""
    return f"{so_far}Mã thanh toán giữ nguyên; anh/chị gõ “khoản thu” để lấy mã QR đúng số tiền ạ."


def _stands_en(params: Params) -> str:
    paid, left, over = (params.get(name, 0) for name in ("paid", "amount", "over"))
    if over:
        return f"So {money(over)} was paid too much; the school keeps it safe and the accountant will contact you."
    if not left:
        return "It is fully paid; nothing more to do."
    so_far = f"{money(paid)} was paid; {money(left)} is still open. " if paid else ""
    return f"{so_far}The payment code stays the same; type “fees” for the QR code with the right amount."


def _changed_vi(params: Params) -> str:
    old = f" (trước đây ghi là “{params['old_title']}”)" if params.get("old_title") else ""
    due = f", hạn {params['due_on']}" if params.get("due_on") else ""
    return f"Nhà trường sửa lại khoản thu {params['title']}{_whose_vi(params)}{old}: số tiền đúng là {money(params['total'])}{due}. {_stands_vi(params)}"


def _changed_en(params: Params) -> str:
    old = f" (before: “{params['old_title']}”)" if params.get("old_title") else ""
    due = f", due {params['due_on']}" if params.get("due_on") else ""
    return f"The school corrected the fee {params['title']}{_whose_en(params)}{old}: the right amount is {money(params['total'])}{due}. {_stands_en(params)}"


def _withdrawn_vi(params: Params) -> str:
    paid = f" Số tiền {money(params['over'])} đã nộp, nhà trường vẫn giữ và kế toán sẽ liên hệ anh/chị ạ." if params.get("over") else " Mã QR cũ của khoản này, anh/chị bỏ qua giúp em ạ."  # fmt: skip
    return f"Nhà trường đã thu hồi khoản thu {params['title']}{_whose_vi(params)}: anh/chị không cần nộp khoản này nữa.{paid}"


def _withdrawn_en(params: Params) -> str:
    paid = f" The school keeps the {money(params['over'])} that was paid safe, and the accountant will contact you." if params.get("over") else " Please ignore its old QR code."  # fmt: skip
    return f"The school has taken back the fee {params['title']}{_whose_en(params)}: you no longer need to pay it.{paid}"


def _unmatched_vi(params: Params) -> str:
    why = f"cho khoản “{params['title']}” đã thu hồi" if params.get("title") else "mà máy chưa rõ của ai"
    return f"Có {money(params['amount'])} vừa vào tài khoản {why}. Mời kế toán mở phòng “Khoản thu” trên trang quản lý để xử lý."


def _unmatched_en(params: Params) -> str:
    why = (
        f"for “{params['title']}”, which was taken back"
        if params.get("title")
        else "and belongs to nothing the machine knows"
    )
    return f"{money(params['amount'])} arrived {why}. Please open “Khoản thu” in the console to settle it."


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
    "fees.changed": _changed_vi,
    "fees.withdrawn": _withdrawn_vi,
    "fees.reinstated": lambda params: (
        f"Khoản thu {params['title']}{_whose_vi(params)} vẫn cần nộp: {money(params['total'])}, hạn {params['due_on']}. Nếu anh/chị đã nhận tin thu hồi khoản này, nhà trường xin lỗi vì nhầm lẫn. {_stands_vi(params)}"
    ),
    "fees.late": lambda params: (
        f"Nhà trường đã nhận {money(params['amount'])} cho {params['title']}{_whose_vi(params)}, nhưng khoản này đã được thu hồi nên không cần nộp. Nhà trường giữ số tiền này và kế toán sẽ liên hệ anh/chị ạ."
    ),
    "fees.unmatched": _unmatched_vi,
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
    "fees.changed": _changed_en,
    "fees.withdrawn": _withdrawn_en,
    "fees.reinstated": lambda params: (
        f"The fee {params['title']}{_whose_en(params)} is to be paid after all: {money(params['total'])}, due {params['due_on']}. If we told you that it was taken back, we are sorry for the mix-up. {_stands_en(params)}"
    ),
    "fees.late": lambda params: (
        f"The school received {money(params['amount'])} for {params['title']}{_whose_en(params)}, but this fee was taken back and need not be paid. The school keeps the money safe and the accountant will contact you."
    ),
    "fees.unmatched": _unmatched_en,
}

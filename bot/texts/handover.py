"""What guardians read around a hand-over, in both languages: warm, short, who answers and when. Staff: `desk`."""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Mapping

from bot.texts.days import leave_off_en, leave_off_vi
from bot.texts.pieces import DAYS_EN, DAYS_VI, Params, Text

_DANGER_VI = " Nếu con đang gặp nguy hiểm, gọi ngay 113 hoặc 111 ạ."
_DANGER_EN = " If your child is in danger, call 113 or 111 now."


def _opened_vi(params: Params, first: str, last: str = _DANGER_VI) -> str:
    if params["open_now"]:
        return f"{first} Thầy cô sẽ trả lời anh/chị ngay tại đây. Trong lúc chờ, em xin phép im lặng ạ."
    day = f"{DAYS_VI[params['next_weekday']]} {params['next_day']}"
    return f"{first} Giờ này thầy cô đã nghỉ; thầy cô sẽ trả lời từ {params['opens']} {day}. Trong lúc chờ, anh/chị cần gì cứ hỏi em ạ.{last}"


def _opened_en(params: Params, first: str, last: str = _DANGER_EN) -> str:
    if params["open_now"]:
        return f"{first} A member of staff will answer you right here. I stay silent meanwhile."
    day = f"{DAYS_EN[params['next_weekday']]} {params['next_day']}"
    return f"{first} The office is closed now; they will answer from {params['opens']} on {day}. Until then, just ask me.{last}"


def _offer_vi(params: Params) -> str:
    days = f"thứ Hai đến {DAYS_VI[params['days'] - 1]}"
    return f"Anh/chị muốn nhắn cho thầy cô phải không ạ? Thầy cô trả lời từ {params['opens']} đến {params['closes']}, {days}. Nếu con đang gặp nguy hiểm, gọi ngay 113 hoặc 111 ạ."


def _offer_en(params: Params) -> str:
    days = f"Monday to {DAYS_EN[params['days'] - 1]}"
    return f"Would you like to write to the school's staff? They answer from {params['opens']} to {params['closes']}, {days}. If your child is in danger, call 113 or 111 now."


def _absence_vi(params: Params) -> str:
    first = f"Em đã chuyển lời xin nghỉ của {' và '.join(params.get('names') or ['con'])} tới thầy cô."
    first += leave_off_vi(params.get("off"))
    return (
        f"{first} Anh/chị nhắn thêm tên và lớp của con vào đây giúp em nhé." if params.get("asks") else first
    )


def _absence_en(params: Params) -> str:
    first = f"I passed on that {' and '.join(params.get('names') or ['your child'])} will be away."
    first += leave_off_en(params.get("off"))
    return f"{first} Please add your child's name and class here." if params.get("asks") else first


def _children(params: Params) -> str:
    return "; ".join(f"{one['name']}, lớp {one['class']}" for one in params["children"])


VI: Mapping[str, Text] = {
    "handover.offer": _offer_vi,
    "handover.opened": lambda params: _opened_vi(params, "Em đã chuyển lời của anh/chị tới thầy cô."),
    "handover.absence": lambda params: _opened_vi(params, _absence_vi(params), ""),
    "leave.which": "Em đã chuyển lời xin nghỉ tới thầy cô. Anh/chị xin nghỉ cho bé nào ạ? Anh/chị chọn bên dưới, hoặc nhắn tên con giúp em.",
    "leave.word": "Dạ vâng ạ, thầy cô sẽ đọc lời này cùng với lời xin nghỉ.",
    "leave.for": lambda params: f"📝 Xin nghỉ cho {_children(params)}",
    "leave.note": lambda params: (
        f"{params['text']}\n📝 Con đã liên kết: {_children(params)}"
        + (" (em đang hỏi lại là bé nào)" if params.get("asking") else "")
    ),
    "handover.angry": lambda params: _opened_vi(
        params, "Em rất xin lỗi vì đã làm anh/chị phiền lòng. Em đã chuyển lời tới thầy cô."
    ),
    "handover.emergency": "🔴 Anh/chị gọi ngay 113 (công an), 115 (cấp cứu) hoặc 111 (bảo vệ trẻ em, miễn phí, cả ngày đêm).\n"
    "Em đã báo khẩn cho mọi thầy cô trực. Anh/chị nhắn thêm vào đây: tên con, lớp, chuyện gì và ở đâu ạ; thầy cô đọc được ngay.",
    "handover.kept": lambda params: (
        "Dạ, em đã ghi lại để thầy cô đọc. Việc này em không tự làm được; thầy cô sẽ trả lời từ "
        f"{params['opens']} {DAYS_VI[params['next_weekday']]} {params['next_day']} ạ."
    ),
    "handover.passed_on": "Em đã chuyển thêm lời này tới mọi thầy cô trực ạ. Anh/chị cứ nhắn tiếp tại đây. Nếu gấp, anh/chị đừng chờ, gọi 113, 115 hoặc 111.",
    "handover.taken": "{name} đang đọc tin của anh/chị và sẽ trả lời ngay tại đây ạ.",
    "handover.still_open": lambda params: (
        f"{params['name']} đang trả lời anh/chị tại đây ạ. Muốn quay lại với em, anh/chị chọn bên dưới."
        if params.get("name")
        else "Tin của anh/chị đang chờ thầy cô ạ. Muốn quay lại với em, anh/chị chọn bên dưới."
    ),
    "handover.still_waiting": "Em xin lỗi vì anh/chị phải chờ. Em vừa nhắc thêm thầy cô khác; tin của anh/chị vẫn được giữ nguyên ạ.",
    "handover.emergency_waiting": "🔴 Thầy cô chưa kịp trả lời. Anh/chị đừng chờ, gọi ngay 113 (công an), 115 (cấp cứu) hoặc 111 (bảo vệ trẻ em).\n"
    "Em vừa báo khẩn lại cho mọi thầy cô; anh/chị nhắn thêm gì, thầy cô đọc được ngay ạ.",
    "handover.staff_said": "{name}: {text}",
    "handover.back": "Vâng ạ, em lại ở đây, anh/chị cần gì cứ hỏi em. Muốn gặp thầy cô, anh/chị gõ “gặp nhân viên” lúc nào cũng được ạ.",
    "handover.ended": "Thầy cô đã trả lời xong. Em lại ở đây, anh/chị cần gì cứ hỏi em ạ.",
    "file.too_big": "(Tệp gửi kèm lớn hơn 10 MB nên không chuyển được.)",
    "file.not_readable": "(Tệp gửi kèm không phải ảnh JPG, PNG hay PDF nên không chuyển được.)",
    "file.gone": "(Tệp gửi kèm không còn lấy được.)",
    "choice.leave": lambda params: "Cả các con" if params["argument"] == "all" else "Xin nghỉ cho con",
    "choice.handover.yes": "Gặp thầy cô",
    "choice.handover.end": "Quay lại với trợ lý",
}
EN: Mapping[str, Text] = {
    "handover.offer": _offer_en,
    "handover.opened": lambda params: _opened_en(params, "I passed your message on."),
    "handover.absence": lambda params: _opened_en(params, _absence_en(params), ""),
    "leave.which": "I passed on that your child will be away. Which child is it? Choose below, or type the name.",
    "leave.for": lambda params: f"📝 Leave for {_children(params)}",
    "leave.note": lambda params: f"{params['text']}\n📝 Linked: {_children(params)}",
    "leave.word": "All right, the staff will read this together with your note.",
    "handover.angry": lambda params: _opened_en(params, "I am truly sorry. I passed your message on."),
    "handover.emergency": "🔴 Call 113 (police), 115 (ambulance) or 111 (child protection, free, day and night) now.\nI have alerted all staff on duty. Please write here: your child's name and class, what happened and where; they read it at once.",
    "handover.kept": lambda params: (
        "I have kept this for the staff to read. I cannot do it myself; they will answer from "
        f"{params['opens']} on {DAYS_EN[params['next_weekday']]} {params['next_day']}."
    ),
    "handover.passed_on": "I passed this on to all staff on duty, too. Go on writing here. If it is urgent, do not wait: call 113, 115 or 111.",
    "handover.taken": "{name} is reading your message and will answer you right here.",
    "handover.still_open": lambda params: (
        f"{params['name']} is answering you here. To come back to me, choose below."
        if params.get("name")
        else "Your message is waiting for a member of staff. To come back to me, choose below."
    ),
    "handover.still_waiting": "I am sorry that you have to wait. I have just told more of the staff; your message is safe.",
    "handover.emergency_waiting": "🔴 The staff have not answered yet. Do not wait: call 113 (police), 115 (ambulance) or 111 (child protection) now.\n"
    "I have just alerted all of them again; whatever you add here reaches them at once.",
    "handover.staff_said": "{name}: {text}",
    "handover.back": "I am here for you again; just ask. To reach the staff, type “talk to a person” at any time.",
    "handover.ended": "The staff have finished. I am here for you again; just ask.",
    "file.too_big": "(The attached file is larger than 10 MB and could not be passed on.)",
    "file.not_readable": "(The attached file is no JPG, PNG or PDF and could not be passed on.)",
    "file.gone": "(The attached file can no longer be fetched.)",
    "choice.leave": lambda params: "All my children" if params["argument"] == "all" else "Leave for my child",
    "choice.handover.yes": "Talk to a person",
    "choice.handover.end": "Back to the assistant",
}

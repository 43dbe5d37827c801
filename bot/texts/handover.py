"""What guardians and staff read around a hand-over, in both languages.

To guardians: warm, short, who answers and when. To staff: one glance says who waits and what to type.
"""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.texts.pieces import Params, Text, each

_DAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ Nhật")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _opened_vi(params: Params, first: str) -> str:
    if params["open_now"]:
        return f"{first} Thầy cô sẽ trả lời anh/chị ngay tại đây. Trong lúc chờ, em xin phép im lặng ạ."
    day = f"{_DAYS_VI[params['next_weekday']]} {params['next_day']}"
    return f"{first} Giờ này thầy cô đã nghỉ; thầy cô sẽ trả lời từ {params['opens']} {day}. Trong lúc chờ, anh/chị cần gì cứ hỏi em ạ."


def _opened_en(params: Params, first: str) -> str:
    if params["open_now"]:
        return f"{first} A member of staff will answer you right here. I stay silent meanwhile."
    day = f"{_DAYS_EN[params['next_weekday']]} {params['next_day']}"
    return f"{first} The office is closed now; they will answer from {params['opens']} on {day}. Until then, just ask me."


def _offer_vi(params: Params) -> str:
    days = f"thứ Hai đến {_DAYS_VI[params['days'] - 1]}"
    return f"Anh/chị muốn nhắn cho thầy cô phải không ạ? Thầy cô trả lời từ {params['opens']} đến {params['closes']}, {days}. Nếu con đang gặp nguy hiểm, gọi ngay 113 hoặc 111 ạ."


def _offer_en(params: Params) -> str:
    days = f"Monday to {_DAYS_EN[params['days'] - 1]}"
    return f"Would you like to write to the school's staff? They answer from {params['opens']} to {params['closes']}, {days}. If your child is in danger, call 113 or 111 now."


_HEADS_VI = {
    "danger": "🔴 KHẨN CẤP",
    "angry": "🟠 Phụ huynh đang bức xúc",
    "absence": "📝 Phụ huynh xin nghỉ cho con",
    "": "🔔 Phụ huynh cần gặp người",
}
_HEADS_EN = {
    "absence": "📝 A child will be away",
    "danger": "🔴 EMERGENCY",
    "angry": "🟠 A guardian is upset",
    "": "🔔 A guardian asks for a person",
}
_TYPE_VI = "Gõ: nhận {code} · #{code} lời nhắn · xong {code}"
_TYPE_EN = "Type: take {code} · #{code} your words · done {code}"
_WAITED_VI = "⏳ Đã chờ {minutes} phút, chưa có ai trả lời.\n"
_WAITED_EN = "⏳ Waiting for {minutes} minutes, nobody has answered.\n"


def _alert(heads: Mapping[str, str], typed: str, before: str = "") -> Callable[[Params], str]:
    """What staff read of somebody who waits: why, the words, and what to type."""

    def text(params: Params) -> str:
        head = heads["danger"] if params["urgent"] else heads.get(params["reason"], heads[""])
        said = f"{head} · #{params['code']}\n“{params['text']}”\n"
        return before.format_map(params) + said + typed.format_map(params)

    return text


def _line_vi(one: Params) -> str:
    mark, who = ("🔴 " if one["urgent"] else ""), one["by"] or "chưa ai nhận"
    return f"{mark}#{one['code']} · từ {one['since']} · {who}"


def _line_en(one: Params) -> str:
    mark, who = ("🔴 " if one["urgent"] else ""), one["by"] or "nobody yet"
    return f"{mark}#{one['code']} · since {one['since']} · {who}"


def _you_took_vi(params: Params) -> str:
    code = params["code"]
    how = (
        f"Nhắn: #{code} lời nhắn."
        if params["is_group"]
        else "Thầy cô cứ nhắn ở đây, em chuyển tới phụ huynh."
    )
    text = f"\n“{params['text']}”" if params["text"] else ""
    return f"Thầy cô đang trả lời #{code}.{text}\n{how} Trả lời xong thì gõ: xong {code}"


def _you_took_en(params: Params) -> str:
    code = params["code"]
    how = f"Write: #{code} your words." if params["is_group"] else "Just write here; I pass it on."
    text = f"\n“{params['text']}”" if params["text"] else ""
    return f"You answer #{code}.{text}\n{how} When finished, type: done {code}"


def _joined_vi(params: Params) -> str:
    first = f"Đã nối “{params['name']}”. Từ nay em báo vào đây khi phụ huynh cần gặp thầy cô."
    return first + " Gõ “danh sách” để xem ai đang chờ."


def _joined_en(params: Params) -> str:
    return f"“{params['name']}” is connected. I tell you here when a guardian needs a person. Type “list” to see who waits."


_ABLE_VI = {
    "conversations.answer": "• danh sách – ai đang chờ\n• nhận A1B2C3 · #A1B2C3 lời nhắn · xong A1B2C3 – trả lời phụ huynh",
    "check_ins.decide": "• duyệt A1B2C3 · từ chối A1B2C3 · tới A1B2C3 – em đang chờ ở cổng",
    "guardians.verify": "• xác minh A1B2C3 lý do · bác A1B2C3 lý do – hồ sơ phụ huynh",
    "devices.manage": "• cổng · khoá cổng · mở cổng · mở điểm danh · mở ca thi · đóng ca – máy ở cổng",
    "exams.manage": "• giao máy cho phòng 101 – máy ở cửa phòng thi",
}
_ABLE_EN = {
    "conversations.answer": "• list – who waits\n• take A1B2C3 · #A1B2C3 your words · done A1B2C3 – answer a guardian",
    "check_ins.decide": "• duyệt A1B2C3 · từ chối A1B2C3 · tới A1B2C3 – let in, refuse, coming",
    "guardians.verify": "• verify A1B2C3 why · deny A1B2C3 why – a guardian's case",
    "devices.manage": "• cổng · khoá cổng · mở cổng · mở điểm danh · mở ca thi · đóng ca – the kiosks",
    "exams.manage": "• giao máy cho phòng 101 – a kiosk before an exam room",
}


def _help(first: str, able: Mapping[str, str], last: str) -> Callable[[Params], str]:
    """What can be typed in a chat of staff; in a person's own one also how to be a guardian."""

    def text(params: Params) -> str:
        lines = [first, *(able[right] for right in params["able"])]
        return "\n".join(lines if params["is_group"] else [*lines, last])

    return text


VI: Mapping[str, Text] = {
    "handover.offer": _offer_vi,
    "handover.opened": lambda params: _opened_vi(params, "Em đã chuyển lời của anh/chị tới thầy cô."),
    "handover.absence": lambda params: _opened_vi(params, "Em đã chuyển lời xin nghỉ của con tới thầy cô."),
    "handover.angry": lambda params: _opened_vi(
        params, "Em rất xin lỗi vì đã làm anh/chị phiền lòng. Em đã chuyển lời tới thầy cô."
    ),
    "handover.emergency": "🔴 Anh/chị gọi ngay 113 (công an), 115 (cấp cứu) hoặc 111 (bảo vệ trẻ em, miễn phí, cả ngày đêm).\n"
    "Em đã báo khẩn cho mọi thầy cô trực. Anh/chị nhắn thêm vào đây: tên con, lớp, thấy con lần cuối ở đâu ạ.",
    "handover.kept": lambda params: (
        "Dạ, em đã ghi lại để thầy cô đọc. Việc này em không tự làm được; thầy cô sẽ trả lời từ "
        f"{params['opens']} {_DAYS_VI[params['next_weekday']]} {params['next_day']}. "
        "Nếu con đang gặp nguy hiểm, anh/chị gọi ngay 113 hoặc 111 ạ."
    ),
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
    "handover.staff_alert": _alert(_HEADS_VI, _TYPE_VI),
    "handover.guardian_said": "#{code} · Phụ huynh: “{text}”",
    "file.too_big": "(Tệp gửi kèm lớn hơn 10 MB nên không chuyển được.)",
    "file.not_readable": "(Tệp gửi kèm không phải ảnh JPG, PNG hay PDF nên không chuyển được.)",
    "file.gone": "(Tệp gửi kèm không còn lấy được.)",
    "handover.raised": _alert(_HEADS_VI, _TYPE_VI, _WAITED_VI),
    "desk.joined": _joined_vi,
    "desk.you_took": _you_took_vi,
    "desk.taken_by": "#{code}: {name} đã nhận trả lời.",
    "desk.sent": "✓ Đã gửi tới phụ huynh #{code}.",
    "desk.closed": "Đã kết thúc #{code}. Trợ lý lại trả lời phụ huynh này.",
    "desk.ended_by": lambda params: (
        f"#{params['code']}: {params['name']} đã trả lời xong."
        if params["name"]
        else f"#{params['code']} đã tự đóng vì lâu không có tin mới."
    ),
    "desk.left": "#{code}: phụ huynh đã quay lại với trợ lý, không cần trả lời nữa.",
    "desk.list": lambda params: (
        f"Đang mở:\n{each(params['open'], _line_vi)}"
        if params["open"]
        else "Không có phụ huynh nào đang chờ."
    ),
    "desk.which": lambda params: (
        f"Có mấy cuộc đang mở, thầy cô ghi thêm mã giúp em:\n{each(params['open'], _line_vi)}"
    ),
    "desk.none": "Hiện không có cuộc nào để làm việc này. Gõ “danh sách” để xem ai đang chờ.",
    "desk.help": _help(
        "Ở đây thầy cô gõ (A1B2C3 là mã trong tin báo):", _ABLE_VI, "Gõ “menu” để hỏi em như một phụ huynh."
    ),
    "desk.changed": "Có thay đổi ở bàn trực.",
    "error.conversations.handover_not_found": "Không có cuộc trao đổi nào đang mở với mã này. Gõ “danh sách” để xem lại.",
    "error.conversations.handover_taken": "Đồng nghiệp khác đang trả lời phụ huynh này.",
    "error.conversations.staff_chat_not_found": "Mã nối nhóm không đúng hoặc đã hết hạn. Thầy cô tạo mã mới ở trang quản lý.",
    "error.conversations.empty_answer": "Lời nhắn đang trống. Thầy cô gõ lại giúp em.",
    "error.conversations.answer_too_long": "Lời nhắn dài quá nên em chưa gửi. Thầy cô chia thành hai tin giúp em.",
    "choice.handover.yes": "Gặp thầy cô",
    "choice.handover.end": "Quay lại với trợ lý",
    "choice.desk.take": "Nhận #{argument}",
    "choice.desk.done": "Trả lời xong #{argument}",
}
EN: Mapping[str, Text] = {
    "handover.offer": _offer_en,
    "handover.opened": lambda params: _opened_en(params, "I passed your message on."),
    "handover.absence": lambda params: _opened_en(params, "I passed on that your child will be away."),
    "handover.angry": lambda params: _opened_en(params, "I am truly sorry. I passed your message on."),
    "handover.emergency": "🔴 Call 113 (police), 115 (ambulance) or 111 (child protection, free, day and night) now.\nI have alerted all staff on duty. Please write here: your child's name, class, and where you last saw your child.",
    "handover.kept": lambda params: (
        "I have kept this for the staff to read. I cannot do it myself; they will answer from "
        f"{params['opens']} on {_DAYS_EN[params['next_weekday']]} {params['next_day']}. "
        "If your child is in danger, call 113 or 111 now."
    ),
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
    "handover.staff_alert": _alert(_HEADS_EN, _TYPE_EN),
    "handover.guardian_said": "#{code} · Guardian: “{text}”",
    "file.too_big": "(The attached file is larger than 10 MB and could not be passed on.)",
    "file.not_readable": "(The attached file is no JPG, PNG or PDF and could not be passed on.)",
    "file.gone": "(The attached file can no longer be fetched.)",
    "handover.raised": _alert(_HEADS_EN, _TYPE_EN, _WAITED_EN),
    "desk.joined": _joined_en,
    "desk.you_took": _you_took_en,
    "desk.taken_by": "#{code}: {name} answers it.",
    "desk.sent": "✓ Sent to guardian #{code}.",
    "desk.closed": "#{code} has ended. The assistant answers this guardian again.",
    "desk.ended_by": lambda params: (
        f"#{params['code']}: {params['name']} has finished."
        if params["name"]
        else f"#{params['code']} closed by itself: nothing new for long."
    ),
    "desk.left": "#{code}: the guardian went back to the assistant; no answer is needed.",
    "desk.list": lambda params: (
        f"Open:\n{each(params['open'], _line_en)}" if params["open"] else "Nobody is waiting."
    ),
    "desk.which": lambda params: f"Several are open; please add the code:\n{each(params['open'], _line_en)}",
    "desk.none": "There is nothing to do that with. Type “list” to see who waits.",
    "desk.help": _help(
        "Here you can type (A1B2C3 is the code in the alert):",
        _ABLE_EN,
        "Type “menu” to ask me as a guardian.",
    ),
    "desk.changed": "Something changed at the desk.",
    "error.conversations.handover_not_found": "No open conversation has this code. Type “list” to look again.",
    "error.conversations.handover_taken": "A colleague is answering this guardian already.",
    "error.conversations.staff_chat_not_found": "This code is wrong or has expired. Make a new one in the console.",
    "error.conversations.empty_answer": "There is nothing in this answer. Please type it again.",
    "error.conversations.answer_too_long": "This answer is too long, so it was not sent. Please make two of it.",
    "choice.handover.yes": "Talk to a person",
    "choice.handover.end": "Back to the assistant",
    "choice.desk.take": "Take #{argument}",
    "choice.desk.done": "Finished #{argument}",
}

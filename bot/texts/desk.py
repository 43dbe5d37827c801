"""What staff read and type around a hand-over, in both languages: one glance says who waits and what to type."""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.texts.pieces import Params, Text, each

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
_NEAR_VI = "Thầy cô ở gần xin đến xem ngay; người trực tin nhắn sẽ trả lời phụ huynh."
_NEAR_EN = "Whoever is near, please go and look now; those on duty for messages answer the guardian."
_WAITED_VI = "⏳ Đã chờ {minutes} phút, chưa có ai trả lời.\n"
_WAITED_EN = "⏳ Waiting for {minutes} minutes, nobody has answered.\n"


def _alert(heads: Mapping[str, str], typed: str, near: str, before: str = "") -> Callable[[Params], str]:
    """What staff read of somebody who waits: why, the words, and what to type; or what else who `only_hears` can do."""

    def text(params: Params) -> str:
        head = heads["danger"] if params["urgent"] else heads.get(params["reason"], heads[""])
        said = f"{head} · #{params['code']}\n“{params['text']}”\n"
        return (
            before.format_map(params)
            + said
            + (near if params.get("only_hears") else typed.format_map(params))
        )

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
    "handover.staff_alert": _alert(_HEADS_VI, _TYPE_VI, _NEAR_VI),
    "handover.guardian_said": "#{code} · Phụ huynh: “{text}”",
    "handover.raised": _alert(_HEADS_VI, _TYPE_VI, _NEAR_VI, _WAITED_VI),
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
    "choice.desk.take": "Nhận #{argument}",
    "choice.desk.done": "Trả lời xong #{argument}",
}
EN: Mapping[str, Text] = {
    "handover.staff_alert": _alert(_HEADS_EN, _TYPE_EN, _NEAR_EN),
    "handover.guardian_said": "#{code} · Guardian: “{text}”",
    "handover.raised": _alert(_HEADS_EN, _TYPE_EN, _NEAR_EN, _WAITED_EN),
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
    "choice.desk.take": "Take #{argument}",
    "choice.desk.done": "Finished #{argument}",
}

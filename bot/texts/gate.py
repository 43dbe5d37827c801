"""What staff read of the gates, in both languages: who waits, what a kiosk did, how it stands. One glance each."""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Mapping

from bot.texts.gate_codes import (
    ANSWERS_EN,
    ANSWERS_VI,
    DETAILS_VI,
    KINDS_EN,
    KINDS_VI,
    MODES_VI,
    REASONS_EN,
    REASONS_VI,
    TROUBLES_EN,
    TROUBLES_VI,
)
from bot.texts.pieces import Params, Text


def _needs_staff_vi(params: Params) -> str:
    who = params.get("given_name") or "Một người"
    reason = REASONS_VI.get(params["reason"], "cần thầy cô xem")
    head = f"🔔 {params['gate']}, {params['time']}: {who} – {reason}."
    if params.get("not_for"):
        head += f"\n⛔ Người này không được đón: {'; '.join(params['not_for'])}. Thầy cô không giao em, và báo ban giám hiệu."
    if not params.get("waits"):
        return head
    code = params["code"]
    return f"{head}\nBấm nút, hoặc gõ: duyệt {code} · từ chối {code} · tới {code}"


def _needs_staff_en(params: Params) -> str:
    who = params.get("given_name") or "Somebody"
    reason = REASONS_EN.get(params["reason"], "needs a person")
    head = f"🔔 {params['gate']}, {params['time']}: {who} – {reason}."
    if params.get("not_for"):
        head += f"\n⛔ Must not pick up: {'; '.join(params['not_for'])}. Keep the child and call the head."
    return f"{head}\nPress, or type: duyệt {params['code']} (let in)" if params.get("waits") else head


def _done_vi(params: Params) -> str:
    if params["kind"] == "answer":
        return f"✅ {params['gate']} đã báo cho em ấy: {ANSWERS_VI[params['answer']]}."
    if params["kind"] == "update":
        return f"✅ {params['gate']} đã nhận bản {params['version']} và đang khởi động lại để chạy thử. Nếu bản mới trục trặc, máy tự về bản cũ; hỏi “tình trạng cổng” để xem bản đang chạy."
    return f"✅ {params['gate']}: đã {KINDS_VI[params['kind']]}."


def _done_en(params: Params) -> str:
    said = ANSWERS_EN[params["answer"]] if params["kind"] == "answer" else KINDS_EN[params["kind"]]
    return f"✅ {params['gate']}: {said}."


def _late_vi(params: Params) -> str:
    return (
        f"⏱ Đã ghi “{ANSWERS_VI[params['answer']]}”, nhưng muộn: {params['gate']} đã chuyển sang lượt khác, em ấy không còn thấy. "
        "Thầy cô tìm em ấy ở gần cổng giúp nhé."
    )


def _late_en(params: Params) -> str:
    return f"⏱ “{ANSWERS_EN[params['answer']]}” is recorded, but it came too late: {params['gate']} has moved on. Please look for the pupil near the gate."


def _expired_vi(params: Params) -> str:
    tail = " Kết quả vẫn đã ghi vào sổ." if params["kind"] == "answer" else ""
    return f"📵 {params['gate']} không trả lời, nên việc “{KINDS_VI[params['kind']]}” chưa làm được.{tail} Thầy cô xem máy có điện và mạng không nhé."


def _expired_en(params: Params) -> str:
    return f"📵 {params['gate']} did not answer, so “{KINDS_EN[params['kind']]}” was not done. Please check its power and network."


def _failed_vi(params: Params) -> str:
    why = DETAILS_VI.get(params.get("detail", ""), "máy báo chưa làm được")
    return f"⚠️ {params['gate']} chưa {KINDS_VI[params['kind']]} được: {why}."


def _failed_en(params: Params) -> str:
    return f"⚠️ {params['gate']} could not {KINDS_EN[params['kind']]}."


def _state_vi(params: Params) -> str:
    state = params["state"]
    lines = [f"📋 {params['gate']}: {MODES_VI.get(state['mode'], state['mode'])}"]
    if state["locked"]:
        lines.append("• Đang đóng ca" if state["locked"] == "closed" else "• Đang khoá")
    if state["waits_for_staff"]:
        lines.append("• Có em đang chờ thầy cô trước máy")
    lines.append("• Có mạng" if state["online"] else "• Mất mạng, máy vẫn ghi")
    if state["queued"] or state["parked"]:
        lines.append(f"• Chờ gửi {state['queued']}, bị từ chối {state['parked']}")
    drift = state["clock_drift_ms"]
    if drift is not None and abs(drift) > 2000:
        lines.append(f"• Đồng hồ lệch {abs(drift) // 1000} giây, máy tự bù")
    lines += [f"• {TROUBLES_VI[code]}" for code in _troubles(state)]
    if state["emulated"]:
        lines.append("• Thiết bị mô phỏng")
    return "\n".join((*lines, f"• {state['software']}"))


def _troubles(state: Params) -> list[str]:
    """What does not work of the reader and the camera, in the codes of `gate.trouble`."""
    told = (f"reader_{state.get('reader', 'ok')}", f"camera_{state.get('camera', 'ok')}")
    return [code for code in told if code in TROUBLES_VI]


def _trouble_vi(params: Params) -> str:
    if params["code"] == "spool_lost":
        return (
            f"🔧 {params['gate']}: ổ đĩa của máy hỏng một chỗ, có lượt đã ghi bị mất. "
            "Thầy cô đối chiếu với sổ điểm danh, rồi nhờ người trông máy khám ổ đĩa nhé."
        )
    what = TROUBLES_VI.get(params["code"], "máy báo trục trặc")
    return f"🔧 {params['gate']}: {what}. Thầy cô xem giúp máy nhé; các em đang được mời tới bàn trực."


def _trouble_en(params: Params) -> str:
    if params["code"] == "spool_lost":
        return (
            f"🔧 {params['gate']}: its disk is damaged, and recorded visits were lost. "
            "Please compare with the attendance book, and have the disk looked at."
        )
    what = TROUBLES_EN.get(params["code"], "it reports a fault")
    return f"🔧 {params['gate']}: {what}. Please have a look; pupils are sent to the desk meanwhile."


def _state_en(params: Params) -> str:
    state = params["state"]
    shut = f", shut ({state['locked']})" if state["locked"] else ""
    net = "online" if state["online"] else "offline"
    return (
        f"📋 {params['gate']}: {state['mode']}{shut}, {net}, {state['queued']} to send, {state['parked']} refused. {state['software']}"
        + "".join(f"\n• {TROUBLES_EN[code]}" for code in _troubles(state))
    )


def _which_vi(params: Params) -> str:
    first = params["gates"][0].lower()
    named = first if first.startswith("cổng ") else f"cổng {first}"
    return f"Có {len(params['gates'])} cổng: {', '.join(params['gates'])}. Thầy cô ghi thêm tên cổng, ví dụ “khoá {named}”."


def _typed_room(room: str) -> str:
    """How a room is typed so that it is understood as one."""
    named = room.lower()
    return named if named.startswith(("phòng", "p.", "hội trường")) else f"phòng {named}"


VI: Mapping[str, Text] = {
    "checkin.needs_staff": _needs_staff_vi,
    "gate.dated_back": lambda params: (
        f"⚠️ {params['gate']} vừa gửi một lượt điểm danh ghi {params['time']} {params['date']}, trong khi lượt của lúc đó máy đã gửi hết. Lượt này chưa được tính: mở trang Điểm danh hôm nay để xem. Nếu máy hoặc khóa của máy có thể đã bị lấy, thu hồi máy ở trang Thiết bị."
    ),
    "gate.passed_on": lambda params: f"Đã ghi: {ANSWERS_VI[params['answer']]}. Đang báo cho máy…",
    "gate.ordered": lambda params: (
        f"Đang giao {', '.join(params['gates'])} cho {params['room']}…"
        if params.get("room")
        else f"Đang nhờ {', '.join(params['gates'])} {KINDS_VI[params['kind']]}…"
    ),
    "gate.done": _done_vi,
    "gate.too_late": _late_vi,
    "gate.expired": _expired_vi,
    "gate.refused": _failed_vi,
    "gate.failed": _failed_vi,
    "gate.state": _state_vi,
    "gate.trouble": _trouble_vi,
    "gate.binding_needs_staff": lambda params: (
        f"🔔 {params['gate']}: một phụ huynh đang xác minh tại máy, và máy chưa khớp được. "
        "Thầy cô ra giúp, rồi xem hồ sơ ở trang quản lý, mục Phụ huynh."
    ),
    "gate.none": "Trường chưa ghép máy nào ở cổng. Thầy cô vào trang quản lý, mục Thiết bị, để tạo mã ghép.",
    "gate.which": _which_vi,
    "gate.which_room": lambda params: (
        ("Em không thấy phòng này trong các phòng sắp thi. " if params["is_unknown"] else "")
        + f"Giao {params['gate']} cho phòng nào ạ? Sắp thi: {', '.join(params['rooms'])}.\n"
        f"Bấm nút, hoặc gõ: giao máy cho {_typed_room(params['rooms'][0])}"
    ),
    "gate.no_room": "Chưa có phòng thi nào mở cửa trong ba giờ tới. Thầy cô xem lại mục Kỳ thi ở trang quản lý, giao máy ở đó lúc nào cũng được.",
    "gate.nobody_waits": "Không có lượt chờ nào mang mã này, hoặc đồng nghiệp đã xử lý.",
    "gate.which_pupil": lambda params: (
        f"Đang có {len(params['codes'])} lượt chờ. Thầy cô gõ kèm mã: {', '.join(params['codes'])}."
    ),
    "error.checkins.already_resolved": "Lượt này đồng nghiệp đã xử lý rồi ạ.",
    "error.devices.too_many_commands": "Máy này còn nhiều việc chưa xong. Thầy cô chờ một chút rồi thử lại.",
    "error.devices.command_not_found": "Không có lệnh này.",
    "choice.gate.approved": "✅ Cho vào #{argument}",
    "choice.gate.refused": "⛔ Không cho qua #{argument}",
    "choice.gate.coming": "🚶 Tôi đang tới #{argument}",
    "choice.gate.state": "Tình trạng máy",
    "choice.gate.lock": "Khoá máy",
    "choice.gate.unlock": "Mở máy",
    "choice.gate.attendance": "Mở điểm danh",
    "choice.gate.exam": "Mở ca thi",
    "choice.gate.all_rooms": "Mọi phòng đang mở",
}

EN: Mapping[str, Text] = {
    "gate.dated_back": lambda params: (
        f"⚠️ {params['gate']} just sent a check-in of {params['time']} on {params['date']}, a time whose reports it had all sent. It does not count yet: look at Today. If the kiosk or its key may have been taken, revoke it."
    ),
    "checkin.needs_staff": _needs_staff_en,
    "gate.passed_on": lambda params: f"Recorded: {ANSWERS_EN[params['answer']]}. Telling the kiosk…",
    "gate.ordered": lambda params: (
        f"Putting {', '.join(params['gates'])} before {params['room']}…"
        if params.get("room")
        else f"Asking {', '.join(params['gates'])} to {KINDS_EN[params['kind']]}…"
    ),
    "gate.done": _done_en,
    "gate.too_late": _late_en,
    "gate.expired": _expired_en,
    "gate.refused": _failed_en,
    "gate.failed": _failed_en,
    "gate.state": _state_en,
    "gate.trouble": _trouble_en,
    "gate.binding_needs_staff": lambda params: (
        f"🔔 {params['gate']}: a guardian stands at the kiosk and could not be matched. "
        "Please go there, and look at the case in the console, under Guardians."
    ),
    "gate.none": "No kiosk is enrolled yet. The console's device room makes a code.",
    "gate.which_room": lambda params: (
        ("No such room sits an exam soon. " if params["is_unknown"] else "")
        + f"Which room for {params['gate']}? Soon: {', '.join(params['rooms'])}.\n"
        f"Press, or type: giao máy cho {_typed_room(params['rooms'][0])}"
    ),
    "gate.no_room": "No exam room opens in the next three hours. The console's exam room can give it a kiosk at any time.",
    "gate.which": lambda params: f"Which gate? {', '.join(params['gates'])}. Please add its name.",
    "gate.nobody_waits": "Nobody waits under this code, or a colleague has decided.",
    "gate.which_pupil": lambda params: f"Several wait. Please add the code: {', '.join(params['codes'])}.",
    "error.checkins.already_resolved": "A colleague has decided this already.",
    "error.devices.too_many_commands": "This kiosk has many open orders. Please try again in a moment.",
    "error.devices.command_not_found": "There is no such order.",
    "choice.gate.approved": "✅ Let in #{argument}",
    "choice.gate.refused": "⛔ Do not let in #{argument}",
    "choice.gate.coming": "🚶 I am coming #{argument}",
    "choice.gate.state": "State",
    "choice.gate.lock": "Lock",
    "choice.gate.unlock": "Unlock",
    "choice.gate.attendance": "Open attendance",
    "choice.gate.exam": "Open the exam",
    "choice.gate.all_rooms": "Every open room",
}

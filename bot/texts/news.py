"""Announcements, the daily digest, and choosing what one wants to be told, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts.pieces import Params, Text, each

_MOST_LINES = 12
_LINE_MAX = 220
_KINDS_VI = {"arrivals": "Con đến trường", "fees": "Khoản thu", "news": "Thông báo của trường"}
_KINDS_EN = {"arrivals": "My child's arrival", "fees": "Fees", "news": "News of the school"}

_WAITED_VI = {
    "now": "Em đang giữ {waited} tin để gộp, em gửi anh/chị trong một tin sắp tới. ",
    "digest": "Em đang giữ {waited} tin, cũng gửi vào giờ đó. ",
    "off": "Em đang giữ {waited} tin để gộp, em sẽ không gửi nữa. ",
}
_WAITED_EN = {
    "now": "What was kept for the daily message ({waited}) comes in one message soon. ",
    "digest": "What was kept ({waited}) comes at that hour too. ",
    "off": "What was kept for the daily message ({waited}) is not sent any more. ",
}


def _announced(params: Params, mark: str) -> str:
    return f"{mark} {params['title']}\n\n{params['text']}\n\n{params['school']}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LINE_MAX else line[: _LINE_MAX - 1].rstrip() + "…"


def _digest(params: Params, head: str, more: str) -> str:
    lines = [f"• {_short(line)}" for line in params["lines"]]
    left = len(lines) - _MOST_LINES
    shown = lines[:_MOST_LINES] + ([more.format(left=left)] if left > 0 else [])
    return f"{head} {params['date']}:\n\n" + "\n".join(shown)


def _mode_vi(one: Params) -> str:
    if one.get("waits"):
        return "chưa báo, vì anh/chị chưa đồng ý"
    if one["mode"] == "digest":
        return f"gộp một tin lúc {one['at']} mỗi ngày"
    return {"now": "báo ngay", "off": "không nhận"}[one["mode"]]


def _mode_en(one: Params) -> str:
    if one.get("waits"):
        return "not yet, you have not agreed to it"
    if one["mode"] == "digest":
        return f"one message a day, at {one['at']}"
    return {"now": "at once", "off": "not at all"}[one["mode"]]


def _waited(params: Params, texts: Mapping[str, str]) -> str:
    """What becomes of the messages that waited for a digest."""
    waited = params.get("waited", 0)
    return texts[params["mode"]].format(waited=waited) if waited else ""


def _set_vi(params: Params) -> str:
    kind = _KINDS_VI[params["kind"]]
    if params.get("waits"):
        how = _mode_vi({**params, "waits": ""})
        return f"Em nhớ rồi ạ: “{kind}”, {how}. Em chỉ báo khi anh/chị đồng ý nhận tin này, anh/chị bấm nút dưới đây ạ."
    return (
        f"Vâng ạ. “{kind}”: từ giờ {_mode_vi(params)}. {_waited(params, _WAITED_VI)}Tin khẩn em vẫn báo ngay."
    )


def _set_en(params: Params) -> str:
    kind = _KINDS_EN[params["kind"]]
    if params.get("waits"):
        how = _mode_en({**params, "waits": ""})
        return f"Noted: “{kind}”, {how}. I tell you only when you agree to it: please press the button below."
    waited = _waited(params, _WAITED_EN)
    return f"Done. “{kind}”: from now on {_mode_en(params)}. {waited}Emergencies still come at once."


def _list_vi(params: Params) -> str:
    lines = each(params["wanted"], lambda one: f"• {_KINDS_VI[one['kind']]}: {_mode_vi(one)}")
    return f"Em đang báo tin cho anh/chị như sau:\n{lines}\nAnh/chị muốn đổi mục nào ạ? Tin khẩn thì em luôn báo ngay."


def _list_en(params: Params) -> str:
    lines = each(params["wanted"], lambda one: f"• {_KINDS_EN[one['kind']]}: {_mode_en(one)}")
    return f"This is how I tell you:\n{lines}\nWhich one would you like to change? Emergencies always come at once."


VI: Mapping[str, Text] = {
    "broadcast.notice": lambda params: _announced(params, "📢"),
    "broadcast.campaign": lambda params: _announced(params, "🌱"),
    "broadcast.emergency": lambda params: _announced(params, "🔴 KHẨN:"),
    "digest.daily": lambda params: _digest(
        params, "Tin trong ngày", "… và {left} tin nữa. Anh/chị gõ “menu” để xem thêm ạ."
    ),
    "preferences.list": _list_vi,
    "preferences.how": lambda params: f"“{_KINDS_VI[params['kind']]}”: anh/chị muốn nhận thế nào ạ?",
    "preferences.set": _set_vi,
    "choice.prefs": lambda params: _KINDS_VI.get(params["argument"], "Chọn cách nhận tin"),
    "choice.prefs.now": "Báo ngay",
    "choice.prefs.digest": "Gộp một tin lúc {argument}:00",
    "choice.prefs.off": "Không nhận",
    "choice.menu.preferences": "Chọn cách nhận tin",
    "error.preferences.bad_hour": "Em chỉ gửi bản gộp trong khoảng 6 giờ đến 21 giờ ạ. Anh/chị chọn giờ khác giúp em.",
    "error.broadcasts.not_found": "Không có thông báo này.",
    "error.broadcasts.bad_field": "Thông báo còn thiếu hoặc quá dài. Thầy cô xem lại giúp em.",
    "error.broadcasts.wrong_state": "Thông báo này đã được xử lý rồi.",
    "error.broadcasts.nobody": "Chưa có phụ huynh nào nhận được thông báo này.",
}
EN: Mapping[str, Text] = {
    "broadcast.notice": lambda params: _announced(params, "📢"),
    "broadcast.campaign": lambda params: _announced(params, "🌱"),
    "broadcast.emergency": lambda params: _announced(params, "🔴 URGENT:"),
    "digest.daily": lambda params: _digest(
        params, "Today's news,", "… and {left} more. Type “menu” to see them."
    ),
    "preferences.list": _list_en,
    "preferences.how": lambda params: f"“{_KINDS_EN[params['kind']]}”: how would you like to be told?",
    "preferences.set": _set_en,
    "choice.prefs": lambda params: _KINDS_EN.get(params["argument"], "What I am told"),
    "choice.prefs.now": "At once",
    "choice.prefs.digest": "Once a day, at {argument}:00",
    "choice.prefs.off": "Not at all",
    "choice.menu.preferences": "What I am told",
    "error.preferences.bad_hour": "A daily message comes between 6:00 and 21:00. Please choose another hour.",
    "error.broadcasts.not_found": "There is no such announcement.",
    "error.broadcasts.bad_field": "Something is missing or too long. Please look again.",
    "error.broadcasts.wrong_state": "This announcement was dealt with already.",
    "error.broadcasts.nobody": "Nobody would get this announcement yet.",
}

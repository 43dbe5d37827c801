"""The school's calendar, as guardians read it, and who did not come, as staff read it, in both languages."""

# ruff: noqa: E501 - a sentence is easier to read and mend in one piece
from __future__ import annotations

from collections.abc import Mapping

from bot.texts.pieces import DAYS_EN, DAYS_VI, Params, Text, each

_AHEAD_VI = {0: "hôm nay, ", 1: "ngày mai, "}
_AHEAD_EN = {0: "today, ", 1: "tomorrow, "}


def _vi(day: Params) -> str:
    return f"{DAYS_VI[day['weekday']]} {day['date']}"


def _en(day: Params) -> str:
    return f"{DAYS_EN[day['weekday']]} {day['date']}"


def _why(day: Params) -> str:
    return f" ({day['name']})" if day["name"] else ""


def _off_vi(day: Params) -> str:
    """That there are no lessons, and who says so: the school, or the week and the law."""
    return f"theo lịch {'của trường' if day['is_own'] else 'chung'} không có giờ học{_why(day)}"


def _off_en(day: Params) -> str:
    who = "by the school's calendar" if day["is_own"] else "usually"
    return f"{who} there are no lessons{_why(day)}"


def _again_vi(again: Params | None) -> str:
    return f" Con đi học lại {_vi(again)}." if again else ""


def _again_en(again: Params | None) -> str:
    return f" Lessons resume on {_en(again)}." if again else ""


def off_today_vi(off: Params | None) -> str:
    """The line before today's arrivals on a day without lessons; empty on others."""
    return f"Hôm nay là {_vi(off)}, {_off_vi(off)} ạ.{_again_vi(off['again'])}\n" if off else ""


def off_today_en(off: Params | None) -> str:
    """The same in English."""
    return f"Today is {_en(off)}: {_off_en(off)}.{_again_en(off['again'])}\n" if off else ""


def leave_off_vi(off: Params | None) -> str:
    """What is said of leave asked for a day without lessons; empty otherwise."""
    return f" À, {_vi(off)} {_off_vi(off)} ạ." if off else ""


def leave_off_en(off: Params | None) -> str:
    """The same in English."""
    return f" By the way, on {_en(off)} {_off_en(off)}." if off else ""


def _day_vi(params: Params) -> str:
    day = params["day"]
    when = f"Dạ, {_AHEAD_VI.get(params['ahead'], '')}{_vi(day)}"
    if params["has_lessons"]:
        usual = _why(day) or " bình thường"
        return f"{when} theo lịch của trường có học{usual} ạ. Nếu thầy cô vừa báo khác, anh/chị theo lời thầy cô giúp em nhé."
    return f"{when} {_off_vi(day)} ạ.{_again_vi(params['again'])}"


def _day_en(params: Params) -> str:
    day = params["day"]
    when = f"{_AHEAD_EN.get(params['ahead'], '')}{_en(day)}"
    if params["has_lessons"]:
        said = f"{when}: by the school's calendar there are lessons{_why(day)}. If a teacher has just said otherwise, please follow the teacher."
    else:
        said = f"{when}: {_off_en(day)}.{_again_en(params['again'])}"
    return said[0].upper() + said[1:]


def _span_vi(one: Params) -> str:
    days = f"từ {_vi(one['first'])} đến hết {_vi(one['last'])}" if one["last"] else _vi(one["first"])
    what = "" if one["is_off"] else " (có học)"
    again = f", đi học lại {_vi(one['again'])}" if one["again"] else ""
    return f"• {one['name']}{what}: {days}{again}"


def _span_en(one: Params) -> str:
    days = f"{_en(one['first'])} to {_en(one['last'])}" if one["last"] else _en(one["first"])
    what = "" if one["is_off"] else " (lessons)"
    again = f", lessons resume on {_en(one['again'])}" if one["again"] else ""
    return f"• {one['name']}{what}: {days}{again}"


def _class_vi(params: Params) -> str:
    def names(several: list[str]) -> str:
        return "\n".join(f"• {name}" for name in several)

    head = f"🔎 Lớp {params['class']}, {params['time']} ngày {params['date']}."
    parts = [head]
    if params["unexplained"]:
        parts.append(f"Chưa điểm danh ở cổng, chưa có lời xin nghỉ:\n{names(params['unexplained'])}")
    if params["unclear"]:
        parts.append(f"Chưa điểm danh; gia đình có xin nghỉ, chưa rõ ngày nào:\n{names(params['unclear'])}")
    if params["excused"]:
        parts.append(f"Đã xin nghỉ hôm nay: {params['excused']} em.")
    parts.append("Thầy cô xem lại trong lớp, vắng thì gọi gia đình giúp em. Em chưa báo phụ huynh.")
    return "\n".join(parts)


def _class_en(params: Params) -> str:
    def names(several: list[str]) -> str:
        return "\n".join(f"• {name}" for name in several)

    parts = [f"🔎 Class {params['class']}, {params['time']} on {params['date']}."]
    if params["unexplained"]:
        parts.append(f"No check-in and no note of leave:\n{names(params['unexplained'])}")
    if params["unclear"]:
        parts.append(f"No check-in; leave was asked for, the day is not clear:\n{names(params['unclear'])}")
    if params["excused"]:
        parts.append(f"On leave today: {params['excused']}.")
    parts.append(
        "Please look in the classroom, and call the family of whoever is missing. No guardian was told."
    )
    return "\n".join(parts)


VI: Mapping[str, Text] = {
    "days.day": _day_vi,
    "days.again": lambda params: f"Theo lịch của trường, {_vi(params['again'])} con đi học lại ạ.",
    "days.list": lambda params: f"Theo lịch của trường:\n{each(params['spans'], _span_vi)}",
    "absence.class": _class_vi,
    "absence.whole_class": lambda params: (
        f"🔎 Lớp {params['class']}, {params['time']} ngày {params['date']}: chưa em nào điểm danh ở cổng ({params['nobody_of']} em). "
        "Nếu lớp đi ngoại khoá hay học buổi khác thì thầy cô bỏ qua tin này; nếu không, thầy cô xem lại lớp và máy ở cổng giúp em."
    ),
    "absence.school": lambda params: (
        f"🔎 {params['time']} ngày {params['date']}: có em chưa điểm danh ở cổng, chưa rõ lý do, ở lớp chưa nối nhóm chủ nhiệm:\n"
        + each(params["classes"], lambda one: f"• {one['class']}: {one['count']} em")
        + "\nTên các em ở trang quản lý, mục Lớp. Em chưa báo phụ huynh."
    ),
    "absence.gate_silent": lambda params: (
        f"⚠️ {params['time']} ngày {params['date']}: cổng mới ghi {params['came']} trên {params['awaited']} em. Có thể máy ở cổng đang lỗi hoặc mất mạng, "
        "nên em chưa báo lớp nào thiếu em nào. Thầy cô xem máy ở cổng, và điểm danh trong lớp giúp em."
    ),
}
EN: Mapping[str, Text] = {
    "days.day": _day_en,
    "days.again": lambda params: f"By the school's calendar lessons resume on {_en(params['again'])}.",
    "days.list": lambda params: f"By the school's calendar:\n{each(params['spans'], _span_en)}",
    "absence.class": _class_en,
    "absence.whole_class": lambda params: (
        f"🔎 Class {params['class']}, {params['time']} on {params['date']}: nobody has checked in ({params['nobody_of']} pupils). "
        "If the class is on a trip or has lessons later, ignore this; otherwise please look into the classroom and at the gate."
    ),
    "absence.school": lambda params: (
        f"🔎 {params['time']} on {params['date']}: pupils without a check-in, reason unknown, in classes without a teacher's chat:\n"
        + each(params["classes"], lambda one: f"• {one['class']}: {one['count']}")
        + "\nTheir names are in the console, under Lớp. No guardian was told."
    ),
    "absence.gate_silent": lambda params: (
        f"⚠️ {params['time']} on {params['date']}: the gate recorded only {params['came']} of {params['awaited']} pupils. It may be broken or offline, "
        "so no class was told of missing pupils. Please look at the gate and take attendance in class."
    ),
}

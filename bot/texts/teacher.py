"""The sentences about a child's homeroom teacher."""

from __future__ import annotations

from collections.abc import Mapping

from bot.texts.pieces import Params, Text, each


def _line_vi(child: Params) -> str:
    who = ", ".join(child["teachers"]) or "nhà trường chưa ghi tên thầy cô chủ nhiệm ở đây"
    return f"Chủ nhiệm lớp {child['class']} ({child['name']}): {who}."


def _line_en(child: Params) -> str:
    who = ", ".join(child["teachers"]) or "the school has not entered the name here"
    return f"Homeroom teacher of {child['class']} ({child['name']}): {who}."


VI: Mapping[str, Text] = {
    "teacher.names": lambda params: (
        f"{each(params['children'], _line_vi)}\n"
        "Số điện thoại riêng của thầy cô em không có. Anh/chị bấm “Gặp thầy cô” rồi nhắn ngay tại đây, em chuyển lời ạ."
    ),
    "choice.teacher": lambda params: "Cả các con" if params["argument"] == "all" else "Thầy cô chủ nhiệm",
}
EN: Mapping[str, Text] = {
    "teacher.names": lambda params: (
        f"{each(params['children'], _line_en)}\n"
        "I have no private numbers of teachers. Press “Talk to a person” and write right here; I pass it on."
    ),
    "choice.teacher": lambda params: (
        "All my children" if params["argument"] == "all" else "The homeroom teacher"
    ),
}

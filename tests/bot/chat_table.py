"""What every button and command of the chat needs: the right of staff, the level of a guardian, or nothing, and why.

`buttons()` and `commands()` read the code; the tests fail for what is there and stands in no table here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot import intents, privacy
from bot.flows import approvals, gate_words
from bot.flows.staff_commands import Verb
from bot.intents import Topic
from bot.texts import vi
from core.contracts.commands import MOST_TURNS, StaffAnswer
from core.guardians.levels import Feature
from core.staff.authority import Right

BOT, CORE = Path(intents.__file__).parent, Path(intents.__file__).parents[1] / "core"
Need = Right | Feature | str
"""A right of the chat of staff, a level for a feature, or the reason why anybody may."""

_SELF = "about the chat itself, not about a pupil"
_PROOF = "how somebody becomes known; every try is counted"
_ASKS = "a question for the knowledge base, which holds nothing personal"
BUTTONS: Mapping[str, Need] = {
    "menu.main": _SELF,
    "menu.ask": _ASKS,
    "menu.school": "anybody may ask for a person",
    "menu.preferences": _SELF,
    "menu.rights": "says what could be asked for; shows nothing",
    "menu.children": Feature.ATTENDANCE,
    "children": Feature.ATTENDANCE,
    "menu.checkins": Feature.ATTENDANCE,
    "checkins": Feature.ATTENDANCE,
    "teacher": Feature.SCHOOL_NEWS,
    "leave": "passes leave on; names the writer's own children only, and a stranger has none",
    "menu.fees": Feature.FEES,
    "fees": Feature.FEES,
    "rights.view": Feature.OWN_DATA,
    "rights.correct": Feature.OWN_DATA,
    "rights.delete": Feature.OWN_DATA,
    "rights.delete.yes": Feature.OWN_DATA,
    "rights.child": Feature.OWN_DATA,
    "rights.consents": Feature.CONSENTS,
    "rights.give": Feature.CONSENTS,
    "rights.stop": Feature.CONSENTS,
    "rights.withdraw": Feature.CONSENTS,
    "rights.withdraw.yes": Feature.CONSENTS,
    "arrivals.yes": Feature.ATTENDANCE,
    "arrivals.no": Feature.ATTENDANCE,
    "link.start": _PROOF,
    "link.undo": _SELF,
    "link.undo.yes": _SELF,
    "verify.start": _PROOF,
    "verify.page": _PROOF,
    "verify.kiosk": _PROOF,
    "verify.vneid": _PROOF,
    "verify.contest": "an account lets weaker ones of the same guardian go; a stranger has none",
    "handover.yes": "anybody may ask for a person",
    "handover.end": _SELF,
    "prefs": _SELF,
    "prefs.now": _SELF,
    "prefs.digest": _SELF,
    "prefs.off": _SELF,
    "language.vi": _SELF,
    "language.en": _SELF,
    "rate.up": _SELF,
    "rate.down": _SELF,
    "rate.wrong": _SELF,
    "q": _ASKS,
    "flow.resume": "goes on with a flow of the same chat, which asks again",
    "desk.take": Right.ANSWER_GUARDIANS,
    "desk.done": Right.ANSWER_GUARDIANS,
    "verify.approve": Right.VERIFY_GUARDIANS,
    "verify.refuse": Right.VERIFY_GUARDIANS,
    "gate.approved": Right.DECIDE_CHECK_INS,
    "gate.refused": Right.DECIDE_CHECK_INS,
    "gate.coming": Right.DECIDE_CHECK_INS,
    **dict.fromkeys(
        (
            f"gate.{verb}"
            for verb in (
                "state",
                "lock",
                "unlock",
                "attendance",
                "exam",
                "all_rooms",
                "close",
                "restart",
                "enrolment",
                "guardian",
                "visitor",
            )
        ),
        Right.MANAGE_DEVICES,
    ),
    **dict.fromkeys(
        (
            f"gate.{verb}"
            for verb in (
                "mute",
                "sound",
                "english",
                "vietnamese",
                "face_on",
                "face_off",
                "code_on",
                "code_off",
                *(f"turns_{count}" for count in range(1, MOST_TURNS + 1)),
            )
        ),
        Right.MANAGE_DEVICES,
    ),
    "gate.room": Right.MANAGE_EXAMS,
}
"""By the kind of a button: what stands before the colon."""

TOPICS: Mapping[Topic, Need] = {
    Topic.ASK: _ASKS,
    Topic.MENU: _SELF,
    Topic.CHILDREN: Feature.ATTENDANCE,
    Topic.CHECKINS: Feature.ATTENDANCE,
    Topic.DAYS: "the school's own calendar, which is no family's",
    Topic.LEAVE: "anybody may ask leave; staff read it, and only the writer's own children are named",
    Topic.FEES: Feature.FEES,
    Topic.TEACHER: Feature.SCHOOL_NEWS,
    Topic.HANDOVER: "anybody may ask for a person",
    Topic.DANGER: "help at once, for anybody",
    Topic.LINK: _PROOF,
    Topic.UNLINK: _SELF,
    Topic.VERIFY: _PROOF,
    Topic.LANGUAGE: _SELF,
    Topic.PREFERENCES: _SELF,
    Topic.ATTACHMENT: "nothing is looked at or kept",
    Topic.RATE: _SELF,
    Topic.VNEID: _PROOF,
    Topic.RIGHTS: Feature.OWN_DATA,
}
"""What sentences can mean, as the router reads them."""

TYPED: Mapping[str, tuple[str, ...]] = {
    "verify.approve": ("xác minh {code} đã xem thẻ tại văn phòng", "verify {code} card seen here"),
    "verify.refuse": ("bác {code} không đúng người giám hộ", "deny {code} not the guardian"),
    "gate.approved": ("duyệt {code}", "#{code} cho vào", "cho qua {code}"),
    "gate.refused": ("từ chối {code}", "#{code} không cho vào"),
    "gate.coming": ("tới {code}", "#{code} đang đến"),
    "desk.take": ("nhận {code}", "{quoted}nhận"),
    "desk.done": ("xong {code}", "{quoted}xong"),
    "desk.answer": ("#{code} Chị chờ em chút ạ", "trả lời {code} em xem rồi ạ", "{quoted}em xem rồi ạ"),
    "desk.list": ("danh sách",),
    "desk.help": ("giúp", "trợ giúp"),
    "gate.state": ("cổng", "tình trạng cổng"),
    "gate.lock": ("khoá cổng",),
    "gate.unlock": ("mở cổng",),
    "gate.attendance": ("mở điểm danh",),
    "gate.exam": ("mở ca thi",),
    "gate.all_rooms": ("mở ca thi mọi phòng",),
    "gate.room": ("giao máy cho phòng 12", "mở ca thi phòng 12", "giao cổng chính cho P.12"),
    "gate.enrolment": ("mở ghi danh khuôn mặt",),
    "gate.guardian": ("mở xác minh phụ huynh",),
    "gate.visitor": ("mở đón khách",),
    "gate.face_on": ("cho vào bằng khuôn mặt",),
    "gate.face_off": ("không cho vào bằng khuôn mặt",),
    "gate.code_on": ("cho vào bằng mã",),
    "gate.code_off": ("không cho vào bằng mã",),
    **{f"gate.turns_{count}": (f"quay mặt {count} lần",) for count in range(1, MOST_TURNS + 1)},
    "gate.close": ("đóng ca",),
    "gate.restart": ("khởi động lại cổng",),
    "gate.mute": ("tắt tiếng cổng",),
    "gate.sound": ("bật tiếng cổng",),
    "gate.english": ("tiếng anh cổng",),
    "gate.vietnamese": ("tiếng việt cổng",),
    "gate.update": ("cập nhật cổng 1.2.3",),
}
"""What staff type instead of pressing. `{code}` names a visit, a case or a hand-over, `{quoted}` quotes its alert."""
ONLY_TYPED: Mapping[str, Right] = {
    "desk.answer": Right.ANSWER_GUARDIANS,
    "desk.list": Right.ANSWER_GUARDIANS,
    "desk.help": Right.OWN_ACCOUNT,
    "gate.update": Right.MANAGE_DEVICES,
}
STAFF: Mapping[str, Right] = {**{k: v for k, v in BUTTONS.items() if isinstance(v, Right)}, **ONLY_TYPED}
"""Every command of staff, and the right that it needs."""


def buttons() -> frozenset[str]:
    """Every kind of button that the code makes, reads or has words for."""
    read = {*intents.CHOICES, *intents.ARGUED, *privacy.CHOICES, *privacy.ARGUED, "q", "flow.resume"}
    staff = {f"gate.{verb}" for verb in (*gate_words._ORDERS, *StaffAnswer)} | set(approvals._BUTTONS)
    worded = {key.removeprefix("choice.") for key in vi.TEXTS if key.startswith("choice.")}
    return frozenset(kind_of(code) for code in (*read, *staff, *worded, *_made()) if code)


def commands() -> frozenset[str]:
    """Everything that staff can want by typing, as the code knows it."""
    verbs = {f"desk.{verb}" for verb in Verb if verb is not Verb.PICK}  # "1" picks what another word names
    gates = {f"gate.{verb}" for _, verb in gate_words._TYPED} | {f"gate.{one}" for one in StaffAnswer}
    return frozenset(verbs | gates | {"gate.update", "gate.room"} | set(approvals._BUTTONS))


def kind_of(code: str) -> str:
    """What stands before the colon.

    >>> kind_of("fees:1"), kind_of("menu.fees")
    ('fees', 'menu.fees')
    """
    return code.partition(":")[0]


def _made() -> Iterator[str]:
    """The codes in the source: `Choice("…")`, `Choice(f"…:{x}")`, and those that core puts into notices."""
    for path in (*BOT.rglob("*.py"), *CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in {"Choice", "_choices"}:
                yield from filter(
                    None, map(_begins, node.args if _name(node) == "_choices" else node.args[:1])
                )


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _begins(node: ast.expr) -> str:
    """A literal, or the literal beginning of an f-string that has a kind in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        text = str(node.values[0].value)
        return text if ":" in text else ""
    return ""

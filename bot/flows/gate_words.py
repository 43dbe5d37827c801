"""What staff write about the gates, read as a command. Pure: a message in, a verb with what it concerns out.

Every button has a typed form. `duyệt A1B2C3`, `từ chối A1B2C3`, `tới A1B2C3` answer a pupil who waits; `cổng`,
`khoá cổng`, `mở cổng`, `mở điểm danh`, `mở ca thi`, `đóng ca`, `khởi động lại cổng`, `cập nhật cổng 1.2.3`,
`quay mặt 2 hướng` drive a kiosk, followed by the gate's name where there are several; `giao cổng sau cho phòng 101`
puts a kiosk before one exam room, `mở ca thi mọi phòng` before all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.folding import strip_marks
from bot.messages import InboundMessage
from core.contracts.checkin import CheckInMode
from core.contracts.commands import (
    MOST_TURNS,
    ChangeSettings,
    CloseSession,
    Lock,
    OpenSession,
    Order,
    Restart,
    StaffAnswer,
    TellState,
    Unlock,
    Update,
)


@dataclass(frozen=True, slots=True)
class VisitAnswer:
    """An answer to a pupil who waits; `code` is empty for "the one who waits" (trả lời lượt chờ)."""

    answer: StaffAnswer
    code: str = ""


@dataclass(frozen=True, slots=True)
class GateOrder:
    """An order for a kiosk: by the code of a button, or by a typed name; neither means the only one (lệnh cho cổng)."""

    order: Order
    code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class RoomOrder:
    """A kiosk for an exam: for the room that is named, or for one still to be asked (giao phòng)."""

    code: str = ""
    name: str = ""
    room_code: str = ""
    room: str = ""

    @property
    def names_room(self) -> bool:
        """Whether it says which room."""
        return bool(self.room or self.room_code)


GateCommand = VisitAnswer | GateOrder | RoomOrder

_ANSWERS = {
    StaffAnswer.APPROVED: ("duyet", "cho vao", "cho qua", "dong y", "approve"),
    StaffAnswer.REFUSED: ("tu choi", "khong cho vao", "khong cho qua", "khong duyet", "refuse"),
    StaffAnswer.COMING: ("toi", "den", "toi ngay", "den ngay", "toi den", "dang den", "dang toi", "coming"),
}
_SAID_OF_ANYTHING = frozenset({"dong y"})
"""What staff also say to each other and as parents: it lets a pupil in only with the code."""
_ANSWER_OF = {word: answer for answer, words in _ANSWERS.items() for word in words}
_ORDERS: Mapping[str, Callable[[], Order]] = {
    "state": TellState,
    "lock": Lock,
    "unlock": Unlock,
    "attendance": lambda: OpenSession(mode=CheckInMode.ATTENDANCE),
    "all_rooms": lambda: OpenSession(mode=CheckInMode.EXAM),
    "enrolment": lambda: OpenSession(mode=CheckInMode.ENROLMENT),
    "guardian": lambda: OpenSession(mode=CheckInMode.GUARDIAN),
    "visitor": lambda: OpenSession(mode=CheckInMode.VISITOR),
    "close": CloseSession,
    "restart": Restart,
    "mute": lambda: ChangeSettings(sound=False),
    "sound": lambda: ChangeSettings(sound=True),
    "english": lambda: ChangeSettings(language="en"),
    "vietnamese": lambda: ChangeSettings(language="vi"),
    "face_on": lambda: ChangeSettings(face_alone=True),
    "face_off": lambda: ChangeSettings(face_alone=False),
    "code_on": lambda: ChangeSettings(code_alone=True),
    "code_off": lambda: ChangeSettings(code_alone=False),
    **{f"turns_{count}": partial(ChangeSettings, turns=count) for count in range(1, MOST_TURNS + 1)},
}
_PLACE = r"(?: (?:o |tai |cua )?(?P<name>.+))?"
_NAMED_ROOM = r"(?P<room>(?:phong|p\.|hoi truong) ?.+?)"
_ROOM = (
    re.compile(rf"^giao (?:cong|may|kiosk)(?: (?P<name>.+?))? cho {_NAMED_ROOM}$"),
    re.compile(
        rf"^(?:mo|bat dau) (?:ca thi|phong thi)(?: cho| o| tai)? {_NAMED_ROOM}"
        r"(?: (?:o |tai )?(?:cong|may|kiosk) (?P<name>.+))?$"
    ),
)
_TYPED = tuple(
    (re.compile(rf"^{words}{_PLACE}$"), verb)
    for words, verb in (
        (r"(?:mo khoa|mo lai|mo) (?:cong|may|kiosk)", "unlock"),
        (r"(?:khoa|ngung|dung) (?:cong|may|kiosk)", "lock"),
        (r"(?:mo|bat dau) (?:diem danh|ca diem danh)", "attendance"),
        (r"(?:mo|bat dau) (?:ca thi|phong thi) (?:moi|tat ca|tat ca cac|cac) phong", "all_rooms"),
        (r"(?:mo|bat dau) (?:ca thi|phong thi)", "exam"),
        (r"(?:mo|bat dau) ghi danh(?: khuon mat)?", "enrolment"),
        (r"(?:mo|bat dau) xac minh(?: phu huynh)?", "guardian"),
        (r"(?:mo|bat dau) (?:don khach|ca khach)", "visitor"),
        (r"cho (?:vao|qua) bang khuon mat", "face_on"),
        (r"(?:tat|khong cho) (?:vao|qua) bang khuon mat", "face_off"),
        (r"cho (?:vao|qua) bang ma", "code_on"),
        (r"(?:tat|khong cho) (?:vao|qua) bang ma", "code_off"),
        *(
            (rf"(?:quay mat|xoay mat|quay dau) {n} (?:lan|huong)", f"turns_{n}")
            for n in range(1, MOST_TURNS + 1)
        ),
        (r"(?:dong|ket thuc) (?:ca|ca thi|ca diem danh|diem danh)", "close"),
        (r"(?:khoi dong lai|restart) (?:cong|may|kiosk)", "restart"),
        (r"tat (?:tieng|am thanh|loa) (?:cong|may|kiosk)", "mute"),
        (r"bat (?:tieng|am thanh|loa) (?:cong|may|kiosk)", "sound"),
        (r"(?:tieng anh) (?:cong|may|kiosk)", "english"),
        (r"(?:tieng viet) (?:cong|may|kiosk)", "vietnamese"),
        (r"(?:tinh trang |trang thai |xem )?(?:cac )?(?:cong|may diem danh|kiosk)", "state"),
    )
)
_UPDATE = re.compile(r"^cap nhat (?:cong|may|kiosk)(?: (?P<name>.+?))? (?P<version>[0-9][0-9a-z.\-]{2,30})$")
_VISIT = re.compile(r"^(?P<words>[a-z][a-z ]*?)(?: #?(?P<code>[0-9a-f]{6}))?$")
_HASH = re.compile(r"^#(?P<code>[0-9a-f]{6}) (?P<words>[a-z ]+)$")
_PRESSED = re.compile(
    r"^gate\.(?P<verb>[a-z_0-9]+)(?::(?P<code>[0-9A-Fa-f]{6})(?:-(?P<room>[0-9A-Fa-f]{6}))?)?$"
)
_LONGEST = 80


def gate_command_of(message: InboundMessage) -> GateCommand | None:
    """What is wanted of the gates, or None when the message is about something else.

    >>> gate_command_of(InboundMessage("telegram", "g", "m", "Duyệt a1b2c3"))
    VisitAnswer(answer=<StaffAnswer.APPROVED: 'approved'>, code='A1B2C3')
    >>> gate_command_of(InboundMessage("zalobot", "g", "m", "khoá cổng sau")).name
    'sau'
    """
    pressed = _PRESSED.match(message.choice)
    if pressed:
        code, room = ((pressed.group(part) or "").upper() for part in ("code", "room"))
        return _of_button(pressed.group("verb"), code, room)
    if message.choice or len(message.text) > _LONGEST:
        return None
    text = " ".join(strip_marks(message.text).rstrip(".!?").split())
    return _of_visit(text) or _of_order(text)


def _of_button(verb: str, code: str, room: str) -> GateCommand | None:
    if verb in {answer.value for answer in StaffAnswer}:
        return VisitAnswer(StaffAnswer(verb), code)
    if verb == "exam" or (verb == "room" and room):
        return RoomOrder(code, room_code=room if verb == "room" else "")
    made = _ORDERS.get(verb)
    return GateOrder(made(), code) if made else None


def _of_visit(text: str) -> VisitAnswer | None:
    found = _HASH.match(text) or _VISIT.match(text)
    if found is None:
        return None
    words, code = found.group("words").strip(), (found.group("code") or "").upper()
    answer = _ANSWER_OF.get(words) if code or words not in _SAID_OF_ANYTHING else None
    return VisitAnswer(answer, code) if answer else None


def _of_order(text: str) -> GateOrder | RoomOrder | None:
    update = _UPDATE.match(text)
    if update:
        try:
            order = Update(version=update.group("version"))
        except ValueError:
            return None
        return GateOrder(order, name=_place(update.group("name")))
    for pattern, verb in _TYPED:
        found = pattern.match(text)
        if found and verb == "exam":
            room = next(filter(None, (one.match(text) for one in _ROOM)), None)
            return _of_room(room) if room else RoomOrder(name=_place(found.group("name")))
        if found:
            return GateOrder(_ORDERS[verb](), name=_place(found.group("name")))
    room = _ROOM[0].match(text)
    return _of_room(room) if room else None


def _of_room(found: re.Match[str]) -> RoomOrder:
    return RoomOrder(name=_place(found.group("name")), room=found.group("room"))


def _place(name: str | None) -> str:
    return (name or "").removeprefix("cong ").strip()

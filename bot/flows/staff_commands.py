"""What staff write in their chat, read as a command. Pure: a message in, a verb with its hand-over out.

Every button has a typed form, because not every channel has buttons: `nhận A1B2C3`, `#A1B2C3 lời nhắn`,
`xong A1B2C3`, `danh sách`, `giúp`. A quoted alert stands for its code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from bot.folding import strip_marks
from bot.messages import InboundMessage


class Verb(StrEnum):
    """What staff want done with a hand-over."""

    TAKE = "take"
    ANSWER = "answer"
    DONE = "done"
    LIST = "list"
    HELP = "help"
    PICK = "pick"
    """A bare "1": the only choice of the last alert."""


@dataclass(frozen=True, slots=True)
class StaffCommand:
    """A verb, the code of a hand-over (or none), and the words for the guardian (lệnh của người trực)."""

    verb: Verb
    code: str = ""
    text: str = field(default="", repr=False)


_WORDS = {
    Verb.TAKE: ("nhan", "toi nhan", "em nhan", "nhan ca", "nhan tra loi", "take"),
    Verb.DONE: ("xong", "da xong", "tra loi xong", "xong roi", "ket thuc", "done", "dong"),
    Verb.LIST: ("danh sach", "ds", "list", "con ai", "ai dang cho"),
    Verb.HELP: ("giup", "giup toi", "giup em", "tro giup", "huong dan", "cac lenh", "help"),
    Verb.PICK: ("1",),
}
_VERBS = {word: verb for verb, words in _WORDS.items() for word in words}
_HASH = re.compile(r"^\s*#([0-9a-fA-F]{6})\b[\s:,]*([\s\S]*)$")
_VERB_FIRST = re.compile(r"^([a-z][a-z ]*?)\s+#?([0-9a-f]{6})$")
_ANSWER = re.compile(r"^\s*(?:trả\s?lời|tra\s?loi|tl)\s+#?([0-9a-f]{6})\b[\s:,]*([\s\S]+)$", re.IGNORECASE)
_QUOTED = re.compile(r"#([0-9A-F]{6})\b")
_CHOICE = re.compile(r"^desk\.(take|done):([0-9A-Fa-f]{6})$")
_JOIN = re.compile(r"^(?:nv|nhan vien|staff)[\s:\-_]+([0-9a-z]{4}[\s.\-–]?[0-9a-z]{4})$")


def joining(message: InboundMessage) -> str:
    """The one-time code with which a chat wants to become a staff chat, or nothing.

    >>> joining(InboundMessage("telegram", "c", "m", "NV K7M4-02P1"))
    'k7m4-02p1'
    """
    if message.link_code.startswith("nv_"):
        return message.link_code.removeprefix("nv_")
    found = _JOIN.match(strip_marks(message.text[:60]).strip())
    return found.group(1) if found else ""


def command_of(message: InboundMessage) -> StaffCommand | None:
    """What is wanted, or None for a message without words. Plain words are an answer without a code.

    >>> command_of(InboundMessage("telegram", "g", "m", "#A1B2C3 Chị chờ em chút ạ"))
    StaffCommand(verb=<Verb.ANSWER: 'answer'>, code='A1B2C3')
    >>> command_of(InboundMessage("zalobot", "g", "m", "nhận a1b2c3"))
    StaffCommand(verb=<Verb.TAKE: 'take'>, code='A1B2C3')
    """
    pressed = _CHOICE.match(message.choice)
    if pressed:
        return StaffCommand(Verb(pressed.group(1)), pressed.group(2).upper())
    text = message.text.strip()
    if not text:
        quoted = _QUOTED.search(message.quoted) if message.file else None
        return StaffCommand(Verb.ANSWER, quoted.group(1)) if quoted else None
    named = _HASH.match(text) or _ANSWER.match(text)
    if named:
        return _with_code(named.group(1).upper(), named.group(2).strip())
    plain = " ".join(strip_marks(text[:60]).rstrip(".!").split())
    verb_first = _VERB_FIRST.match(plain)
    if verb_first and verb_first.group(1) in _VERBS:
        return StaffCommand(_VERBS[verb_first.group(1)], verb_first.group(2).upper())
    quoted = _QUOTED.search(message.quoted)
    if quoted:
        return _with_code(quoted.group(1), text)
    verb = _VERBS.get(plain)
    return StaffCommand(verb) if verb else StaffCommand(Verb.ANSWER, "", text)


def _with_code(code: str, text: str) -> StaffCommand:
    verb = _VERBS.get(" ".join(strip_marks(text[:60]).rstrip(".!").split()))
    if verb in {Verb.TAKE, Verb.DONE}:
        return StaffCommand(verb, code)
    return StaffCommand(Verb.ANSWER, code, text)

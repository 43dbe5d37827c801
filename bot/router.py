"""Decides what a message is about. Pure: text and state in, an intent out; no network, no database, no model.

It understands Vietnamese with and without diacritics, common teen-code, English, and numbers that pick from the
last menu. What it does not recognise is a question for the knowledge base.
"""

# ruff: noqa: E501 - a list of phrases is easier to mend when it is not broken into pieces
from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot import privacy
from bot.folding import fold, strip_marks
from bot.messages import InboundMessage
from bot.pausing import waiting
from core.conversations.domain import FlowState


class Topic(StrEnum):
    """What a message is about (ý định)."""

    ASK = "ask"
    MENU = "menu"
    CHILDREN = "children"
    CHECKINS = "checkins"
    FEES = "fees"
    HANDOVER = "handover"
    DANGER = "danger"
    LINK = "link"
    UNLINK = "unlink"
    VERIFY = "verify"
    LANGUAGE = "language"
    PREFERENCES = "preferences"
    ATTACHMENT = "attachment"
    RATE = "rate"
    VNEID = "vneid"
    RIGHTS = "rights"


@dataclass(frozen=True, slots=True)
class Intent:
    """A topic with its argument: the link code, the child's number, the question, the language (ý định)."""

    topic: Topic
    argument: str = ""
    text: str = ""


_CHILD = r"(?:con|be|chau|em|hoc sinh|nhoc|my (?:son|daughter|child|kid))"
_DANGER = re.compile(
    rf"{_CHILD}.{{0,40}}\b(?:bi (?:.{{0,12}})?(?:danh|bat coc|mat tich|xam hai|bat nat du|hanh hung|dam|chem)|mat tich|that lac|bi lac"
    r"|chua (?:thay )?ve nha|khong thay (?:ve|dau)|di dau mat|tu sat|muon chet|(?:doi|dinh|muon|dang) tu tu|co giat|bat tinh|kidnapped|missing|is being beaten)\b"
    r"|\b(?:bat coc|muon tu tu|muon chet|cuu voi|cap cuu|ho gap nan|kidnap)\b"
)
_PERSON = re.compile(
    r"\b(?:gap|noi chuyen voi|lien he|lien lac|chuyen (?:cho|toi|den|qua)|xin gap|cho gap|cho .{0,12}gap|ket noi)\b.{0,20}"
    r"\b(?:nguoi(?: that)?|nhan vien|can bo|co giao|thay giao|giao vien|chu nhiem|van phong|nha truong|tu van|hieu truong|ban giam hieu)\b"
    r"|\b(?:nguoi that|nhan vien dau|khong muon noi chuyen voi may|talk to (?:a |the )?(?:human|person|staff|someone)|real person|human agent)\b"
    r"|\btu van vien\b"
)
_ANGER = re.compile(
    r"\b(?:buc minh|buc xuc|tuc qua|qua te|te qua|lua dao|vo trach nhiem|khieu nai|to cao|qua dang|that vong|mat day|lam an gi|do ngu|ngu the|dien|bot ngu)\b"
    r"|\b(?:complain|useless|ridiculous|unacceptable)\b"
)
_POLICY = re.compile(
    r"\b(?:mien|giam|quy dinh|nghi dinh|thong tu|ho tro|luat|theo quy|duoc thu|co duoc|co phai|thu tuc|bao hiem|dong phuc|la gi|the nao|o dau)\b"
)
_MONEY = re.compile(
    r"\b(?:khoan thu|hoc phi|tien|no|phi|dong tien|thanh toan|chuyen khoan|fees?|owe|tuition|invoice)\b"
)
_OWED = re.compile(
    rf"\b(?:con no|no (?:tien|khoan|hoc phi|bao nhieu|gi|truong)|khoan thu cua|(?:chua|da) (?:dong|nop|thanh toan)|phai (?:dong|nop)|can (?:dong|nop)"
    rf"|con (?:phai )?(?:dong|nop|thieu)|dong (?:them )?bao nhieu|nop bao nhieu|han (?:dong|nop)|tien (?:hoc|an|ban tru|truong)? ?(?:cua )?{_CHILD}"
    rf"|hoc phi (?:cua )?{_CHILD}|khoan thu nao|cac khoan thu|xem khoan thu|ma thanh toan|ma qr|do i owe|fees? (?:of|for) my|my fees|outstanding)\b"
)
_ARRIVED = re.compile(
    rf"\b(?:diem danh|{_CHILD} .{{0,25}}(?:den|toi|vao|di|co mat o) (?:truong|lop|hoc)(?: .{{0,12}})?(?: chua| khong| luc nao| may gio)"
    r"|(?:den|toi|vao) (?:truong|lop) (?:chua|luc may gio|luc nao|may gio)|vao lop chua|di hoc chua|di hoc muon|arrived at school|at school yet|attendance)\b"
)
_CHILDREN = re.compile(
    r"^(?:con cua (?:toi|em|minh|tui)|con toi|con em|thong tin (?:cua )?con(?: toi| em| minh)?|xem thong tin con(?: toi| em)?|my (?:child|children|kids?))$"
    r"|\b(?:xac minh phu huynh|lien ket (?:phu huynh|voi con|tai khoan|con)|xac thuc phu huynh|verify guardian)\b"
)
_VERIFY = re.compile(
    r"^(?:toi |em |cho toi |cho em )?(?:muon )?(?:xac minh|xac thuc)(?: phu huynh| nguoi giam ho| tai khoan| lai)?(?: a| nhe)?$|^verify(?: me| guardian)?$|^quet ma (?:qr )?(?:tren )?the$"
)
_MENU = re.compile(
    r"^(?:menu|bat dau|start|help|tro giup|huong dan|quay lai|ve dau|trang chu|0|hi|hello|hey|alo|chao|xin chao(?: a)?|chao (?:ban|em|bot|ad|nha truong|truong|co|thay|anh|chi|mn|moi nguoi)(?: a)?|em chao .{1,12}|huy|thoat|back)$"
)
_UNLINK = re.compile(r"\b(?:(?:huy|bo|go) (?:lien ket|xac minh)|unlink)\b")
_LINK = re.compile(
    r"^(?:lk|ma|code|ma lien ket|ma lk|lien ket|ma cua (?:toi|em)(?: la)?|link)[\s:.\-]*([0-9a-z]{4}[\s.\-–]?[0-9a-z]{4})$"
)
_BARE_CODE = re.compile(r"^(?=.*[0-9])([0-9a-z]{4}[\-–]?[0-9a-z]{4})$")
_MAYBE_CODE = re.compile(r"^[0-9a-z\-–]{6,12}$")
_PREFERENCES = re.compile(
    r"\b(?:cai dat|tuy chon|chon cach|doi cach|chinh)(?: cach)?(?: nhan)? (?:tin|thong bao)\b|\b(?:tat|ngung|dung gui|dung nhan|bot|it|gom|gop|khong muon nhan|khong nhan)"
    r"(?: bot| het| cac| nhung| nhieu| gui| lai)* (?:thong bao|tin nhan|tin bao)\b|\b(?:notification settings|message settings|daily digest|unsubscribe|mute|stop sending)\b"
)
_HOW = re.compile(
    r"^(?:luc |vao )?([0-9]{1,2})(?: ?(?:h|gio|:00|g))?(?: (toi|chieu|sang|trua|pm|am))?(?: a)?$"
)
_HOW_WORDS = {
    "bao ngay": "now", "ngay": "now", "gui ngay": "now", "at once": "now", "now": "now",
    "gop": "digest", "gop lai": "digest", "moi ngay": "digest", "daily": "digest", "once a day": "digest",
    "tat": "off", "khong nhan": "off", "thoi": "off", "off": "off", "not at all": "off",
}  # fmt: skip
_RESUME = re.compile(
    r"^(?:tiep tuc|lam tiep|tiep|continue|resume|go on)(?: di| nhe| a| nha| viec dang lam)*$"
)
_ENGLISH = re.compile(r"^(?:english|tieng anh|en|speak english|in english)(?: please)?$")
_VIETNAMESE = re.compile(r"^(?:vietnamese|tieng viet|vi)(?: please)?$")
_RIGHT = re.compile(
    r"^(?:dung y|dung (?:y )?(?:roi|qua)|huu ich|tra loi dung|helpful|👍.{0,12})(?: a| roi| lam)*$"
)
_USELESS = re.compile(r"^(?:khong huu ich|khong giup duoc gi|not helpful|👎.{0,20})(?: a)?$")
_WRONG = re.compile(
    r"^(?:chua dung(?: y)?|khong dung(?: y)?|sai(?: roi| bet)?|tra loi sai(?: roi)?|cau tra loi (?:chua dung|khong dung|sai)|not right|wrong)(?: a| roi)*$"
)
_NUMBER = re.compile(
    r"^(?:(?:tra loi|chon|so|muc|option|chon so|chon muc|y) )?([0-9]{1,2}|mot|hai|ba|bon|nam|sau)(?: a| nhe| nha)?$"
)
_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6}

_CHOICES = {
    "menu.main": Intent(Topic.MENU),
    "menu.ask": Intent(Topic.MENU, "ask"),
    "menu.children": Intent(Topic.CHILDREN),
    "menu.checkins": Intent(Topic.CHECKINS),
    "menu.fees": Intent(Topic.FEES),
    "menu.school": Intent(Topic.HANDOVER, "menu"),
    "handover.yes": Intent(Topic.HANDOVER, "asked"),
    "handover.end": Intent(Topic.HANDOVER, "end"),
    "link.start": Intent(Topic.LINK),
    "verify.start": Intent(Topic.VERIFY),
    "verify.page": Intent(Topic.VERIFY, "page"),
    "verify.kiosk": Intent(Topic.VERIFY, "kiosk"),
    "verify.contest": Intent(Topic.VERIFY, "contest"),
    "link.undo": Intent(Topic.UNLINK),
    "link.undo.yes": Intent(Topic.UNLINK, "yes"),
    "menu.preferences": Intent(Topic.PREFERENCES),
    "prefs.now": Intent(Topic.PREFERENCES, "now"),
    "prefs.off": Intent(Topic.PREFERENCES, "off"),
    "language.en": Intent(Topic.LANGUAGE, "en"),
    "language.vi": Intent(Topic.LANGUAGE, "vi"),
}
_ARGUED = {
    "fees": (Topic.FEES, ""),
    "checkins": (Topic.CHECKINS, ""),
    "children": (Topic.CHILDREN, ""),
    "prefs": (Topic.PREFERENCES, ""),
    "prefs.digest": (Topic.PREFERENCES, "digest:"),
    "rate.up": (Topic.RATE, "up:"),
    "rate.down": (Topic.RATE, "down:"),
    "rate.wrong": (Topic.RATE, "wrong:"),
}
"""Choices with an argument: their topic, and what stands before the argument in the intent."""
_RULES: tuple[tuple[re.Pattern[str], Intent], ...] = (
    (_DANGER, Intent(Topic.DANGER, "danger")),
    (_MENU, Intent(Topic.MENU)),
    (_ENGLISH, Intent(Topic.LANGUAGE, "en")),
    (_VIETNAMESE, Intent(Topic.LANGUAGE, "vi")),
    (_UNLINK, Intent(Topic.UNLINK)),
    (_PREFERENCES, Intent(Topic.PREFERENCES)),
    (_VERIFY, Intent(Topic.VERIFY)),
    (_CHILDREN, Intent(Topic.CHILDREN)),
    (_PERSON, Intent(Topic.HANDOVER, "asked")),
    (_ANGER, Intent(Topic.HANDOVER, "angry")),
    (_ARRIVED, Intent(Topic.CHECKINS)),
)


def route(message: InboundMessage, state: FlowState) -> Intent:
    """What the message is about.

    >>> route(InboundMessage("webchat", "c", "1", "con em còn nợ khoản thu nào ko ạ?"), FlowState()).topic.value
    'fees'
    >>> route(InboundMessage("webchat", "c", "1", "2"), FlowState(choices=("menu.ask", "menu.fees"))).topic.value
    'fees'
    """
    if message.link_code:
        return Intent(Topic.LINK, message.link_code)
    if message.choice:
        return _of_choice(message.choice, state, message.text)
    if message.attachment and not message.text.strip():
        # A shared phone number alone proves nothing yet: it still takes the school's code.
        is_contact = message.attachment == "contact"
        return Intent(Topic.LINK) if is_contact else Intent(Topic.ATTACHMENT, message.attachment)
    folded = fold(message.text)
    rated = _rated(folded, message.text, state)
    if rated is not None:
        return rated
    picked = _picked(folded, state)
    if picked:
        return _of_choice(picked, state, message.text)
    return _of_text(folded, message.text, state)


def _rated(folded: str, text: str, state: FlowState) -> Intent | None:
    """What a short remark right after an answer says of it, if it is one."""
    turn = state.data.get("rated") if state.flow == Topic.ASK else None
    if not turn:
        return None
    rules = ((_RIGHT, "up"), (_USELESS, "down"), (_WRONG, "wrong"))
    said = next((word for rule, word in rules if rule.search(folded) or rule.search(text.strip())), None)
    return Intent(Topic.RATE, f"{said}:{turn}") if said else None


def _of_text(folded: str, text: str, state: FlowState) -> Intent:
    expected = _code_in(text, state) or _answer_to(waiting(state), folded, text)
    if expected is not None:
        return expected
    # Without its marks it is also "từ từ" (slowly), so the bare word counts only as it was typed.
    if "tự tử" in text.lower():
        return Intent(Topic.DANGER, "danger", text)
    if not _DANGER.search(folded):
        own = privacy.heard(folded, text, waiting(state)) or privacy.answered(folded, state.choices)
        if own is not None:
            return Intent(Topic(own[0]), own[1], text)
    for pattern, intent in _RULES:
        if pattern.search(folded):
            return Intent(intent.topic, intent.argument, text)
    if _OWED.search(folded) and _MONEY.search(folded) and not _POLICY.search(folded):
        return Intent(Topic.FEES, text=text)
    # A word that means nothing else, right after a code was asked for, is a try at the code.
    return _code_in(text, state, bare=bool(state.step)) or Intent(Topic.ASK, text=text)


def _code_in(text: str, state: FlowState, *, bare: bool = False) -> Intent | None:
    """A link code, read before teen-code is written out: folding would change its letters.

    What only may be one counts while a code is waited for: with a digit in it, or with `bare` any single word.
    """
    typed = " ".join(strip_marks(text[:100]).split())
    code = _LINK.match(typed) or _BARE_CODE.match(typed)
    if code:
        return Intent(Topic.LINK, code.group(1))
    left = waiting(state)
    if left is None or (left.flow, left.step) != (Topic.LINK, "code") or not _MAYBE_CODE.match(typed):
        return None
    return Intent(Topic.LINK, typed) if bare or any(char.isdigit() for char in typed) else None


def _picked(folded: str, state: FlowState) -> str:
    """The code that a typed number picks from the last choices, or nothing."""
    found = _NUMBER.match(folded)
    if not found or not state.choices:
        return ""
    number = _WORDS.get(found.group(1)) or int(found.group(1))
    return state.choices[number - 1] if 1 <= number <= len(state.choices) else ""


def _answer_to(left: FlowState | None, folded: str, text: str) -> Intent | None:
    """What a short sentence says to the flow that waits: go on, or how to be told."""
    if left is None:
        return None
    if _RESUME.match(folded) and left.flow in set(Topic):
        return Intent(Topic(left.flow), text=text)
    if left.flow != Topic.PREFERENCES:
        return None
    hour = _HOW.match(folded)
    if hour is not None:
        late = 12 if hour.group(2) in {"toi", "chieu", "pm"} and int(hour.group(1)) < 12 else 0
        return Intent(Topic.PREFERENCES, f"digest:{int(hour.group(1)) + late}", text)
    return Intent(Topic.PREFERENCES, _HOW_WORDS[folded], text) if folded in _HOW_WORDS else None


def _of_choice(code: str, state: FlowState, text: str) -> Intent:
    own = privacy.chosen(code)
    if code in _CHOICES or own is not None:
        return Intent(Topic(own[0]), own[1], text) if own else _CHOICES[code]
    kind, _, argument = code.partition(":")
    if kind in _ARGUED:
        topic, before = _ARGUED[kind]
        return Intent(topic, before + argument, text)
    if kind == "flow.resume":
        return Intent(Topic(argument)) if argument in set(Topic) else Intent(Topic.MENU)
    if kind == "q":
        questions = state.data.get("questions")
        known = questions.get(argument) if isinstance(questions, dict) else None
        return Intent(Topic.ASK, text=known or text)
    # An old button of a version that is gone: its words are as good as typed ones.
    return Intent(Topic.ASK, text=text) if text else Intent(Topic.MENU)

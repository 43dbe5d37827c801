"""Decides what a message is about. Pure: text and state in, an intent out; no network, no database, no model.

It understands Vietnamese with and without diacritics, common teen-code, English, and numbers that pick from the
last menu. What it does not recognise is a question for the knowledge base.
"""

from __future__ import annotations

import re

from bot import choosing, phrases, privacy, schooldays, small_talk
from bot.absence import is_absence_note
from bot.folding import fold, strip_marks
from bot.intents import (
    ARGUED,
    BEGUN,
    CHOICES,
    ENDED,
    LEAVE_NAMES,
    LEAVE_NOTE,
    LEAVE_WORD,
    MACHINE,
    UNCLEAR,
    Intent,
    Topic,
)
from bot.messages import InboundMessage
from bot.pausing import waiting
from core.conversations.domain import FlowState

_OFFERED = ("handover.yes", "menu.main")
"""Right after "anh/chị muốn nhắn cho thầy cô phải không ạ?" a yes is one."""
_RULES: tuple[tuple[re.Pattern[str], Intent], ...] = (
    (phrases.MENU, Intent(Topic.MENU)),
    (phrases.ENGLISH, Intent(Topic.LANGUAGE, "en")),
    (phrases.VIETNAMESE, Intent(Topic.LANGUAGE, "vi")),
    (phrases.UNLINK, Intent(Topic.UNLINK)),
    (phrases.PREFERENCES, Intent(Topic.PREFERENCES)),
    (phrases.VERIFY, Intent(Topic.VERIFY)),
    (phrases.CODE, Intent(Topic.VERIFY, "code")),
    (phrases.CHILDREN, Intent(Topic.CHILDREN)),
    (phrases.TEACHER, Intent(Topic.TEACHER)),
    (phrases.MACHINE, Intent(Topic.MENU, MACHINE)),
    (phrases.PERSON, Intent(Topic.HANDOVER, "asked")),
    (phrases.ANGER, Intent(Topic.HANDOVER, "angry")),
)
_SHORT_ANSWER = 60


def route(message: InboundMessage, state: FlowState, *, days: bool = True) -> Intent:
    """What the message is about; without `days` nothing is taken for a question to the school's calendar.

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
    intent = _of_text(folded, message.text, state, days=days)
    beside = intent.topic is Topic.ASK and state.choices and phrases.NUMBER.match(folded)
    return Intent(Topic.MENU, "number", message.text) if beside else intent


def _rated(folded: str, text: str, state: FlowState) -> Intent | None:
    """What a short remark right after an answer says of it, if it is one."""
    turn = state.data.get("rated") if state.flow == Topic.ASK else None
    if not turn:
        return None
    rules = ((phrases.RIGHT, "up"), (phrases.USELESS, "down"), (phrases.WRONG, "wrong"))
    said = next((word for rule, word in rules if rule.search(folded) or rule.search(text.strip())), None)
    return Intent(Topic.RATE, f"{said}:{turn}") if said else None


def _of_text(folded: str, text: str, state: FlowState, *, days: bool) -> Intent:
    readers = (_expected, _grave, _own, _by_rule, _of_leave, _of_days, _told_by_two)
    for reader in readers:
        heard = None if reader is _of_days and not days else reader(folded, text, state)
        if heard is not None:
            return heard
    # A word that means nothing else, right after a code was asked for, is a try at the code.
    last = _code_in(text, state, bare=bool(state.step))
    if last is not None:
        return last
    return (
        Intent(Topic.MENU, UNCLEAR, text) if small_talk.is_unclear(folded) else Intent(Topic.ASK, text=text)
    )


def _expected(folded: str, text: str, state: FlowState) -> Intent | None:
    return _code_in(text, state) or _answer_to(waiting(state), folded, text)


def _grave(folded: str, text: str, _state: FlowState) -> Intent | None:
    # Without its marks it is also "từ từ" (slowly), so the bare word counts only as it was typed.
    is_grave = "tự tử" in text.lower() or phrases.DANGER.search(folded)
    return Intent(Topic.DANGER, "danger", text) if is_grave else None


def _own(folded: str, text: str, state: FlowState) -> Intent | None:
    """A command about one's own data, an answer to what was just asked, or that nothing more is wanted."""
    own = privacy.heard(folded, text, waiting(state)) or privacy.answered(folded, state.choices)
    if own is not None:
        return Intent(Topic(own[0]), own[1], text)
    about = _after_leave(folded, text, state)
    if about is not None:
        return about
    if not state.flow and state.choices == _OFFERED and phrases.YES.match(folded):
        return CHOICES[_OFFERED[0]]
    if small_talk.is_polite_end(folded, text):
        return Intent(Topic.MENU, ENDED, text)
    # Right after an answer a bare "giấy tờ gì?" asks for more of the same.
    answered = state.flow == Topic.ASK and bool(state.data.get("rated"))
    begins = small_talk.only_begins(folded) or (not answered and small_talk.names_no_matter(folded))
    return Intent(Topic.MENU, BEGUN, text) if begins else None


def _by_rule(folded: str, text: str, _state: FlowState) -> Intent | None:
    found = (intent for pattern, intent in _RULES if pattern.search(folded))
    intent = next(found, None)
    return Intent(intent.topic, intent.argument, text) if intent else None


def _of_days(_folded: str, text: str, _state: FlowState) -> Intent | None:
    """A question about the days of lessons, and nothing else; whether the school's calendar knows it is looked up."""
    asked = schooldays.asked(schooldays.folded(text))
    return Intent(Topic.DAYS, asked, text) if asked else None


def _told_by_two(folded: str, text: str, _state: FlowState) -> Intent | None:
    """What one pattern alone would hear too often: arrivals and fees of one's own."""
    arrived = phrases.ARRIVED.search(folded) and not phrases.ABOUT_ARRIVING.search(folded)
    owed = phrases.OWED.search(folded) and phrases.MONEY.search(folded) and not phrases.POLICY.search(folded)
    if arrived:
        return Intent(Topic.CHECKINS, text=text, also=Topic.FEES if owed else None)
    return Intent(Topic.FEES, text=text) if owed else None


def _of_leave(folded: str, text: str, _state: FlowState) -> Intent | None:
    """A note that asks leave; read before days of lessons, as “con em nghỉ mai ạ” tells and does not ask."""
    return Intent(Topic.LEAVE, LEAVE_NOTE, text) if is_absence_note(folded, text) else None


def _after_leave(folded: str, text: str, state: FlowState) -> Intent | None:
    """What a short sentence right after a note of leave adds to it: whom it is for, or yes and no."""
    if state.flow != Topic.LEAVE or "?" in text or len(folded) > _SHORT_ANSWER:
        return None
    places = choosing.answered(state.data.get(LEAVE_NAMES, ()), text)
    if places:
        return Intent(Topic.LEAVE, ",".join(str(place + 1) for place in places), text)
    return Intent(Topic.LEAVE, LEAVE_WORD, text) if phrases.YES_OR_NO.match(folded) else None


def _code_in(text: str, state: FlowState, *, bare: bool = False) -> Intent | None:
    """A link code, read before teen-code is written out: folding would change its letters.

    What only may be one counts while a code is waited for: with a digit in it, or with `bare` any single word.
    """
    typed = " ".join(strip_marks(text[:100]).split())
    code = phrases.LINK.match(typed) or phrases.BARE_CODE.match(typed)
    if code:
        return Intent(Topic.LINK, code.group(1))
    left = waiting(state)
    if left is None or (left.flow, left.step) != (Topic.LINK, "code") or not phrases.MAYBE_CODE.match(typed):
        return None
    return Intent(Topic.LINK, typed) if bare or any(char.isdigit() for char in typed) else None


def _picked(folded: str, state: FlowState) -> str:
    """The code that a typed number picks from the last choices, or nothing."""
    found = phrases.NUMBER.match(folded)
    if not found or not state.choices:
        return ""
    number = phrases.WORDS.get(found.group(1)) or int(found.group(1))
    return state.choices[number - 1] if 1 <= number <= len(state.choices) else ""


def _answer_to(left: FlowState | None, folded: str, text: str) -> Intent | None:
    """What a short sentence says to the flow that waits: go on, or how to be told."""
    if left is None:
        return None
    if phrases.RESUME.match(folded) and left.flow in set(Topic):
        return Intent(Topic(left.flow), text=text)
    if left.flow != Topic.PREFERENCES:
        return None
    hour = phrases.HOW.match(folded)
    if hour is not None:
        late = 12 if hour.group(2) in {"toi", "chieu", "pm"} and int(hour.group(1)) < 12 else 0
        return Intent(Topic.PREFERENCES, f"digest:{int(hour.group(1)) + late}", text)
    return Intent(Topic.PREFERENCES, phrases.HOW_WORDS[folded], text) if folded in phrases.HOW_WORDS else None


def _of_choice(code: str, state: FlowState, text: str) -> Intent:
    own = privacy.chosen(code)
    if code in CHOICES or own is not None:
        return Intent(Topic(own[0]), own[1], text) if own else CHOICES[code]
    kind, _, argument = code.partition(":")
    if kind in ARGUED:
        topic, before = ARGUED[kind]
        return Intent(topic, before + argument, text)
    if kind == "flow.resume":
        return Intent(Topic(argument)) if argument in set(Topic) else Intent(Topic.MENU)
    if kind == "q":
        questions = state.data.get("questions")
        known = questions.get(argument) if isinstance(questions, dict) else None
        return Intent(Topic.ASK, text=known or text)
    # An old button of a version that is gone: its words are as good as typed ones.
    return Intent(Topic.ASK, text=text) if text else Intent(Topic.MENU)

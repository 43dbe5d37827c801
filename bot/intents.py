"""What a message can be about, and what each button means. Values only: `bot.router` finds out which it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
    TEACHER = "teacher"
    LEAVE = "leave"
    DAYS = "days"


PRIVATE = frozenset(
    {
        *(Topic.CHILDREN, Topic.CHECKINS, Topic.FEES, Topic.LINK, Topic.UNLINK),
        *(Topic.VERIFY, Topic.VNEID, Topic.RIGHTS, Topic.PREFERENCES, Topic.TEACHER),
    }
)
"""What is one family's own: never spoken of in a group, which would also make the whole group a guardian."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A topic with its argument: the link code, the child's number, the question, the language (ý định)."""

    topic: Topic
    argument: str = ""
    text: str = ""
    also: Topic | None = None
    """What else is asked in the same message: arrivals and fees often are."""


CHOICES: Mapping[str, Intent] = {
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
ARGUED: Mapping[str, tuple[Topic, str]] = {
    "fees": (Topic.FEES, ""),
    "checkins": (Topic.CHECKINS, ""),
    "children": (Topic.CHILDREN, ""),
    "teacher": (Topic.TEACHER, ""),
    "leave": (Topic.LEAVE, ""),
    "prefs": (Topic.PREFERENCES, ""),
    "prefs.digest": (Topic.PREFERENCES, "digest:"),
    "rate.up": (Topic.RATE, "up:"),
    "rate.down": (Topic.RATE, "down:"),
    "rate.wrong": (Topic.RATE, "wrong:"),
}
"""Choices with an argument: their topic, and what stands before the argument in the intent."""
LEAVE_NOTE, LEAVE_WORD, LEAVE_ALL, LEAVE_NAMES = "note", "word", "all", "names"
"""A note of leave, a yes or no after it, all children beside a child's number; what is remembered of the children."""
ENDED, UNCLEAR, BEGUN, MACHINE = "enough", "unclear", "begun", "machine"
"""A polite end, what cannot be understood, a question yet to come, and whether a machine answers here."""
SMALL_TALK = frozenset({ENDED, UNCLEAR, BEGUN, MACHINE})
"""What is not looked up; a waiting member of staff reads it all."""

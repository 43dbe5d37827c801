"""Writes the tables of docs/conversation.md from the code: `python -m tests.support.conversation_document`."""

from __future__ import annotations

from pathlib import Path

from bot.intents import CHOICES, ENDED, Intent, Topic
from bot.messages import InboundMessage
from bot.pausing import carry, waiting
from bot.router import route
from bot.texts.render import say
from core.conversations.desk.domain import EMERGENCY_AFTER, IDLE_AFTER, LAST_STAGE, DeskHours
from core.conversations.domain import FlowState
from core.preferences.domain import Kind, Mode
from tests.support.documents import table, write

DOCUMENT = Path(__file__).parents[2] / "docs" / "conversation.md"
_LEFT = {"paused": {"flow": "link", "step": "code", "data": {}}}
STATES = {
    "at rest": FlowState(choices=("menu.ask", "menu.fees")),
    "after an answer": FlowState("ask", choices=("q:1", "menu.main")),
    "asked for a code": FlowState("link", "code", choices=("verify.page", "menu.school")),
    "asked how to be told": FlowState(
        "preferences", "how", {"kind": "news"}, ("prefs.now", "prefs.digest:12")
    ),
    "left the code for a question": FlowState("ask", data=_LEFT, choices=("menu.main", "flow.resume:link")),
}
SAID = (
    "menu", "2", "HPME-2026", "hoctap12", "làm mất học bạ thì sao", "con của tôi", "con em còn nợ khoản thu nào ko ạ",
    "bé Ánh đến trường chưa", "cho em gặp cô giáo",
    "xin số điện thoại cô chủ nhiệm", "bực mình quá", "con tôi mất tích", "tiếp tục", "19h",
    "tắt bớt thông báo", "English", "thôi khỏi", "asdf",
)  # fmt: skip


def sections() -> dict[str, str]:
    """The generated parts of the document by name."""
    return {"states": _states(), "choices": _choices(), "figures": _figures()}


def _states() -> str:
    """What each sentence means in each state, and which flow waits afterwards."""
    head = ["said", *STATES]
    rows = [[said, *(_cell(said, state) for state in STATES.values())] for said in SAID]
    return table(head, rows)


def _cell(said: str, state: FlowState) -> str:
    intent = route(InboundMessage("webchat", "c", "m", said), state)
    to_menu = intent.topic is Topic.MENU and intent.argument in {"", ENDED}
    after = carry(state, intent.topic, FlowState(intent.topic), to_menu=to_menu)
    left = waiting(after)
    return _name(intent) + (f"; {left.flow} waits" if left else "")


def _name(intent: Intent) -> str:
    argument = intent.argument if intent.topic in {Topic.MENU, Topic.HANDOVER, Topic.PREFERENCES} else ""
    return f"{intent.topic.value}" + (f" ({argument})" if argument else "")


def _choices() -> str:
    rows = [[f"`{code}`", say(f"choice.{code}", {}, "vi"), _name(intent)] for code, intent in CHOICES.items()]
    return table(["choice", "label", "means"], rows)


def _figures() -> str:
    hours = DeskHours()
    minutes = int(hours.raise_after.total_seconds() // 60)
    rows = [
        ["hours until a school sets its own", f"{hours.opens:%H:%M}–{hours.closes:%H:%M}, Monday to Friday"],
        ["the next staff are told after", f"{minutes} minutes of these hours, {LAST_STAGE} stages"],
        [
            "an emergency is told again after",
            f"{int(EMERGENCY_AFTER.total_seconds() // 60)} minutes, at any hour; from a quarter of an hour on ever more seldom",
        ],
        ["an answered hand-over sleeps in after", f"{int(IDLE_AFTER.total_seconds() // 3600)} hours"],
        ["kinds of message one can choose about", ", ".join(kind.value for kind in Kind)],
        ["ways to be told", ", ".join(mode.value for mode in Mode)],
    ]
    return table(["what", "how much"], rows)


if __name__ == "__main__":
    write(DOCUMENT, sections())

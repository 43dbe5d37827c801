"""Leave asked for a child reaches staff with the child's name; of two children the guardian is asked, once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.choosing import answered
from bot.intents import Intent, Topic
from bot.messages import InboundMessage
from bot.router import route
from core.conversations.desk.domain import SaidBy
from core.conversations.domain import FlowState
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from tests.bot.support import LINK_CODE
from tests.bot.talk import Talk, talking
from tests.bot.test_handover import always_open

NOTE = "mai con em xin nghỉ vì sốt"
FIRST, SECOND = "Nguyễn Thị Ánh, lớp 3A", "Nguyễn Thu Hà, lớp 9A"


@pytest.fixture
async def talk(core_settings: CoreSettings) -> AsyncIterator[Talk]:
    """A guardian of two children, at night: nobody of the school answers now."""
    async with talking(core_settings) as one:
        await always_open(one.bot, closed=True)
        await one.say(link_code=LINK_CODE)
        yield one


async def told(talk: Talk) -> list[str]:
    """What staff read of this guardian."""
    core = talk.bot.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        (handover,) = await core.handovers.list_open(tx)
        assert handover.reason == "absence"
        return [one.text for one in await core.handovers.lines(tx, handover.id) if one.by is SaidBy.GUARDIAN]


async def test_staff_have_the_note_before_the_guardian_of_two_is_asked_which_child_it_is(talk: Talk) -> None:
    (asked,) = await talk.say(NOTE)
    labels = [one.label for one in talk.last().buttons]
    assert (asked.key, labels[:3]) == ("leave.which", ["Ánh (3A)", "Hà (9A)", "Cả các con"])
    (before,) = await told(talk)
    assert before.startswith(NOTE)
    assert (FIRST in before, SECOND in before, "đang hỏi lại" in before) == (True, True, True)


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({"choice": "leave:1"}, (FIRST,)),
        ({"text": "2"}, (SECOND,)),
        ({"text": "dạ bé Hà ạ"}, (SECOND,)),
        ({"text": "ha"}, (SECOND,)),
        ({"text": "cả hai cháu ạ"}, (FIRST, SECOND)),
        ({"choice": "leave:all"}, (FIRST, SECOND)),
    ],
)
async def test_the_answer_reaches_staff_by_name(
    talk: Talk, answer: dict[str, str], names: tuple[str, ...]
) -> None:
    await talk.say(NOTE)
    (said,) = await talk.say(**answer)
    assert said.key == "handover.absence"
    assert said.params["names"] == [one.partition(",")[0].split()[-1] for one in names]
    assert (await told(talk))[1:] == ["📝 Xin nghỉ cho " + "; ".join(names)]


async def test_a_name_in_the_note_is_enough(talk: Talk) -> None:
    (said,) = await talk.say("mai cháu Ánh ốm em xin phép cho cháu nghỉ học 1 hôm ạ")
    assert (said.key, said.params["names"]) == ("handover.absence", ["Ánh"])
    (line,) = await told(talk)
    assert (FIRST in line, SECOND in line, "đang hỏi lại" in line) == (True, False, False)


async def test_by_day_the_answer_is_heard_though_the_bot_leaves_the_word_to_staff(talk: Talk) -> None:
    await always_open(talk.bot)
    await talk.say(NOTE)
    assert await talk.say("cháu sốt 39 độ từ tối qua") == []
    (said,) = await talk.say(choice="leave:2")
    assert "Hà" in talk.last().text
    assert (said.key, (await told(talk))[1:]) == (
        "handover.absence",
        ["cháu sốt 39 độ từ tối qua", f"📝 Xin nghỉ cho {SECOND}"],
    )
    assert await talk.say("hôm nay con bé xin nghỉ ốm thêm một hôm ạ") == [], "staff have the conversation"
    assert "đang hỏi lại" not in (await told(talk))[-1]


@pytest.mark.parametrize("word", ["có", "dạ không ạ", "vâng ạ", "ok cảm ơn cô"])
async def test_yes_and_no_after_the_note_belong_to_it(talk: Talk, word: str) -> None:
    await talk.say("bé Hà sốt, mai em xin cho cháu nghỉ ạ")
    (said,) = await talk.say(word)
    assert (said.key, (await told(talk))[-1]) == ("leave.word", word)


async def test_a_question_after_the_note_is_a_question(talk: Talk) -> None:
    await talk.say(NOTE)
    (said,) = await talk.say("làm mất học bạ thì sao?")
    assert said.key == "ask.answer"
    (named,) = await talk.say(choice="leave:1")
    assert named.params["names"] == ["Ánh"], "the button above works still"


async def test_whoever_is_not_linked_is_asked_for_name_and_class_and_names_nobody(
    core_settings: CoreSettings,
) -> None:
    async with talking(core_settings) as stranger:
        await always_open(stranger.bot, closed=True)
        await stranger.say(NOTE)
        assert ("tên và lớp" in stranger.last().text, await told(stranger)) == (True, [NOTE])
        (said,) = await stranger.say(choice="leave:1")
        assert (said.key, "Ánh" in stranger.last().text) == ("leave.word", False)


def test_only_a_short_answer_after_a_note_is_taken_for_one() -> None:
    names = {"names": ["Nguyễn Thị Ánh", "Trần Thị Hà"]}
    asked = FlowState(Topic.LEAVE, data=names)

    def heard(text: str, state: FlowState) -> Intent:
        return route(InboundMessage("webchat", "c", "m", text), state)

    assert heard("Ánh và Hà đều nghỉ ạ", asked).topic is Topic.ASK
    assert heard("bé Ánh và bé Hà", asked) == Intent(Topic.LEAVE, "1,2", "bé Ánh và bé Hà")
    assert heard("bé Hà", FlowState()).topic is Topic.ASK
    assert heard("có được nghỉ không", asked).topic is Topic.ASK
    assert heard("bé Hà mất tích rồi", asked).topic is Topic.DANGER
    assert answered((), "Hà") == ()

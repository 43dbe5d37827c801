"""What asks for nothing gets a kind word, never the last answer again; what hides danger is looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.folding import strip_marks
from bot.intents import BEGUN, ENDED, MACHINE, UNCLEAR, Intent, Topic
from bot.messages import InboundMessage
from bot.router import route
from core.conversations.domain import FlowState, HandoverUrgency
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from tests.bot.support import LINK_CODE
from tests.bot.talk import Talk, talking
from tests.bot.test_handover import always_open
from tests.support.everyday import GRAVE, HARMLESS

AFTER_ANSWER = FlowState("ask", choices=("q:1", "menu.main"))


def heard(text: str, state: FlowState = AFTER_ANSWER) -> Intent:
    return route(InboundMessage("webchat", "c", "m", text), state)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "thôi",
            "thôi khỏi",
            "thôi khỏi ạ",
            "không cần nữa",
            "thoi k can nua dau e",
            "ok cảm ơn",
            "để chị xem lại",
        ),
        *(
            "ừ",
            "à vâng",
            "dạ",
            "vâng ạ",
            "hiểu rồi ạ",
            "e biết rồi",
            "được rồi",
            "không ạ",
            "haha",
            "👍",
            "❤️",
            "🙏🙏",
        ),
        *("never mind", "ok thanks", "that's all"),
    ],
)
def test_a_polite_end_is_one(text: str) -> None:
    assert heard(text) == Intent(Topic.MENU, ENDED, text)


@pytest.mark.parametrize("text", ["asdf", "asdfgh jkl", "dfgdfg", "???", "...", "😡", "a", "có"])
def test_what_nobody_understands_is_not_looked_up(text: str) -> None:
    assert heard(text) == Intent(Topic.MENU, UNCLEAR, text)


@pytest.mark.parametrize(
    "text",
    [
        *("thôi học cần giấy gì", "khỏi bệnh rồi đi học được chưa", "không đóng có sao không", "hiểu bài không", "bhyt"),
        *("ok thế học phí lớp 6 có được miễn không", "cccd", "trẻ", "tren lop", "thpt", "free lunch", "rõ ràng là sai quy định"),
    ],
)  # fmt: skip
def test_a_question_is_neither(text: str) -> None:
    assert heard(text).topic is Topic.ASK


@pytest.mark.parametrize("text", ["em muốn hỏi", "cho em hỏi chút ạ", "chị ơi cho hỏi", "i have a question"])
def test_a_question_yet_to_come_is_invited_and_nobody_is_called(text: str) -> None:
    assert heard(text) == Intent(Topic.MENU, BEGUN, text)


@pytest.mark.parametrize("text", ["giấy tờ", "thu tuc gi", "tiền", "đăng ký", "hỏi về thẻ", "thi"])
def test_a_bare_word_that_any_matter_has_is_no_question_but_right_after_an_answer_it_is(text: str) -> None:
    assert heard(text, FlowState()) == Intent(Topic.MENU, BEGUN, text)
    assert heard(text, FlowState("ask", data={"rated": "t1"})) == Intent(Topic.ASK, text=text)


@pytest.mark.parametrize(
    "text",
    [
        "có phải người thật không",
        "may la bot ha",
        "em là máy hả",
        "người hay máy vậy",
        "are you a real person?",
    ],
)
def test_who_asks_whether_a_machine_answers_is_told_so_and_not_passed_on(text: str) -> None:
    assert heard(text) == Intent(Topic.MENU, MACHINE, text)


@pytest.mark.parametrize(
    "text",
    ["cho tôi gặp người thật được không", "tôi muốn nói chuyện với người thật", "i want a real person"],
)
def test_who_wants_a_person_is_passed_on(text: str) -> None:
    assert heard(text).topic is Topic.HANDOVER


@pytest.mark.parametrize(
    "text",
    [
        "mã liên kết là gì",
        "tôi không có mã liên kết",
        "mã hết hạn rồi",
        "em mới chuyển tới chưa có mã",
        "mẹ cháu giữ mã rồi em làm sao",
        "hai vợ chồng cùng nhận tin được không",
        "làm sao để nhận thông báo của con",
        "what is a link code",
    ],
)
def test_who_asks_about_the_code_is_told_what_it_is_and_how_to_get_one(text: str) -> None:
    assert heard(text) == Intent(Topic.VERIFY, "code", text)


@pytest.mark.parametrize(
    "text",
    [
        "em muốn hỏi về học phí",
        "giấy tờ chuyển trường",
        "bố hay người nhà đón được không",
        "con chưa có mã số định danh",
        "con mang điện thoại vào lớp được ko",
        "bố mẹ cháu ly dị thì tôi đăng ký cho cháu đi học được không",
    ],
)
def test_what_only_sounds_like_it_is_a_question_for_the_knowledge_base(text: str) -> None:
    assert heard(text, FlowState()) == Intent(Topic.ASK, text=text)


def test_what_waits_for_an_answer_hears_it_first() -> None:
    assert heard("thôi", FlowState("preferences", "how", {"kind": "news"})) == Intent(
        Topic.PREFERENCES, "off", "thôi"
    )
    assert heard("không ạ", FlowState(choices=("arrivals.yes", "arrivals.no"))).topic is Topic.RIGHTS
    assert heard("có ạ", FlowState(choices=("handover.yes", "menu.main"))) == Intent(Topic.HANDOVER, "asked")
    assert heard("hoctap", FlowState("link", "code")).topic is Topic.LINK


@pytest.mark.parametrize("text", HARMLESS)
def test_words_of_danger_or_anger_in_a_harmless_sentence_alarm_nobody(text: str) -> None:
    for typed in (text, strip_marks(text)):
        assert heard(typed).topic is Topic.ASK


@pytest.mark.parametrize("text", GRAVE)
def test_a_grave_sentence_is_heard_or_thought_about_and_never_a_mere_end(text: str) -> None:
    for typed in (text, strip_marks(text)):
        assert heard(typed).topic in {Topic.DANGER, Topic.ASK, Topic.CHECKINS}


@pytest.fixture
async def talk(core_settings: CoreSettings) -> AsyncIterator[Talk]:
    async with talking(core_settings) as one:
        yield one


async def choices(talk: Talk) -> tuple[str, ...]:
    return (await talk.state()).choices


async def urgency(talk: Talk) -> HandoverUrgency:
    async with talk.bot.core.database.transaction(SCHOOL_ID) as tx:
        (handover,) = await talk.bot.core.handovers.list_open(tx)
    return handover.urgency


async def test_an_end_after_an_answer_tells_nothing_again(talk: Talk) -> None:
    await talk.say("làm mất học bạ thì sao")
    (said,) = await talk.say("thôi khỏi")
    assert (said.key, talk.last().buttons, await talk.state()) == ("menu.end", (), FlowState())
    (said,) = await talk.say("asdf")
    assert said.key == "menu.unclear"


async def test_an_end_leaves_what_still_waited(talk: Talk) -> None:
    await talk.say("con của tôi")
    await talk.say("thôi để sau nhé")
    assert talk.last().buttons == ()
    (said,) = await talk.say("làm mất học bạ thì sao")
    assert "flow.resume:link" not in [one["code"] for one in said.params["choices"]]


async def test_a_rule_for_something_else_does_not_hide_danger(talk: Talk) -> None:
    await talk.say(link_code=LINK_CODE)
    (said,) = await talk.say("con em đến trường chưa, bạn nó bảo cháu bị ngất dọc đường")
    assert (said.key, await urgency(talk)) == ("handover.emergency", HandoverUrgency.EMERGENCY)


async def test_danger_written_to_staff_who_have_not_answered_yet_raises_the_hand_over(talk: Talk) -> None:
    await always_open(talk.bot)
    await talk.say("cho em gặp cô giáo")
    assert await talk.say("cô ơi cháu vẫn mệt") == []
    assert await urgency(talk) is HandoverUrgency.NORMAL
    (said,) = await talk.say("cháu vừa ngất ở nhà")
    assert (said.key, await urgency(talk)) == ("handover.emergency", HandoverUrgency.EMERGENCY)
    (said,) = await talk.say("cháu ngất lần nữa rồi")
    assert said.key == "handover.passed_on", "the numbers to call are said once"


async def test_another_question_is_never_told_the_very_words_that_were_just_told(talk: Talk) -> None:
    await talk.say("làm mất học bạ thì sao")
    (said,) = await talk.say("thế học bạ của anh nó thì nghỉ hè mấy tháng")
    assert (said.key, "handover.yes" in await choices(talk)) == ("ask.same", True)
    await talk.say("làm mất học bạ thì sao")
    (said,) = await talk.say("LÀM MẤT HỌC BẠ THÌ SAO?")
    assert said.key == "ask.answer", "who asks the same again reads it again"
    await talk.say("lớp 6 mất học bạ thì sao")
    (said,) = await talk.say("lớp 7 mất học bạ thì sao")
    assert said.key == "ask.answer", "another grade may well have the same answer, and is told it"


@pytest.mark.parametrize("text", ["👍", "ok", "❤️", "thôi khỏi", "???"])
async def test_small_talk_never_ends_a_hand_over(talk: Talk, text: str) -> None:
    await talk.say("cứu với")
    await talk.say(text)
    assert await urgency(talk) is HandoverUrgency.EMERGENCY


async def test_a_question_that_nothing_answered_is_kept_for_staff_to_group_while_a_hand_over_is_open(
    talk: Talk,
) -> None:
    await always_open(talk.bot, closed=True)
    await talk.say("cho em gặp cô giáo")
    (said,) = await talk.say("lịch thi học kì một của khối 9")
    assert said.key == "handover.kept"
    core = talk.bot.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        kept = await core.answers.asked.list_open(tx)
    assert [one.text for one in kept] == ["lịch thi học kì một của khối 9"]


async def test_that_it_is_a_machine_is_told_once_in_the_language_that_is_written(talk: Talk) -> None:
    assert [one.key for one in await talk.say("are you a robot?")] == ["bot.introduction"]
    assert "not a person" in talk.last().text
    await talk.say("thủ tục")
    assert talk.last().text.startswith("Anh/chị cứ gõ")


async def test_a_question_yet_to_come_reaches_staff_who_have_the_conversation(talk: Talk) -> None:
    await talk.say("cho em gặp cô giáo")
    assert [one.key for one in await talk.say("em muốn hỏi")] != ["handover.still_open"]


async def test_arrival_and_fees_asked_in_one_message_are_both_told(talk: Talk) -> None:
    both = "hôm nay con tới trường chưa, với lại tháng này còn nợ tiền gì không?"
    assert [one.key for one in await talk.say(both)] == ["bot.introduction", "link.needed"]
    await talk.say(LINK_CODE)
    told = [one.key for one in await talk.say(both)]
    assert told == ["checkins.today", "fees.outstanding"]

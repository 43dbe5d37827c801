"""The conversation as a state machine: no dead end, always a way out, no flow lost to an unknown text."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.folding import strip_marks
from bot.intents import CHOICES, Topic
from bot.messages import InboundMessage
from bot.pausing import carry, waiting
from bot.router import route
from core.conversations.domain import FlowState
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from tests.bot.support import LINK_CODE
from tests.bot.talk import Talk, talking
from tests.bot.test_router import SAID

TYPED = sorted({text for texts in SAID.values() for text in texts})
UNKNOWN = ("asdf ghjk", "😀😀", "làm mất học bạ thì sao", "مرحبا", "ờ", "?", "x" * 3000, "thứ mấy rồi em")
ACTIONS = st.one_of(
    st.tuples(st.just("pick"), st.integers(0, 9).map(str)),
    st.tuples(st.just("type"), st.sampled_from(TYPED)),
    st.tuples(st.just("type"), st.sampled_from(UNKNOWN)),
    st.tuples(st.just("press"), st.sampled_from(sorted(CHOICES))),
    st.tuples(
        st.just("press"), st.sampled_from(["fees:1", "checkins:9", "q:gone", "prefs:news", "old.button"])
    ),
)
STATES = st.builds(
    FlowState,
    flow=st.sampled_from(["", "ask", "link", "preferences", "handover", "gone"]),
    step=st.sampled_from(["", "code", "how"]),
    choices=st.lists(st.sampled_from([*CHOICES, "q:1", "fees:2", "x"]), max_size=5).map(tuple),
)


class Walk:
    """One loop, one school and one chat for all examples of a property."""

    def __init__(self, made: CoreSettings) -> None:
        self.loop = asyncio.new_event_loop()
        self.manager = talking(made)
        self.talk: Talk = self.loop.run_until_complete(self.manager.__aenter__())

    def play(self, actions: list[tuple[str, str]], *, linked: bool) -> None:
        self.loop.run_until_complete(self._play(actions, linked=linked))

    async def _play(self, actions: list[tuple[str, str]], *, linked: bool) -> None:
        talk = replace(self.talk, chat=f"{self.talk.chat}-{id(actions)}-{len(actions)}-{linked}", seen=None)
        if linked:
            async with talk.bot.core.database.transaction(SCHOOL_ID) as tx:
                reached = await talk.bot.core.audience.page(tx, None, limit=1)
                code = await talk.bot.core.guardians.issue_link_code(tx, reached[0].guardian_id)
            await talk.say(link_code=code.shown)
        for action, what in actions:
            await self._step(talk, action, what)
        await talk.say("menu")
        assert talk.answers, "the menu answers in every state"
        assert talk.last().buttons, "the menu always offers something"

    async def _step(self, talk: Talk, action: str, what: str) -> None:
        before = await talk.state()
        left = waiting(before)
        if action == "press":
            told = await talk.say("Nút cũ", choice=what)
        else:
            told = await talk.say(what)
        after = await talk.state()
        if not told:
            assert await talk.is_handed_over(), f"silent at {action} {what!r} in {before}"
            return
        assert talk.last().text.strip()
        assert all(button.label for button in talk.last().buttons)
        topic = route(InboundMessage("webchat", "c", "m", what), before).topic if action != "press" else None
        if left is not None and topic is Topic.ASK and not await talk.is_handed_over():
            kept = waiting(after)
            assert kept is not None, f"{left} was lost to {what!r}"
            assert (kept.flow, kept.step) == (left.flow, left.step)
            assert any(code.startswith("flow.resume") for code in after.choices)

    def close(self) -> None:
        self.loop.run_until_complete(self.manager.__aexit__(None, None, None))
        self.loop.close()


@pytest.fixture
def walk(database_url: str, core_settings: CoreSettings) -> Iterator[Walk]:
    made = Walk(core_settings)
    yield made
    made.close()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(actions=st.lists(ACTIONS, min_size=1, max_size=8), linked=st.booleans())
def test_whatever_somebody_does_there_is_an_answer_and_a_way_out(
    walk: Walk, actions: list[tuple[str, str]], *, linked: bool
) -> None:
    walk.play(actions, linked=linked)


@given(STATES, st.text(max_size=60))
def test_every_state_takes_every_text_and_the_menu_word_leads_out(state: FlowState, text: str) -> None:
    assert route(InboundMessage("webchat", "c", "m", text), state).topic in set(Topic)
    assert route(InboundMessage("webchat", "c", "m", "menu"), state).topic is Topic.MENU
    assert route(InboundMessage("webchat", "c", "m", "về đầu"), state).topic is Topic.MENU
    assert route(InboundMessage("webchat", "c", "m", "con tôi mất tích rồi"), state).topic is Topic.DANGER


@given(STATES, st.sampled_from([topic.value for topic in Topic]), STATES)
def test_a_waiting_flow_ends_by_its_own_by_the_menu_or_by_another_that_waits(
    before: FlowState, topic: str, after: FlowState
) -> None:
    left, then = waiting(before), carry(before, topic, after, to_menu=False)
    if left is not None and topic != left.flow and not after.step:
        kept = waiting(then)
        assert kept is not None
        assert (kept.flow, kept.step) == (left.flow, left.step)
    assert carry(before, topic, after, to_menu=True) == after
    assert then.choices == after.choices


@pytest.mark.parametrize("code", sorted(CHOICES))
def test_every_choice_can_also_be_typed_as_its_number(code: str) -> None:
    state = FlowState(choices=("menu.ask", code))
    assert route(InboundMessage("webchat", "c", "m", "2"), state) == CHOICES[code]


async def test_a_flow_is_left_for_a_free_question_and_taken_up_again(core_settings: CoreSettings) -> None:
    async with talking(core_settings) as talk:
        await talk.say("con của tôi")
        (told,) = await talk.say("làm mất học bạ thì sao")
        assert told.key == "ask.answer"
        assert talk.last().buttons[-1].label == "Tiếp tục nhập mã"
        (again,) = await talk.say("tiếp tục")
        assert again.key == "link.ask_code"
        await talk.say("học bạ?")
        (linked,) = await talk.say(LINK_CODE)
        assert linked.key == "link.linked"
        assert waiting(await talk.state()) is None


async def test_children_are_chosen_by_number_by_name_and_both_at_once(core_settings: CoreSettings) -> None:
    async with talking(core_settings) as talk:
        await talk.say(link_code=LINK_CODE)
        await talk.say("con đến trường chưa ạ")
        both = talk.last().text
        assert both.count("•") == 2
        await talk.say("1")
        assert talk.last().text.count("•") == 1
        assert talk.last().buttons[-1].label != "Cả các con"
        await talk.say("cả hai con đến trường chưa")
        assert talk.last().text == both
        await talk.say("bé Ánh đến trường chưa")
        assert talk.last().text.count("•") == 1
        assert "Ánh" in talk.last().text
        await talk.say("be anh den truong chua")
        assert talk.last().text.count("•") == 1


VOICE = {
    Topic.FEES: "cho em hỏi là con em tháng này còn phải đóng bao nhiêu tiền nữa ạ",
    Topic.CHECKINS: "cháu nhà em hôm nay đã đến trường chưa vậy cô",
    Topic.HANDOVER: "cho mình gặp cô giáo chủ nhiệm của cháu với ạ",
    Topic.PREFERENCES: "nhắn nhiều quá em muốn tắt bớt thông báo đi ạ",
}


@pytest.mark.parametrize(("topic", "text"), list(VOICE.items()))
def test_dictated_sentences_without_punctuation_are_understood_with_and_without_marks(
    topic: Topic, text: str
) -> None:
    for said in (text, strip_marks(text), text.upper()):
        assert route(InboundMessage("webchat", "c", "m", said), FlowState()).topic is topic

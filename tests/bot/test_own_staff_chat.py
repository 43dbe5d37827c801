"""Staff who are parents too, and two of them with one name: what they write means what they mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.flows.gate_words import VisitAnswer, gate_command_of
from bot.messages import InboundMessage
from core.contracts.commands import StaffAnswer
from core.conversations.desk.domain import NewStaffChat, code_of
from core.conversations.domain import HandoverUrgency
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from tests.bot.talk import Talk, talking


def gate_word(text: str) -> object:
    return gate_command_of(InboundMessage("telegram", "g", "m", text))


@pytest.mark.parametrize("text", ["đồng ý", "Đồng ý ạ", "dong y"])
def test_a_bare_yes_lets_nobody_in(text: str) -> None:
    """A parent says it to a question of the bot, and staff to each other."""
    assert gate_word(text) is None


def test_a_yes_with_the_code_and_a_word_for_the_gate_do() -> None:
    assert gate_word("đồng ý A1B2C3") == VisitAnswer(StaffAnswer.APPROVED, "A1B2C3")
    assert gate_word("#a1b2c3 đồng ý") == VisitAnswer(StaffAnswer.APPROVED, "A1B2C3")
    assert gate_word("duyệt") == VisitAnswer(StaffAnswer.APPROVED)


async def _own_chat(talk: Talk, name: str) -> Talk:
    """A person's own staff chat, from which that person also writes as a parent."""
    own, core = replace(talk, chat=f"{talk.chat}-{name}", answers=[]), talk.bot.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        _, code = await core.handovers.chats.invite(tx, NewStaffChat("Cô Lan", is_group=False), "staff:x")
        await core.handovers.chats.join(tx, "webchat", own.chat, code)
    return own


async def test_in_the_own_chat_a_number_picks_from_the_menu_when_nobody_waits(
    core_settings: CoreSettings,
) -> None:
    async with talking(core_settings) as talk:
        own = await _own_chat(talk, "lan")
        await own.say("menu")
        assert [one.key for one in await own.say("1")] == ["menu.how_to_ask"]


async def test_in_the_own_chat_a_call_for_help_tells_what_can_be_typed_and_wakes_nobody(
    core_settings: CoreSettings,
) -> None:
    async with talking(core_settings) as talk:
        own = await _own_chat(talk, "lan")
        assert [one.key for one in await own.say("Giúp")] == ["desk.help"]
        said = own.last().text
        assert "danh sách – ai đang chờ" in said
        assert "menu" in said
        async with talk.bot.core.database.transaction(SCHOOL_ID) as tx:
            assert await talk.bot.core.handovers.list_open(tx) == ()


async def test_of_two_with_one_name_each_answers_the_own_guardian(core_settings: CoreSettings) -> None:
    async with talking(core_settings) as talk:
        core = talk.bot.core
        first, second = await _own_chat(talk, "one"), await _own_chat(talk, "two")
        async with core.database.transaction(SCHOOL_ID) as tx:
            codes = []
            for chat in ("parent-1", "parent-2"):
                account = await core.conversations.meet(tx, "webchat", chat)
                said = (chat, "cho em gặp cô")
                opened = await core.handovers.open(tx, account.id, "asked", HandoverUrgency.EMERGENCY, said)
                codes.append(code_of(opened))
        await first.say(f"nhận {codes[0]}")
        await second.say(f"nhận {codes[1]}")
        await second.say("Dạ, của phụ huynh thứ hai")
        await first.say("Dạ, của phụ huynh thứ nhất")
        async with core.database.transaction(SCHOOL_ID) as tx:
            sent = await core.notifications.list_recent(tx, limit=100)
        told = {one.recipient.address: one.params["text"] for one in sent if one.key == "handover.staff_said"}
        assert told == {"parent-1": "Dạ, của phụ huynh thứ nhất", "parent-2": "Dạ, của phụ huynh thứ hai"}

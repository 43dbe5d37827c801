"""Staff decide a claim from their own chat: by button, or typed with a reason; nobody else's words count."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.app import Bot
from bot.flows.approvals import ApprovalFlow, command_of
from bot.messages import InboundMessage
from core.contracts.citizen_id import CitizenId
from core.guardians.domain import Level
from core.guardians.evidence import ChildIdentity, Evidence, Identity, Means
from core.notifications.domain import NewNotification, Recipient
from core.sample.people import SIBLINGS, pupils
from core.sample.school import SCHOOL_ID
from core.values.ids import ChatAccountId

CHILD = pupils()[SIBLINGS[0]]
MOTHER = CHILD.parents[1]
NAMED = ChildIdentity(CHILD.new.full_name, CHILD.new.born_on, CHILD.citizen_id, "3A")
STAFF = Recipient("telegram", "-100200")


async def claimed(
    bot: Bot, name: str = MOTHER.full_name
) -> tuple[ChatAccountId, ApprovalFlow, NewNotification]:
    """Somebody typed a claim; what the staff chat hears of it."""
    core = bot.core
    flow = ApprovalFlow(core.handovers.chats, core.guardians)
    async with core.database.transaction(SCHOOL_ID) as tx:
        await core.handovers.chats.ensure(tx, STAFF, "Văn phòng")
        account = await core.conversations.meet(tx, "webchat", "claimant")
        card = Identity(CitizenId("099184000777"), name, date(1984, 5, 6))
        await core.guardians.apply_evidence(tx, Evidence(Means.TYPED, account.id, card, NAMED))
        (alert,) = await flow.alerts(tx, account.id)
    return account.id, flow, alert


async def said(bot: Bot, flow: ApprovalFlow, chat: str, text: str = "", choice: str = "") -> list[str] | None:
    """What somebody in a chat writes or presses, and the keys of what follows."""
    message = InboundMessage("telegram", chat, text or choice, text=text, choice=choice)
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        told = await flow.react(tx, message)
    return None if told is None else [one.key for one in told]


async def level(bot: Bot, account: ChatAccountId) -> Level:
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        children = await bot.core.guardians.children_of(tx, account)
    return max((one.level for one in children), default=Level.NONE)


async def test_one_press_approves_and_only_in_a_staff_chat(running: tuple[Bot, str]) -> None:
    bot, _ = running
    account, flow, alert = await claimed(bot)
    assert alert.recipient == STAFF
    assert "099184000777" not in str(alert.params)
    assert CHILD.new.full_name not in str(alert.params)
    (button,) = [one["code"] for one in alert.params["choices"] if one["code"].startswith("verify.approve")]
    assert await said(bot, flow, "999", choice=button) is None
    assert await level(bot, account) is Level.NONE
    assert await said(bot, flow, STAFF.address, choice=button) == ["verify.decided", "verify.approved"]
    assert await level(bot, account) is Level.VERIFIED
    assert await said(bot, flow, STAFF.address, choice=button) == ["error.guardians.case_not_found"]


async def test_a_typed_decision_needs_a_reason(running: tuple[Bot, str]) -> None:
    bot, _ = running
    account, flow, alert = await claimed(bot)
    code = alert.params["code"]
    assert await said(bot, flow, STAFF.address, f"Xác minh #{code}") == ["error.guardians.reason_needed"]
    told = await said(bot, flow, STAFF.address, f"bác {code.lower()}: không phải mẹ của em")
    assert told == ["verify.decided", "verify.refused"]
    assert await level(bot, account) is Level.NONE


async def test_where_staff_must_choose_the_chat_sends_them_to_the_console(running: tuple[Bot, str]) -> None:
    bot, _ = running
    _, flow, alert = await claimed(bot, "Vũ Thị Người Lạ")
    assert not [one for one in alert.params["choices"] if one["code"].startswith("verify.approve")]
    told = await said(bot, flow, STAFF.address, f"xác minh {alert.params['code']} đã xem thẻ")
    assert told == ["error.guardians.place_needed"]


@pytest.mark.parametrize("text", ["xác minh", "bác ơi cho tôi hỏi", "duyệt A1B2C3", "verify me", "bac 12"])
def test_ordinary_words_are_no_decision(text: str) -> None:
    assert command_of(InboundMessage("zalo", "c", "1", text)) is None


def test_a_reason_keeps_its_marks_in_either_form_of_letters() -> None:
    import unicodedata

    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, "Xác minh #A1B2C3, đã xem thẻ")
        command = command_of(InboundMessage("zalo", "c", "1", text))
        assert command
        assert re.fullmatch("đã xem thẻ", command.reason)

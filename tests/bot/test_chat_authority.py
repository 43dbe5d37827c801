"""What staff write in their chats, with every role: nothing beyond the table of rights passes."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

import pytest

from bot.flows.approvals import ApprovalFlow
from bot.flows.chat_rights import may
from bot.flows.gate import GateFlow
from bot.flows.staff import StaffFlow
from bot.messages import InboundMessage
from core.app import Core, build_core
from core.conversations.desk.domain import StaffChat
from core.db.transaction import Tx
from core.notifications.domain import NewNotification
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.staff.authority import TABLE, Reach, reach
from core.staff.domain import Right, Role
from core.values.clock import FixedClock
from tests.bot.support import load_sample, settings_for

DENIED = "error.staff.not_allowed"
WORDS: dict[str, Right] = {
    "danh sách": Right.ANSWER_GUARDIANS,
    "nhận A1B2C3": Right.ANSWER_GUARDIANS,
    "#A1B2C3 Chị chờ em chút ạ": Right.ANSWER_GUARDIANS,
    "xong A1B2C3": Right.ANSWER_GUARDIANS,
    "xác minh A1B2C3 đã xem thẻ tại văn phòng": Right.VERIFY_GUARDIANS,
    "duyệt A1B2C3": Right.DECIDE_CHECK_INS,
    "cổng": Right.MANAGE_DEVICES,
    "khoá cổng": Right.MANAGE_DEVICES,
    "mở điểm danh": Right.MANAGE_DEVICES,
    "đóng ca": Right.MANAGE_DEVICES,
    "khởi động lại cổng": Right.MANAGE_DEVICES,
}
"""One wording of every kind of command, and the right that it needs."""


@pytest.fixture
async def core(database_url: str, clock: FixedClock, master_key_text: str) -> AsyncIterator[Core]:
    settings: CoreSettings = settings_for(database_url, master_key_text)
    built = build_core(settings, clock)
    await load_sample(built)
    yield built
    await built.database.dispose()


async def said(core: Core, tx: Tx, message: InboundMessage) -> tuple[NewNotification, ...]:
    """What the flows of staff say, in the order of the pipeline."""
    flows = (
        ApprovalFlow(core.handovers.chats, core.guardians),
        GateFlow(core.handovers.chats, core.gate),
        StaffFlow(core.handovers),
    )
    for flow in flows:
        told = await flow.react(tx, message)
        if told is not None:
            return told
    return ()


async def test_every_command_with_every_role_obeys_the_table(core: Core) -> None:
    wrong = []
    chats = core.handovers.chats
    for role in Role:
        async with core.database.transaction(SCHOOL_ID) as tx:
            _, code = await chats.invite(tx, f"Nhóm {role}", 1, is_group=True, actor="x", role=role.value)
            await chats.join(tx, "telegram", f"group-{role}", code)
    for number, (role, (text, right)) in enumerate(itertools.product(Role, WORDS.items())):
        async with core.database.transaction(SCHOOL_ID) as tx:
            message = InboundMessage("telegram", f"group-{role}", f"m{number}", text)
            keys = {one.key for one in await said(core, tx, message)}
        allowed = reach(role, right) is Reach.SCHOOL
        if not keys or (DENIED in keys) == allowed:
            wrong.append((role.value, text, right.value, sorted(keys)))
    assert wrong == []


async def test_a_chat_that_is_no_staff_chat_commands_nothing(core: Core) -> None:
    async with core.database.transaction(SCHOOL_ID) as tx:
        for number, text in enumerate(WORDS):
            assert await said(core, tx, InboundMessage("telegram", "a parent", f"m{number}", text)) == ()


def test_an_unknown_role_has_no_right_and_a_class_is_not_the_school() -> None:
    for role in (*Role, "king", ""):
        chat = StaffChat(SCHOOL_ID, "x", True, 1, None, None, str(role))
        for right in Right:
            known = role in set(Role) and TABLE[Role(role)].get(right) is Reach.SCHOOL
            assert may(chat, right) == known

"""A guardian asks who the homeroom teacher is: the own children's is named, with the way to write; nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.intents import Topic
from bot.messages import InboundMessage
from bot.router import route
from core.conversations.domain import FlowState
from core.guardians.domain import CodeStrength
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.staff.domain import NewStaff, Role
from tests.bot.talk import Talk, talking


def topic_of(text: str) -> Topic:
    return route(InboundMessage("webchat", "c", "1", text), FlowState()).topic


@pytest.mark.parametrize(
    "text",
    [
        "xin số điện thoại cô chủ nhiệm",
        "cho em xin sđt gvcn lớp 5A với ạ",
        "cô chủ nhiệm lớp 5A là ai",
        "ai là giáo viên chủ nhiệm lớp con em",
        "thông tin liên hệ của giáo viên chủ nhiệm",
        "who is my son's homeroom teacher?",
    ],
)
def test_who_the_teacher_is_and_the_number_are_asked_in_many_words(text: str) -> None:
    assert topic_of(text) is Topic.TEACHER


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("cho em gặp cô chủ nhiệm", Topic.HANDOVER),
        ("em muốn liên hệ cô giáo chủ nhiệm", Topic.HANDOVER),
        ("giáo viên chủ nhiệm có được dạy thêm học sinh lớp mình không", Topic.ASK),
        ("giáo viên chủ nhiệm là gì", Topic.ASK),
        ("ai làm chủ nhiệm thì được giảm bao nhiêu tiết", Topic.ASK),
    ],
)
def test_who_wants_the_teacher_or_asks_about_teachers_is_not_told_a_name(text: str, topic: Topic) -> None:
    assert topic_of(text) is topic


async def _parent(talk: Talk) -> str:
    """Links the chat to the first pupil of the sample school, whose class gets a teacher; says which class."""
    core = talk.bot.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        student_id = await core.students.by_citizen_id(tx, pupils()[0].citizen_id)
        assert student_id is not None
        pupil = await core.students.get(tx, student_id)
        guardian = (await core.guardians.guardians_of(tx, student_id))[0].guardian
        account = await core.conversations.meet(tx, "webchat", talk.chat)
        link = await core.guardians.issue_link_code(tx, guardian.id, CodeStrength.SENT)
        await core.guardians.link(tx, account.id, link.value)
        classes = {one.name: one.id for one in await core.students.list_classes(tx)}
        other = next(id_ for name, id_ in classes.items() if name != pupil.class_name)
        for username, name, class_id in (
            ("hoa", "Cô Trần Thị Hoa", pupil.class_id),
            ("nam", "Thầy Lê Văn Nam", other),
        ):
            new = NewStaff(username, name, Role.HOMEROOM, "not a real password", class_id)
            await core.staff.add(tx, new, "no hash")
    return pupil.class_name


async def test_a_guardian_reads_the_own_childs_teacher_and_how_to_write(core_settings: CoreSettings) -> None:
    async with talking(core_settings) as talk:
        class_name = await _parent(talk)
        await talk.say("xin số điện thoại cô chủ nhiệm")
        said = talk.last()
        assert f"Chủ nhiệm lớp {class_name}" in said.text
        assert "Cô Trần Thị Hoa" in said.text
        assert "Nam" not in said.text
        assert said.buttons[0].code == "handover.yes"
        stranger = replace(talk, chat=f"{talk.chat}-stranger", seen=None, answers=[])
        assert [one.key for one in await stranger.say("cô chủ nhiệm lớp 6A là ai")][-1] == "link.needed"
        assert "Hoa" not in stranger.last().text

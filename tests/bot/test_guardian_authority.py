"""What a guardian presses and says: every button and topic × every level × own child, another child, another school.

The buttons are the code's own (`chat_table`). Below its level a feature shows nothing and leaves nothing; at its level it
works; and no argument, however made up, ever shows somebody else's child.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from sqlalchemy import text

from bot.intents import Topic
from core.consents.domain import Purpose
from core.contracts.citizen_id import CitizenId
from core.conversations.domain import FlowState
from core.fees.domain import NewInvoice
from core.guardians.domain import CodeStrength, Level, NewGuardian, Relation
from core.guardians.evidence import Evidence, Identity, Means
from core.guardians.levels import LEVEL_FOR, Feature
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.students.domain import NewStudent
from core.values.ids import ChatAccountId, SchoolId, StudentId, new_id
from core.values.money import vnd
from tests.bot.chat_table import BUTTONS, STAFF, TOPICS
from tests.bot.talk import Talk, talking

OWN, SIBLING = "Hoàng Thị Của Mình", "Hoàng Văn Em Út"
OTHERS = {"Bạch Văn Nhà Khác": "Tiền của nhà khác", "Cát Thị Trường Khác": "Tiền của trường khác"}
OWN_FEE = "Tiền của nhà mình"
NUMBER = CitizenId("099184000555")
REFUSALS = {"link.needed", "fees.verify_first", "rights.verify_first"}
ARGUMENTS = (
    "",
    "1",
    "2",
    "0",
    "-1",
    "99",
    "all",
    "{other}",
    "1-photos",
    "2-attendance_messages",
    "9-face_enrolment",
)
ARGUED = {"children", "checkins", "fees", "teacher", "rights.child", "rights.give", "rights.stop"}
SENTENCES: dict[Topic, tuple[str, ...]] = {
    Topic.CHILDREN: ("con của tôi", "thông tin con"),
    Topic.CHECKINS: ("bé Khác đến trường chưa ạ", "con đến trường chưa"),
    Topic.FEES: ("con em còn nợ khoản thu nào ko ạ?", "Bạch Văn Nhà Khác còn nợ học phí bao nhiêu"),
    Topic.TEACHER: ("xin số điện thoại cô chủ nhiệm", "cô chủ nhiệm lớp 7Q là ai ạ"),
    Topic.RIGHTS: ("xem dữ liệu của tôi", "xóa dữ liệu của con tôi"),
}
"""Sentences for the topics that are somebody's own; the others show nothing personal."""


@dataclass
class World:
    """One bot; four chats of the same mother, known from not at all to surely; two other families."""

    talk: Talk
    others: tuple[StudentId, StudentId]
    chats: dict[Level, Talk] = field(default_factory=dict)
    fresh: dict[Level, FlowState] = field(default_factory=dict)

    def chat(self, level: Level) -> Talk:
        """The chat known at this level."""
        new = replace(self.talk, chat=f"mother-{int(level)}", seen=None, answers=[])
        return self.chats.setdefault(level, new)

    async def at_menu(self, level: Level) -> Talk:
        """The same, in the state that a press on the main menu leaves; pressed the first time, then put back."""
        chat, core = self.chat(level), self.talk.bot.core
        if level not in self.fresh:
            await chat.say(choice="menu.main")
            self.fresh[level] = await chat.state()
        async with core.database.transaction(SCHOOL_ID) as tx:
            account = await core.conversations.meet(tx, "webchat", chat.chat)
            await core.conversations.put_state(tx, account.id, self.fresh[level])
        return chat

    async def left(self, level: Level) -> list[int]:
        """How much this chat has left behind where only a right may write."""
        core = self.talk.bot.core
        async with core.database.transaction(SCHOOL_ID) as tx:
            account = await core.conversations.meet(tx, "webchat", f"mother-{int(level)}")
            asked = [
                ("SELECT count(*) FROM data_requests WHERE actor = :actor", f"chat:{account.id}"),
                ("SELECT count(*) FROM consents WHERE actor = :actor", f"chat:{account.id}"),
                (
                    "SELECT count(*) FROM data_exports WHERE account_id = CAST(:actor AS uuid)",
                    str(account.id),
                ),
            ]
            found = [await tx.session.execute(text(one), {"actor": actor}) for one, actor in asked]
            return [int(one.scalar() or 0) for one in found]


async def _family(talk: Talk, school_id: SchoolId, name: str, title: str) -> StudentId:
    core = talk.bot.core
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "Trường mẫu")
        new = NewStudent("7Q", name, date(2014, 2, 3), "female")
        student_id = (await core.students.record(tx, new)).student_id
        await core.guardians.record_all(tx, [NewGuardian(student_id, Relation.FATHER, f"Cha của {name}")])
        await core.fees.issue(tx, NewInvoice(student_id, title, vnd(77_000), date(2026, 12, 1)))
    return student_id


@pytest.fixture
async def world(core_settings: CoreSettings) -> AsyncIterator[World]:
    async with talking(core_settings) as talk:
        core = talk.bot.core
        own = await _family(talk, SCHOOL_ID, OWN, OWN_FEE)
        sibling = await _family(talk, SCHOOL_ID, SIBLING, OWN_FEE)
        others = tuple(
            [
                await _family(talk, school_id, name, title)
                for school_id, (name, title) in zip(
                    (SCHOOL_ID, SchoolId(new_id())), OTHERS.items(), strict=True
                )
            ]
        )
        async with core.database.transaction(SCHOOL_ID) as tx:
            mother = "Lê Thị Mẹ"
            entries = [NewGuardian(one, Relation.MOTHER, mother, None, NUMBER) for one in (own, sibling)]
            placed = (await core.guardians.record_all(tx, entries)).placed
            accounts = [
                (await core.conversations.meet(tx, "webchat", f"mother-{int(level)}")).id for level in Level
            ]
            for guardian_id in {one.guardian_id for one in placed}:
                for level, strength in ((1, CodeStrength.SENT), (3, CodeStrength.HANDED_OVER)):
                    code = await core.guardians.issue_link_code(tx, guardian_id, strength)
                    await core.guardians.link(tx, accounts[level], code.value)
            card = Identity(NUMBER, mother, date(1984, 5, 6))
            await core.guardians.apply_evidence(tx, Evidence(Means.CARD_QR, accounts[2], card))
            await _as_meant(talk, accounts)
        assert len(others) == 2
        yield World(talk, (others[0], others[1]))


async def _as_meant(talk: Talk, accounts: list[ChatAccountId]) -> None:
    core = talk.bot.core
    for level, account in zip(Level, accounts, strict=True):
        async with core.database.transaction(SCHOOL_ID) as tx:
            found = [child.level for child in await core.guardians.children_of(tx, account)]
        assert set(found) <= {level}


def needs(need: object) -> Level | None:
    """The level of a row of the table; None when anybody may."""
    return LEVEL_FOR[need] if isinstance(need, Feature) else None


@pytest.mark.timeout(400)
async def test_every_button_at_every_level_shows_and_does_what_the_level_allows(world: World) -> None:
    wrong, tried = [], 0
    for level in Level:
        before = await world.left(level)
        for kind, need in BUTTONS.items():
            if kind in STAFF or kind in {"link.undo.yes", "rights.delete.yes", "handover.yes"}:
                continue  # staff's have their own test; the others end the chat's part, and have theirs below
            least = needs(need)
            for argument in ARGUMENTS if kind in ARGUED else ("",):
                code = f"{kind}:{argument.format(other=world.others[0])}" if argument else kind
                tried += 1
                wrong += await _judge(world, level, code, least)
        left = await world.left(level)
        may_ask, may_agree = (level >= LEVEL_FOR[one] for one in (Feature.OWN_DATA, Feature.ATTENDANCE))
        grew = [now > then for now, then in zip(left, before, strict=True)]
        if grew != [may_ask, may_agree, may_ask]:
            wrong.append((level, "left", left))
    assert wrong == []
    assert tried > 300


async def _judge(world: World, level: Level, code: str, least: Level | None) -> list[tuple[object, ...]]:
    """Press a button in a fresh state; what is wrong with the answer."""
    said = await (await world.at_menu(level)).say(choice=code)
    keys = {one.key for one in said}
    words = " ".join(str(one.params) for one in said)
    wrong: list[tuple[object, ...]] = []
    if any(name in words or title in words for name, title in OTHERS.items()):
        wrong.append((level, code, "shows another family"))
    if level is Level.NONE and OWN in words:
        wrong.append((level, code, "shows the child to a stranger"))
    if OWN_FEE in words and level < LEVEL_FOR[Feature.FEES]:
        wrong.append((level, code, "shows fees"))
    if "/my-data/" in words and level < LEVEL_FOR[Feature.OWN_DATA]:
        wrong.append((level, code, "shares data"))
    refused = bool(keys & REFUSALS)
    if least is not None and refused != (level < least):
        wrong.append((level, code, sorted(keys)))
    return wrong


async def test_every_topic_that_is_somebodys_own_asks_for_its_level(world: World) -> None:
    assert set(SENTENCES) == {topic for topic, need in TOPICS.items() if isinstance(need, Feature)}
    for topic, sentences in SENTENCES.items():
        least = needs(TOPICS[topic])
        assert least is not None
        for level in Level:
            for sentence in sentences:
                said = await (await world.at_menu(level)).say(sentence)
                keys, words = {one.key for one in said}, " ".join(str(one.params) for one in said)
                assert bool(keys & REFUSALS) == (level < least), (topic, level, sentence, keys)
                assert not any(title in words for title in OTHERS.values())
                assert "Cát Thị" not in words


async def test_what_ends_a_link_or_asks_to_delete_touches_the_own_chat_only(world: World) -> None:
    core = world.talk.bot.core
    for level in Level:
        chat = world.chat(level)
        await chat.say(choice="menu.main")
        said = await chat.say(choice="rights.delete.yes")
        assert bool({one.key for one in said} & REFUSALS) == (level < LEVEL_FOR[Feature.OWN_DATA])
    stranger = world.chat(Level.NONE)
    await stranger.say(choice="link.undo.yes")
    await stranger.say(choice="verify.contest")
    async with core.database.transaction(SCHOOL_ID) as tx:
        account = await core.conversations.meet(tx, "webchat", "mother-3")
        assert len(await core.guardians.children_of(tx, account.id)) == 2
        asked = await core.rights.list_about(tx, world.others[0])
        said_of_others = await core.consents.history(tx, world.others[0])
    assert (asked, said_of_others) == ((), ())


async def test_level_one_agrees_to_messages_and_takes_it_back_as_easily(world: World) -> None:
    chat, core = world.chat(Level.CLAIMED), world.talk.bot.core
    await chat.say("báo điểm danh")
    assert chat.answers[-1].key == "rights.arrivals_on"
    await chat.say("rút lại đồng ý")
    assert "arrivals.no" in [one["code"] for one in chat.answers[-1].params["choices"]]
    await chat.say("thôi báo điểm danh ạ")
    assert chat.answers[-1].key == "rights.arrivals_off"
    async with core.database.transaction(SCHOOL_ID) as tx:
        account = await core.conversations.meet(tx, "webchat", "mother-1")
        for child in await core.guardians.children_of(tx, account.id):
            words = await core.consents.history(tx, child.student_id)
            assert [(one.purpose, one.given) for one in words] == [
                (Purpose.ATTENDANCE_MESSAGES, True),
                (Purpose.ATTENDANCE_MESSAGES, False),
            ]

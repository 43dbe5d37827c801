"""A kiosk before an exam room, by chat: which room is asked where several begin, and only of whoever may give one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.flows.gate import GateFlow, code_of
from bot.flows.gate_words import GateOrder, RoomOrder, gate_command_of
from bot.messages import InboundMessage
from bot.texts.render import render
from core.app import Core, build_core
from core.contracts.commands import OpenSession
from core.conversations.desk.domain import NewStaffChat
from core.exams.domain import SessionPlan
from core.sample.school import SCHOOL_ID
from core.values.clock import FixedClock
from core.values.ids import ExamSessionId
from core.web.server import serving
from core.web_app import make_web_app
from tests.bot.support import settings_for
from tests.core.devices.support import TestKiosk

SAID = InboundMessage("telegram", "head", "m", staff_name="Cô Thử")


@dataclass
class Day:
    """A school with two kiosks, on an exam day."""

    core: Core
    rooms: dict[str, ExamSessionId]

    async def say(self, text: str = "", choice: str = "", chat: str = "head") -> tuple[str, Any]:
        """What staff are told, and the order that was given; it is kept."""
        flow = GateFlow(self.core.handovers.chats, self.core.gate, self.core.exams)
        message = replace(SAID, text=text, choice=choice, chat_id=chat)
        async with self.core.database.transaction(SCHOOL_ID) as tx:
            before = {one.id for one in await self.core.gate.commands.list_recent(tx)}
            told = await flow.react(tx, message)
            given = [one for one in await self.core.gate.commands.list_recent(tx) if one.id not in before]
        assert told is not None
        orders = [
            (one.order.mode, one.order.exam_session_id) for one in given if isinstance(one.order, OpenSession)
        ]
        return told[0].key, (told[0].params, orders)


@pytest.fixture
async def day(database_url: str, clock: FixedClock, master_key_text: str) -> AsyncIterator[Day]:
    core = build_core(settings_for(database_url, master_key_text), clock)
    rooms = {}
    async with core.database.transaction(SCHOOL_ID) as tx:
        await core.schools.add(tx, "THCS Hoa Sen")
        for room, minutes in (("Phòng 101", 20), ("P.102", 20), ("Hội trường A", 120), ("Phòng 7", -60)):
            starts = clock.now() + timedelta(minutes=minutes)
            plan = SessionPlan("Toán 9", room, starts, starts + timedelta(minutes=90))
            rooms[room] = (await core.exams.add(tx, plan)).id
        for role in ("head", "accountant", "technician"):
            _, code = await core.handovers.chats.invite(tx, NewStaffChat(role, role=role), "x")
            await core.handovers.chats.join(tx, "telegram", role, code)
    async with serving(make_web_app(core)) as url, aiohttp.ClientSession(url) as http:
        for name in ("Cổng chính", "Cổng sau"):
            async with core.database.transaction(SCHOOL_ID) as tx:
                code = (await core.devices.issue_enrolment_code(tx, name)).code.shown
            assert (await TestKiosk(http, clock).enrol(code)).status == 201
        yield Day(core, rooms)
    await core.database.dispose()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mở ca thi", RoomOrder()),
        ("mở ca thi cổng sau", RoomOrder(name="sau")),
        ("mở ca thi phòng 101", RoomOrder(room="phong 101")),
        ("Mở phòng thi P.102 tại cổng sau", RoomOrder(name="sau", room="p.102")),
        ("giao cổng sau cho hội trường A", RoomOrder(name="sau", room="hoi truong a")),
        ("giao máy cho phòng 7.", RoomOrder(room="phong 7")),
        ("giao máy cho cô Lan nhé", None),
    ],
)
def test_a_room_is_heard_beside_its_gate(text: str, wanted: RoomOrder | None) -> None:
    assert gate_command_of(InboundMessage("telegram", "g", "m", text)) == wanted


def test_every_room_is_asked_for_in_so_many_words() -> None:
    heard = gate_command_of(InboundMessage("telegram", "g", "m", "mở ca thi mọi phòng"))
    assert isinstance(heard, GateOrder)


async def test_of_several_rooms_the_chat_asks_and_the_button_gives_that_one(day: Day) -> None:
    key, (params, orders) = await day.say("mở ca thi cổng sau")
    assert (key, orders) == ("gate.which_room", [])
    assert params["rooms"] == ["P.102", "Phòng 101", "Hội trường A"], "the door of room 7 has closed"
    said = render(key, params)
    assert "giao máy cho p.102" in said.text
    chosen = next(one for one in said.buttons if one.label.startswith("Phòng 101 · "))
    key, (params, orders) = await day.say(choice=chosen.code)
    assert (key, orders) == ("gate.ordered", [("exam", day.rooms["Phòng 101"])])
    assert render(key, params).text == "Đang giao Cổng sau cho Phòng 101…"
    every = next(one for one in said.buttons if one.label == "Mọi phòng đang mở")
    assert (await day.say(choice=every.code))[1][1] == [("exam", None)]


async def test_a_room_typed_without_its_gate_stays_in_the_question_for_the_gate(day: Day) -> None:
    key, (params, orders) = await day.say("giao máy cho phòng 102")
    assert (key, orders) == ("gate.which", [])
    main = next(one for one in params["choices"] if one["label"] == "Cổng chính")
    assert (await day.say(choice=main["code"]))[1][1] == [("exam", day.rooms["P.102"])]


async def test_a_room_that_sits_nothing_soon_is_said_to_be_unknown(day: Day) -> None:
    key, (params, orders) = await day.say("mở ca thi phòng 7 cổng sau")
    assert (key, params["is_unknown"], orders) == ("gate.which_room", True, [])


async def test_whoever_gives_rooms_gives_them_and_whoever_keeps_kiosks_opens_them(day: Day) -> None:
    assert (await day.say("giao cổng sau cho phòng 101", chat="accountant"))[1][1] == [
        ("exam", day.rooms["Phòng 101"])
    ]
    assert (await day.say("giao cổng sau cho phòng 101", chat="technician"))[0] == "error.staff.not_allowed"
    assert (await day.say("mở ca thi cổng sau", chat="technician"))[1][1] == [("exam", None)]
    assert (await day.say("mở ca thi cổng sau", chat="accountant"))[0] == "error.staff.not_allowed"


async def test_a_button_of_a_kiosk_or_a_room_that_is_gone_asks_again(day: Day) -> None:
    async with day.core.database.transaction(SCHOOL_ID) as tx:
        device = (await day.core.devices.list_devices(tx))[0]
    assert (await day.say(choice=f"gate.room:{code_of(device)}-FFFFFF"))[0] == "gate.which_room"
    gone = day.rooms["Phòng 101"].hex[-6:].upper()
    key, (params, orders) = await day.say(choice=f"gate.room:FFFFFF-{gone}")
    assert (key, orders) == ("gate.which", [])
    assert all(one["code"].endswith(gone) for one in params["choices"])

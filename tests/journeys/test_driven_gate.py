"""Staff drive the gate from their chat: a kiosk with a real core and a real bot, all over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from core.app import Core
from core.contracts.checkin import CheckInMode
from core.conversations.desk.domain import NewStaffChat
from core.demo.prepare import _pupils_file
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.web.server import serving
from core.web_app import make_web_app
from kiosk.app import Kiosk, build_kiosk
from kiosk.clock import CoreTime, SystemClock
from kiosk.emulated.cards import EmulatedCards, Trick
from kiosk.emulated.people import load_people
from kiosk.session.places import Locked, Verdict
from kiosk.session.values import Rules, VerdictKind
from kiosk.settings import KioskSettings
from kiosk.uplink.client import enrol
from kiosk.uplink.identity import keep_identity
from tests.bot.support import ChatClient, KnownAnswers, chatting, running_bot, settings_for
from tests.kiosk.support.waiting import eventually

PUPIL = 0


@dataclass
class School:
    """A gate, its kiosk, and the chat of the staff on duty."""

    core: Core
    kiosk: Kiosk
    staff: ChatClient

    def tap(self, trick: Trick = Trick.NONE) -> None:
        cards = self.kiosk.devices.cards
        assert isinstance(cards, EmulatedCards)
        cards.tap(load_people(self.kiosk.settings.pupils_file)[PUPIL], trick)

    @property
    def place(self) -> Any:
        assert self.kiosk.runner is not None
        return self.kiosk.runner.session.place

    async def shows(self, kind: VerdictKind, reason: str = "") -> None:
        def there() -> bool:
            return isinstance(self.place, Verdict) and self.place.kind is kind and reason in self.place.reason

        await eventually(there)

    async def staff_are_asked(self) -> str:
        """Somebody is not let in; the code that stands in the staff's chat."""
        self.tap(Trick.STRANGER)
        alert = await self.staff.reply("checkin.needs_staff")
        await self.shows(VerdictKind.NEEDS_STAFF)
        return str(alert["buttons"][0]["code"].partition(":")[2])


@asynccontextmanager
async def kiosk_at(core: Core, url: str, folder: Path, rules: Rules, **more: str) -> AsyncIterator[Kiosk]:
    async with core.database.transaction(SCHOOL_ID) as tx:
        code = (await core.devices.issue_enrolment_code(tx, "Cổng chính")).code.shown
    async with aiohttp.ClientSession() as http:
        key, receipt = await enrol(http, url, code, "Cổng chính", CoreTime(SystemClock()))
    keep_identity(folder, key, receipt, url)
    options = KioskSettings(
        core_url=url, data_dir=folder, emulated=True, port=0, pupils_file=_pupils_file(folder), **more
    )
    kiosk = build_kiosk(options)
    kiosk.rules = rules
    ready = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(kiosk.serve(lambda _url: ready.set()))
        try:
            async with asyncio.timeout(20):
                await ready.wait()
            yield kiosk
        finally:
            task.cancel()


@pytest.fixture
async def school(database_url: str, master_key_text: str, tmp_path: Path) -> AsyncIterator[School]:
    async with school_with(settings_for(database_url, master_key_text), tmp_path) as made:
        yield made


@asynccontextmanager
async def school_with(settings: CoreSettings, folder: Path, **kiosks: str) -> AsyncIterator[School]:
    """A school, a kiosk with these settings of its own, and staff who have joined."""
    rules = Rules(accepted=20, needs_staff=60)
    async with running_bot(settings, KnownAnswers()) as (bot, bot_url):
        core = bot.core
        async with (
            serving(make_web_app(core)) as core_url,
            kiosk_at(core, core_url, folder / "kiosk", rules, **kiosks) as kiosk,
            chatting(bot_url) as staff,
        ):
            async with core.database.transaction(SCHOOL_ID) as tx:
                _, code = await core.handovers.chats.invite(tx, NewStaffChat("Tổ bảo vệ"), "operator")
            await staff.say(f"NV {code}")
            await staff.reply("desk.joined")
            yield School(core, kiosk, staff)


async def test_an_approval_in_chat_opens_the_gate_and_staff_hear_that_it_did(school: School) -> None:
    code = await school.staff_are_asked()
    await school.staff.say("Cho vào", choice=f"gate.approved:{code}")
    await school.shows(VerdictKind.ACCEPTED, "staff_approved")
    assert "cho vào" in (await school.staff.reply("gate.done"))["text"]


async def test_coming_then_refused_typed_by_hand(school: School) -> None:
    code = await school.staff_are_asked()
    await school.staff.say("tới")
    await school.shows(VerdictKind.NEEDS_STAFF, "staff_coming")
    await school.staff.say(f"Từ chối {code.lower()}")
    await school.shows(VerdictKind.REFUSED, "staff_refused")
    await school.staff.say(f"duyệt {code}")
    assert "không có lượt chờ" in (await school.staff.reply("gate.nobody_waits"))["text"].lower()


async def test_a_decision_after_the_pupil_left_is_said_to_be_late(school: School) -> None:
    code = await school.staff_are_asked()
    school.tap()
    await school.shows(VerdictKind.ACCEPTED)
    await school.staff.say(f"duyệt {code}")
    said = (await school.staff.reply("gate.too_late"))["text"]
    assert "muộn" in said
    assert "Cổng chính" in said


async def test_staff_lock_see_the_state_and_open_an_exam(school: School) -> None:
    await school.staff.say("khoá cổng")
    await eventually(lambda: isinstance(school.place, Locked))
    await school.staff.reply("gate.done")
    school.tap()
    await school.staff.say("tình trạng cổng chính")
    assert "Đang khoá" in (await school.staff.reply("gate.state"))["text"]
    await school.staff.say("mở ca thi")
    await school.staff.reply("gate.done")
    assert school.kiosk.mode is CheckInMode.EXAM
    assert not isinstance(school.place, Locked)


async def test_settings_change_and_survive_and_an_update_without_a_source_is_refused(school: School) -> None:
    await school.staff.say("tắt tiếng cổng")
    await school.staff.reply("gate.done")
    assert not school.kiosk.board.foot.sound
    await school.staff.say("cập nhật cổng 1.2.3")
    assert "chưa được chỉ nơi lấy bản cập nhật" in (await school.staff.reply("gate.refused"))["text"]


async def test_a_parent_cannot_drive_a_gate(school: School) -> None:
    async with chatting(school.staff.url) as parent:
        await parent.say("khoá cổng")
        assert (await parent.reply())["key"] == "bot.introduction"
        await parent.say("Cho vào", choice="gate.lock:ABCDEF")
        await parent.reply()
    assert not isinstance(school.place, Locked)

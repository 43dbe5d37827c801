"""A hand-over in a Telegram group, through the emulator: alert, reply to it, pictures and papers both ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot
from core.conversations.desk.domain import NewStaffChat
from core.guardians.domain import NewGuardian, Relation
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.values.phone import Phone
from tests.bot.support import KnownAnswers, running_bot
from tests.support.telegram import SECRET, TOKEN, Wire, telegram

GROUP, PARENT = -1001, 5001
JPEG, PDF = b"\xff\xd8\xff\xe0 a picture", b"%PDF-1.4 a paper"


@dataclass
class Room:
    """The emulator delivers what people write to the bot's webhook, and takes what the bot sends."""

    bot: Bot
    wire: Wire
    number: int = field(default=100)

    async def write(self, chat: int, text: str = "", **more: Any) -> None:
        self.number += 1
        who = {"id": PARENT, "is_bot": False, "first_name": "Phụ huynh"}
        place: dict[str, Any] = {"id": PARENT, "type": "private", "first_name": "Phụ huynh"}
        if chat == GROUP:
            who = {"id": 7, "is_bot": False, "first_name": "Cô", "last_name": "Hạnh"}
            place = {"id": GROUP, "type": "group", "title": "Trực tin nhắn"}
        message = {"message_id": self.number, "date": 1763700000, "chat": place, "from": who, **more}
        message |= {"text": text} if text else {}
        body = {"token": TOKEN, "update": {"message": message}}
        async with self.wire.http.post(f"{self.wire.upstream}/__fixture/updates", json=body) as answer:
            assert answer.status == 200, await answer.text()

    async def reply(self, quoted: dict[str, Any], text: str = "", **more: Any) -> None:
        """Answer one of the bot's messages in the group."""
        place = {"id": GROUP, "type": "group", "title": "Trực tin nhắn"}
        told = {"message_id": 1, "date": 1763700000, "chat": place, "text": quoted["text"]}
        await self.write(GROUP, text, reply_to_message=told, **more)

    async def told(self, chat: int, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The newest message in a chat that is so."""
        async with asyncio.timeout(30):
            while True:
                found = [one for one in self.wire.sent(str(chat)) if true(one)]
                if found:
                    return found[-1]
                await asyncio.sleep(0.05)


@pytest.fixture
async def room(core_settings: CoreSettings, answers: KnownAnswers, tmp_path: Path) -> AsyncIterator[Room]:
    async with telegram(tmp_path) as wire:
        options = {"telegram_token": TOKEN, "telegram_secret": SECRET, "telegram_api": wire.url}
        async with running_bot(core_settings, answers, **options, telegram_mode="webhook") as (bot, url):
            hook = {"url": f"{url}/webhooks/telegram", "secret_token": SECRET}
            async with wire.http.post(f"{wire.upstream}/bot{TOKEN}/setWebhook", json=hook) as answer:
                assert (await answer.json())["ok"]
            yield Room(bot, wire)


def says(*words: str) -> Callable[[dict[str, Any]], bool]:
    return lambda one: all(word in str(one.get("text", "")) for word in words)


def holds(data: bytes) -> Callable[[dict[str, Any]], bool]:
    return lambda one: data in one.values()


async def test_a_group_answers_by_replying_to_the_alert_and_files_go_both_ways(
    room: Room, answers: KnownAnswers
) -> None:
    async with room.bot.core.database.transaction(SCHOOL_ID) as tx:
        _, code = await room.bot.core.handovers.chats.invite(tx, NewStaffChat("Tổ văn phòng"), "staff:x")
    await room.write(GROUP, f"nv {code}")
    await room.told(GROUP, says("Tổ văn phòng"))
    photo = (await room.wire.upload("sendPhoto", "photo", JPEG, "a.jpg"))["photo"]
    false = (await room.wire.upload("sendDocument", "document", b"MZ a program", "anh.jpg"))["document"]
    paper = (await room.wire.upload("sendDocument", "document", PDF, "giay-moi.pdf"))["document"]

    await room.write(PARENT, photo=photo)  # nobody reads along: refused, and deleted where Telegram lets us
    await room.told(PARENT, says("ảnh"))
    await room.write(PARENT, "cháu bị bạn đánh ở cổng trường, cô ơi")
    alert = await room.told(GROUP, says("KHẨN CẤP", "cổng trường"))
    assert "desk.take" in alert["reply_markup"]
    await room.write(GROUP, "trưa nay ăn gì các chị")
    await room.reply(alert, "Cô đang ra cổng, mẹ yên tâm ạ")
    await room.told(PARENT, says("Cô Hạnh đang đọc"))
    await room.told(PARENT, says("Cô Hạnh: Cô đang ra cổng, mẹ yên tâm ạ"))

    await room.write(PARENT, "mất học bạ thì sao")  # to the person who answers, not to the bot
    await room.told(GROUP, says("mất học bạ"))
    await room.write(PARENT, photo=photo)
    assert (await room.told(GROUP, holds(JPEG)))["method"] == "sendPhoto"
    await room.write(PARENT, document=false)
    await room.told(GROUP, says("không phải ảnh"))
    await room.reply(alert, document=paper)
    assert (await room.told(PARENT, holds(PDF)))["method"] == "sendDocument"

    await room.reply(alert, "xong")
    await room.told(PARENT, says("trợ lý"))
    assert answers.asked == []
    assert not any(says("trưa nay")(one) for one in room.wire.sent(str(PARENT)))
    assert room.wire.refused == []


async def test_a_shared_contact_links_the_guardian_with_that_number_and_a_foreign_button_does_nothing(
    room: Room, answers: KnownAnswers
) -> None:
    core = room.bot.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        (pupil, *_) = await core.students.list_students(tx)
        await core.guardians.record_all(
            tx, [NewGuardian(pupil.id, Relation.GUARDIAN, "Đỗ Thị Mẫu", Phone("+84900000777"))]
        )
    theirs = {"phone_number": "84900000777", "first_name": "Người khác", "user_id": 7}
    await room.write(PARENT, contact=theirs)  # somebody else's card proves nothing
    await room.told(PARENT, says("máy"))
    await room.write(PARENT, contact={**theirs, "first_name": "Phụ huynh", "user_id": PARENT})
    await room.told(PARENT, says("Liên kết thành công", pupil.full_name))
    stranger = {"id": 8, "is_bot": False, "first_name": "Người lạ"}
    place = {"id": PARENT, "type": "private", "first_name": "Phụ huynh"}
    message = {"message_id": 1, "date": 1763700000, "chat": place, "text": "…"}
    pressed = {"id": "9", "from": stranger, "chat_instance": "1", "data": "link.undo.yes", "message": message}
    before = len(room.wire.sent(str(PARENT)))
    body = {"token": TOKEN, "update": {"callback_query": pressed}}
    async with room.wire.http.post(f"{room.wire.upstream}/__fixture/updates", json=body) as answer:
        assert answer.status == 200, await answer.text()
    await room.write(PARENT, "menu")
    await room.told(PARENT, says("chọn một việc"))
    assert len(room.wire.sent(str(PARENT))) == before + 1
    assert answers.asked == []


async def test_a_group_of_parents_is_nobodys_guardian_and_hears_nothing_of_a_family(room: Room) -> None:
    core = room.bot.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        (pupil, *_) = await core.students.list_students(tx)
        placed = await core.guardians.record_all(
            tx, [NewGuardian(pupil.id, Relation.GUARDIAN, "Đỗ Thị Mẫu", Phone("+84900000777"))]
        )
        code = await core.guardians.issue_link_code(tx, placed.placed[0].guardian_id)
    await room.write(GROUP, f"/start lk_{code.value}")
    await room.told(GROUP, says("nhắn riêng"))
    for private in ("con của tôi", "khoản thu", "xem dữ liệu của tôi"):
        known = len(room.wire.sent(str(GROUP)))
        await room.write(GROUP, private)
        async with asyncio.timeout(30):
            while len(room.wire.sent(str(GROUP))) == known:  # noqa: ASYNC110 - the emulator tells nobody
                await asyncio.sleep(0.05)
    assert not any(says(pupil.full_name)(one) for one in room.wire.sent(str(GROUP)))
    async with core.database.transaction(SCHOOL_ID) as tx:
        group = await core.conversations.find_account(tx, "telegram", str(GROUP))
        assert group is not None
        assert await core.guardians.children_of(tx, group.id) == ()
    await room.write(PARENT, f"/start lk_{code.value}")  # the code was not spent
    await room.told(PARENT, says("Liên kết thành công", pupil.full_name))

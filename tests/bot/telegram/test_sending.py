"""What Telegram is asked to do, judged by the emulator: files, the person's own phone, forgetting; and its limits."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiogram import Bot
from typing_extensions import override

from bot.messages import Button, Document, InboundMessage, Rendered
from bot.telegram.attach import GROUP_PACE, lane_pace
from bot.telegram.receive import incoming_of, receive
from bot.telegram.send import TelegramChannel, look, opened
from bot.voice import Voice
from core.conversations.service import Conversations
from core.db.transaction import Database
from core.inbox.domain import InboxEvent
from core.notifications.domain import Outgoing, Recipient, Urgency
from core.notifications.ports import GiveUp, RetryLater
from core.values.clock import FixedClock
from core.values.ids import InboxId, NotificationId, SchoolId, new_id
from core.vault.keyring import Keyring
from tests.support.telegram import TOKEN, Wire, telegram

_AT = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Saying(Voice):
    """Says what a test wants said."""

    rendered: Rendered = field(default_factory=lambda: Rendered(""))

    @override
    async def say(self, outgoing: Outgoing) -> Rendered:
        return self.rendered


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    async with telegram(tmp_path) as one:
        yield one


@pytest.fixture
async def bot(wire: Wire) -> AsyncIterator[Bot]:
    async with opened(TOKEN, wire.url) as one:
        yield one


@pytest.fixture
def voice(database: Database, keyring: Keyring, clock: FixedClock) -> Saying:
    return Saying(database, Conversations(keyring, clock))


def outgoing(address: str = "5001", progress: int = 0) -> Outgoing:
    to = Recipient("telegram", address)
    school = SchoolId(new_id())
    return Outgoing(
        NotificationId(new_id()), school, to, "k", {}, "d", Urgency.REPLY, 1, _AT, progress=progress
    )


async def test_a_message_with_a_qr_code_a_picture_a_file_and_buttons(
    wire: Wire, bot: Bot, voice: Saying
) -> None:
    documents = (Document("a.png", "image/png", b"\x89PNG"), Document("b.pdf", "application/pdf", b"%PDF"))
    buttons = (Button("menu.fees", "Khoản thu"),)
    voice = replace(voice, rendered=Rendered("x" * 5000, buttons, image_text="QR", documents=documents))
    await TelegramChannel(bot, voice).deliver(outgoing())
    sent = wire.sent("5001")
    assert [one["method"] for one in sent] == [
        "sendMessage",
        "sendMessage",
        "sendPhoto",
        "sendPhoto",
        "sendDocument",
    ]
    assert ("reply_markup" in sent[0], "reply_markup" in sent[1]) == (False, True)
    assert sent[4]["document"] == "attach://" + next(name for name in sent[4] if sent[4][name] == b"%PDF")
    assert wire.refused == []
    await TelegramChannel(bot, voice).deliver(outgoing(progress=3))
    assert [one["method"] for one in wire.sent("5001")[5:]] == ["sendPhoto", "sendDocument"]


async def test_a_person_is_asked_for_their_own_phone_with_a_button(
    wire: Wire, bot: Bot, voice: Saying
) -> None:
    voice = replace(voice, rendered=Rendered("Số?", (Button("a", "Một"),), share_phone=True))
    await TelegramChannel(bot, voice).deliver(outgoing())
    (sent,) = wire.sent("5001")
    keyboard = json.loads(sent["reply_markup"])["keyboard"]
    assert keyboard[0][0]["request_contact"] is True
    assert "1. Một" in sent["text"]


async def test_a_picture_of_papers_is_taken_back_and_why_is_said(wire: Wire, bot: Bot, voice: Saying) -> None:
    voice = replace(voice, rendered=Rendered("Em không giữ ảnh.", forget="17"))
    await TelegramChannel(bot, voice).deliver(outgoing())
    assert [one["method"] for one in wire.called if one["method"] != "getMe"] == [
        "deleteMessage",
        "sendMessage",
    ]
    assert wire.called[-2]["message_id"] == "17"
    voice = replace(voice, rendered=Rendered("Em không giữ ảnh.", forget="0"))
    await TelegramChannel(bot, voice).deliver(outgoing())
    assert wire.called[-1]["method"] == "sendMessage"


@pytest.mark.parametrize(("address", "all_wait"), [("5001", True), ("-1005001", False)])
async def test_the_wait_that_telegram_names_is_kept_and_a_group_makes_nobody_else_wait(
    wire: Wire, bot: Bot, voice: Saying, address: str, all_wait: bool
) -> None:
    voice = replace(voice, rendered=Rendered("x", documents=(Document("a.pdf", "application/pdf", b"%"),)))
    wire.faults.extend([0, 429])
    with pytest.raises(RetryLater) as caught:
        await TelegramChannel(bot, voice).deliver(outgoing(address))
    assert (caught.value.after, caught.value.whole_channel) == (timedelta(seconds=1), all_wait)
    assert caught.value.progress == 1
    wire.faults.append(403)
    with pytest.raises(GiveUp, match="telegram_blocked"):
        await TelegramChannel(bot, voice).deliver(outgoing(address))


def test_a_group_never_gets_more_than_twenty_in_a_minute() -> None:
    assert lane_pace("-100") is GROUP_PACE
    assert GROUP_PACE.burst + 60 * GROUP_PACE.per_second <= 20
    assert lane_pace("5001").per_second == 1


def read(**message: object) -> InboundMessage | None:
    chat = {"id": 5001, "type": "private"}
    sender = {"id": 5001, "is_bot": False, "first_name": "A"}
    body = {"message_id": 1, "date": 1763700000, "chat": chat, "from": sender, **message}
    incoming = incoming_of({"update_id": 1, "message": body})
    assert incoming is not None
    event = InboxEvent(
        InboxId(new_id()), SchoolId(new_id()), "telegram", "1", "5001", incoming.payload, 1, _AT, new_id()
    )
    return receive(event)


def test_only_a_persons_own_contact_is_their_phone() -> None:
    own = read(contact={"phone_number": "84900000001", "first_name": "A", "user_id": 5001})
    other = read(contact={"phone_number": "84900000001", "first_name": "B", "user_id": 7})
    assert own is not None
    assert other is not None
    assert (own.attachment, own.phone is not None, other.phone) == ("contact", True, None)


def test_a_deep_link_brings_its_code_and_a_document_its_kind() -> None:
    linked, document = (
        read(text="/start lk_HPME-2026"),
        read(document={"file_id": "f", "file_unique_id": "u"}),
    )
    assert linked is not None
    assert document is not None
    assert (linked.link_code, linked.text) == ("HPME-2026", "")
    assert document.attachment == "document"


def edited(**message: object) -> InboundMessage | None:
    chat = {"id": 5001, "type": "private"}
    sender = {"id": 5001, "is_bot": False, "first_name": "A"}
    body = {"message_id": 1, "date": 1763700000, "edit_date": 1763700060, "chat": chat, "from": sender}
    incoming = incoming_of({"update_id": 2, "edited_message": {**body, **message}})
    assert incoming is not None
    assert incoming.ordering_key in {"5001", "-7"}
    return receive(
        InboxEvent(
            InboxId(new_id()), SchoolId(new_id()), "telegram", "2", "5001", incoming.payload, 1, _AT, new_id()
        )
    )


def test_words_that_a_person_corrects_are_read_anew_and_nothing_else_that_is_edited_is() -> None:
    corrected, first = edited(text="học phí lớp 6"), read(text="học phí lớp 5")
    assert corrected is not None
    assert first is not None
    assert (corrected.text, corrected.chat_id) == ("học phí lớp 6", first.chat_id)
    assert corrected.message_id != first.message_id
    assert edited(location={"latitude": 10.7, "longitude": 106.6}) is None
    assert edited(text="duyệt A1B2C3", chat={"id": -7, "type": "group", "title": "Trực"}) is None


async def test_telegram_is_asked_whether_it_knows_the_token_and_reaches_the_webhook(
    wire: Wire, bot: Bot
) -> None:
    await look(bot, "")
    with pytest.raises(RetryLater, match="telegram_webhook_elsewhere"):
        await look(bot, "https://truong.example/webhooks/telegram")
    await bot.set_webhook(f"{wire.url}/webhooks/telegram")
    await look(bot, f"{wire.url}/webhooks/telegram")

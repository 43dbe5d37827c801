"""What is no text gets a line that says what to do instead, on every channel; words beside it are answered."""

from __future__ import annotations

from bot.messages import InboundMessage
from bot.telegram import receive as telegram
from bot.zalo import receive as zalo
from bot.zalobot import receive as zalobot
from core.inbox.domain import Incoming
from core.settings import CoreSettings
from tests.bot.talk import talking
from tests.bot.test_card_pictures import PHOTO, event, update

FILE = {"file_id": "f", "file_unique_id": "u"}


def of_telegram(**media: object) -> InboundMessage | None:
    incoming = telegram.incoming_of(update(**media))
    assert incoming is not None
    return telegram.receive(event(incoming))


def of_zalo(kind: str) -> InboundMessage | None:
    body = {"event_name": f"user_send_{kind}", "sender": {"id": "77"}, "message": {"msg_id": "1"}}
    incoming = zalo.incoming_of(body, b"{}")
    assert incoming is not None
    return zalo.receive(event(incoming))


def of_zalobot(kind: str) -> InboundMessage | None:
    message = {"message_id": "1", "chat": {"id": "7"}, "from": {"id": "7"}}
    incoming = zalobot.incoming_of({"event_name": f"message.{kind}.received", "message": message})
    assert isinstance(incoming, Incoming)
    return zalobot.receive(event(incoming))


VOICE = {**FILE, "duration": 3}
STICKER = {**FILE, "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
SENT = [
    (of_telegram(photo=PHOTO), "verify.picture"),
    (of_telegram(document=FILE), "verify.picture"),
    (of_telegram(voice=VOICE), "menu.voice"),
    (of_telegram(video_note={**VOICE, "length": 9}), "menu.voice"),
    (of_telegram(sticker=STICKER), "menu.sticker"),
    (of_telegram(location={"latitude": 10.7, "longitude": 106.6}), "menu.location"),
    (of_zalo("image"), "verify.picture"),
    (of_zalo("audio"), "menu.voice"),
    (of_zalo("sticker"), "menu.sticker"),
    (of_zalo("gif"), "menu.sticker"),
    (of_zalo("location"), "menu.location"),
    (of_zalo("business_card"), "menu.attachment"),
    (of_zalobot("image"), "verify.picture"),
    (of_zalobot("voice"), "menu.voice"),
    (of_zalobot("sticker"), "menu.sticker"),
    (of_zalobot("unsupported"), "menu.attachment"),
]


async def test_each_kind_that_is_no_text_gets_its_line_and_a_way_on_and_words_beside_it_are_answered(
    core_settings: CoreSettings,
) -> None:
    async with talking(core_settings) as talk:
        for sent, key in SENT:
            assert sent is not None
            told = await talk.say(attachment=sent.attachment)
            assert (sent.channel, sent.attachment, told[-1].key) == (sent.channel, sent.attachment, key)
            assert talk.last().buttons
        told = await talk.say("chuyển trường cần giấy tờ gì", attachment="photo")
        assert [one.key for one in told] == ["menu.only_words", "ask.answer"]
        assert [one.key for one in await talk.say("còn lệ phí thì sao")] == ["ask.answer"]


def test_words_that_were_passed_on_from_elsewhere_are_read_as_words() -> None:
    origin = {"type": "hidden_user", "date": 1_790_000_000, "sender_user_name": "Ai đó"}
    passed_on = of_telegram(text="Trường đổi số tài khoản", forward_origin=origin)
    assert passed_on is not None
    assert passed_on.text == "Trường đổi số tài khoản"

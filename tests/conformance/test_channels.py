"""What every chat channel must do, asked the same way of web chat, Telegram, Zalo OA and Zalo Bot."""

from __future__ import annotations

import base64
from uuid import uuid4

import pytest

from core.conversations.desk.domain import NewStaffChat
from core.notifications.domain import NewNotification, NotificationStatus, Recipient, Urgency
from core.sample.school import SCHOOL_ID
from tests.conformance.conftest import World
from tests.conformance.peers import Peer, TelegramPeer, ZaloPeer

pytestmark = pytest.mark.asyncio(loop_scope="module")
_JPEG = b"\xff\xd8\xff\xe0 a picture of a bruise"
_QUESTION = "Mất học bạ thì sao ạ?"


def staff_said(to: Recipient, text: str, **more: object) -> NewNotification:
    """A message of the school's, at any hour of the day."""
    fields = {name: more.pop(name) for name in ("fallbacks",) if name in more}
    params = {"name": "Cô Hạnh", "text": text, **more}
    return NewNotification(to, "handover.staff_said", params, f"t:{uuid4()}", Urgency.EMERGENCY, **fields)  # type: ignore[arg-type]  # only fallbacks


async def asked(world: World, peer: Peer, text: str = _QUESTION) -> str:
    """A person who has asked something and was answered."""
    chat = peer.person()
    assert await world.post(peer.text(chat, text)) in {200, 202}
    await world.until(peer, chat, lambda told: len(told) >= 2)
    return chat


async def test_a_question_is_answered_after_the_bot_has_said_what_it_is(world: World, peer: Peer) -> None:
    chat = await asked(world, peer)
    first, answer = await peer.told(chat)
    assert "máy" in first.text
    assert answer.text.startswith("Gửi đơn về trường.")
    assert world.answers.asked[-1].text == _QUESTION


async def test_a_choice_is_pressed_or_typed_by_its_number(world: World, peer: Peer) -> None:
    chat = peer.person()
    await world.post(peer.text(chat, "menu"))
    (_, menu) = await world.until(peer, chat, lambda told: len(told) == 2)
    label = next(one for one in menu.choices if one.startswith("Liên hệ"))
    await world.post(peer.press(chat, menu.choices[label], label))
    offer = (await world.until(peer, chat, lambda told: len(told) == 3))[-1]
    assert offer.choices
    assert offer.text != menu.text
    await world.post(peer.text(chat, "trả lời 1"))
    told = await world.until(peer, chat, lambda told: len(told) == 4)
    assert told[-1].text not in {offer.text, menu.text}


async def test_what_is_delivered_again_and_again_is_answered_once(world: World, peer: Peer) -> None:
    chat = peer.person()
    posted = peer.text(chat, _QUESTION)
    before = len(world.answers.asked)
    for _ in range(4):
        assert await world.post(posted) in {200, 202}
    await world.until(peer, chat, lambda told: len(told) == 2)
    assert await world.post(posted) in {200, 202}
    await world.settle(peer.recipient(chat))
    assert len(await peer.told(chat)) == 2
    assert len(world.answers.asked) == before + 1


async def test_messages_out_of_order_are_each_answered_once(world: World, peer: Peer) -> None:
    chat = peer.person()
    numbers = ["900003", "900001", "900002"]
    offset = int(chat[-4:])
    for number in numbers:
        await world.post(peer.text(chat, "menu", str(int(number) + 10 * offset)))
    told = await world.until(peer, chat, lambda told: len(told) == 4)
    await world.settle(peer.recipient(chat))
    assert len(await peer.told(chat)) == len(told)


async def test_a_text_of_64_kilobytes_is_answered_or_refused_and_breaks_nothing(
    world: World, peer: Peer
) -> None:
    chat = peer.person()
    status = await world.post(peer.text(chat, "học bạ " + "à" * 32_768))
    if peer.takes_long:
        assert status == 200
        await world.until(peer, chat, lambda told: len(told) == 2)
    else:
        assert 400 <= status < 500
        await world.settle(peer.recipient(chat))
        assert await peer.told(chat) == []


async def test_emoji_and_right_to_left_text_reach_the_answers_as_typed(world: World, peer: Peer) -> None:
    text = "👨\u200d👩\u200d👧 مرحبا học bạ \u200fשלום\u200e ạ 🏫"
    await asked(world, peer, text)
    assert world.answers.asked[-1].text == text


async def test_a_picture_and_what_only_claims_to_be_one_are_not_kept(world: World, peer: Peer) -> None:
    chat = await asked(world, peer)
    before = len(await peer.told(chat))
    status = await world.post(peer.picture(chat))
    if not peer.takes_long:
        assert status >= 400
        return
    told = await world.until(peer, chat, lambda told: len(told) == before + 1)
    assert told[-1].choices
    assert await world.post(peer.picture(chat, real=False)) == 200
    await world.settle(peer.recipient(chat))
    async with world.bot.core.database.transaction(SCHOOL_ID) as tx:
        assert await world.bot.core.inbox.list_parked(tx) == ()


async def test_a_button_of_another_familys_chat_shows_nothing_of_theirs(world: World, peer: Peer) -> None:
    chat = await asked(world, peer)
    for code in ("fees:1", "checkins:1", "children:1", "link.undo.yes", "no.such.button"):
        await world.post(peer.press(chat, code, "Khoản thu"))
    await world.settle(peer.recipient(chat))
    told = (await peer.told(chat))[2:]
    assert told
    assert not any("lớp" in one.text and "•" in one.text for one in told)


async def test_a_forged_post_is_refused_and_an_unknown_event_is_harmless(world: World, peer: Peer) -> None:
    chat = peer.person()
    posted = peer.text(chat, _QUESTION)
    assert await world.post(peer.forged(posted)) in {401, 403}
    status = await world.post(peer.unknown(chat))
    assert status == 200 or (peer.name == "webchat" and status >= 400)
    await world.settle(peer.recipient(chat))
    assert await peer.told(chat) == []


@pytest.mark.parametrize("fault", ["rate", "too many", "token", "down", "half"])
async def test_after_a_fault_the_message_arrives_once(world: World, peer: Peer, fault: str) -> None:
    if fault not in peer.faults():
        pytest.skip(f"{peer.name} has no such fault")
    chat = await asked(world, peer)
    peer.fail(peer.faults()[fault])
    await world.enqueue(staff_said(peer.recipient(chat), "Một."), staff_said(peer.recipient(chat), "Hai."))
    await world.until(peer, chat, lambda told: len(told) >= 4)
    await world.settle(peer.recipient(chat))
    assert [one.text for one in await peer.told(chat)][2:] == ["Cô Hạnh: Một.", "Cô Hạnh: Hai."]


async def test_a_person_who_left_is_reached_another_way_once(world: World, peer: Peer) -> None:
    if "gone" not in peer.faults():
        pytest.skip("nobody can leave the web chat")
    chat, web = await asked(world, peer), world.peers["webchat"]
    other = await asked(world, web)
    peer.fail(peer.faults()["gone"])
    await world.enqueue(staff_said(peer.recipient(chat), "Tin.", fallbacks=(web.recipient(other),)))
    told = await world.until(web, other, lambda told: len(told) == 3)
    assert told[-1].text == "Cô Hạnh: Tin."
    (newest, *_) = await world.notifications(peer.recipient(chat))
    assert newest.status is NotificationStatus.REROUTED
    assert len(await peer.told(chat)) == 2


async def test_a_long_message_arrives_whole_in_pieces_and_in_order(world: World, peer: Peer) -> None:
    chat = await asked(world, peer)
    words = " ".join(f"từ{number}😀" for number in range(900))
    await world.enqueue(staff_said(peer.recipient(chat), words))
    await world.settle(peer.recipient(chat))
    pieces = [one.text for one in await peer.told(chat)][2:]
    assert " ".join(pieces) == f"Cô Hạnh: {words}"


async def test_a_qr_code_a_picture_and_a_file_arrive(world: World, peer: Peer) -> None:
    chat = await asked(world, peer)
    png = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    documents = [
        {"name": name, "mime": mime, "data": base64.b64encode(data).decode()}
        for name, mime, data in (("a.png", "image/png", png), ("b.pdf", "application/pdf", b"%PDF-1.4 mau"))
    ]
    await world.enqueue(staff_said(peer.recipient(chat), "Gửi kèm.", qr="VIETQR-MAU", documents=documents))
    await world.settle(peer.recipient(chat))
    told = (await peer.told(chat))[2:]
    assert told[0].text == "Cô Hạnh: Gửi kèm."
    assert sum(len(one.files) for one in told) == peer.files


async def test_behind_a_closed_window_a_template_goes_out_by_phone_else_a_text_message(world: World) -> None:
    zalo = world.peers["zalo"]
    assert isinstance(zalo, ZaloPeer)
    chat = await asked(world, zalo)
    others = (Recipient("zbs", "+84900000009"), Recipient("sms", "+84900000009"))
    params = {"given_name": "Tý", "time": "06:50", "date": "21/11"}
    arrived = NewNotification(
        zalo.recipient(chat), "checkin.arrived", params, f"w:{chat}", Urgency.EMERGENCY, fallbacks=others
    )
    zalo.fail(-230)
    await world.enqueue(arrived)
    await world.settle(zalo.recipient(chat), *others)
    (sent,) = zalo.fake.by_phone
    assert (sent["phone"], sent["template_data"]) == ("84900000009", {"ten": "Tý", "luc": "06:50"})
    assert world.sms.charged == {}
    zalo.fail(-230)
    world.sms.faults.extend(["500", 429])
    await world.enqueue(staff_said(zalo.recipient(chat), "Không có mẫu.", fallbacks=others))
    await world.settle(zalo.recipient(chat), *others)
    (charged,) = world.sms.charged.values()
    assert (charged["phone"], charged["message"]) == ("+84900000009", "Co Hanh: Khong co mau.")
    assert charged["brandname"] == "TRUONG MAU"


async def test_a_hand_over_reaches_staff_in_their_chat_and_they_answer_from_there(
    world: World, peer: Peer
) -> None:
    """Staff and guardian on the same channel: it arrives, is taken, the bot is silent, and says who answers."""
    chats = world.bot.core.handovers.chats
    async with world.bot.core.database.transaction(SCHOOL_ID) as tx:
        invited, code = await chats.invite(tx, NewStaffChat("Tổ trực", is_group=False), "staff:x")
    staff = peer.person()
    await world.post(peer.text(staff, f"nv {code}"))
    await world.until(peer, staff, lambda told: len(told) == 1)
    parent = await asked(world, peer)
    before = len(world.answers.asked)
    await world.post(peer.text(parent, "cháu bị bạn đánh ở cổng trường, cô ơi"))
    alert = (await world.until(peer, staff, lambda told: len(told) >= 2))[-1]
    assert "KHẨN CẤP" in alert.text
    assert "113" in (await world.until(peer, parent, lambda told: len(told) == 3))[-1].text
    await world.post(peer.text(staff, f"nhận {alert.text.partition('#')[2][:6]}"))
    assert "đang đọc" in (await world.until(peer, parent, lambda told: len(told) == 4))[-1].text
    await world.post(peer.text(parent, _QUESTION))
    await world.until(peer, staff, lambda told: _QUESTION in told[-1].text)
    await world.post(peer.text(staff, "Cô đang ra cổng ạ"))
    answer = (await world.until(peer, parent, lambda told: len(told) == 5))[-1]
    assert ": Cô đang ra cổng ạ" in answer.text
    await world.post(peer.text(staff, "trả lời xong"))
    await world.until(peer, parent, lambda told: len(told) == 6)
    assert len(world.answers.asked) == before
    async with world.bot.core.database.transaction(SCHOOL_ID) as tx:
        await chats.remove(tx, invited, "staff:x")


async def test_what_a_guardian_shows_to_staff_crosses_from_zalo_to_their_telegram_group(world: World) -> None:
    zalo, telegram = world.peers["zalo"], world.peers["telegram"]
    assert isinstance(zalo, ZaloPeer)
    assert isinstance(telegram, TelegramPeer)
    chats = world.bot.core.handovers.chats
    async with world.bot.core.database.transaction(SCHOOL_ID) as tx:
        invited, code = await chats.invite(tx, NewStaffChat("Nhóm trực"), "staff:x")
    staff = telegram.person()
    await world.post(telegram.text(staff, f"nv {code}"))
    await world.until(telegram, staff, lambda told: len(told) == 1)
    parent = await asked(world, zalo)
    zalo.fake.files.update({"vet-bam.jpg": _JPEG, "gia.jpg": b"MZ this is a program"})
    await world.post(
        zalo.sent_picture(parent, "vet-bam.jpg")
    )  # nobody reads along yet: refused, not referred to
    await world.until(zalo, parent, lambda told: len(told) == 3)
    await world.post(zalo.text(parent, "cháu bị bạn đánh ở cổng trường"))
    await world.until(telegram, staff, lambda told: len(told) == 2)
    await world.post(zalo.sent_picture(parent, "vet-bam.jpg"))
    told = await world.until(telegram, staff, lambda told: len(told) == 4)
    assert (told[-1].files, "🖼" in told[-2].text) == ((_JPEG,), True)
    for name, why in (("gia.jpg", "không phải ảnh"), ("mat.jpg", "không còn lấy được")):
        await world.post(zalo.sent_picture(parent, name))
        await world.until(telegram, staff, lambda told, why=why: why in told[-1].text)  # type: ignore[misc]  # bound now
    async with world.bot.core.database.transaction(SCHOOL_ID) as tx:
        await chats.remove(tx, invited, "staff:x")

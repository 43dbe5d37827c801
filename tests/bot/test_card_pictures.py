"""A picture sent in a chat is not fetched, not kept, and answered with the reason and the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.flows.menu import MenuFlow
from bot.intents import Topic
from bot.router import route
from bot.telegram import receive as telegram
from bot.zalo import receive as zalo
from core.conversations.domain import FlowState
from core.inbox.domain import InboxEvent, Incoming
from core.values.ids import InboxId, SchoolId, new_id

SECRET = "AgACAgUAAxkBAAIC-card-of-a-mother"
PHOTO = [{"file_id": SECRET, "file_unique_id": f"{SECRET}u", "width": 90, "height": 60, "file_size": 1253}]
DOCUMENT = {
    "file_id": SECRET,
    "file_unique_id": f"{SECRET}u",
    "file_name": "cccd-me.jpg",
    "thumbnail": PHOTO[0],
}


def update(**media: Any) -> dict[str, Any]:
    """What Telegram sends."""
    who = {"id": 7, "is_bot": False, "first_name": "Phụ huynh mẫu"}
    message = {"message_id": 1, "date": 1_790_000_000, "chat": {"id": 7, "type": "private"}, "from": who}
    return {"update_id": 1, "message": message | media}


def event(incoming: Incoming) -> InboxEvent:
    return InboxEvent(
        id=InboxId(new_id()),
        school_id=SchoolId(new_id()),
        source=incoming.source,
        external_id=incoming.external_id,
        ordering_key=incoming.ordering_key,
        payload=incoming.payload,
        attempt=1,
        received_at=datetime(2026, 11, 21, tzinfo=UTC),
        lease=new_id(),
    )


@pytest.mark.parametrize("media", [{"photo": PHOTO}, {"document": DOCUMENT}], ids=["photo", "document"])
def test_telegram_keeps_no_reference_by_which_a_picture_could_be_fetched(media: dict[str, Any]) -> None:
    incoming = telegram.incoming_of(update(**media))
    assert incoming
    kept = json.dumps(incoming.payload)
    assert SECRET not in kept
    assert "cccd-me" not in kept
    message = telegram.receive(event(incoming))
    assert message
    assert route(message, FlowState()).topic is Topic.ATTACHMENT
    assert MenuFlow.is_picture(message.attachment)


def test_zalo_keeps_no_address_of_a_picture() -> None:
    body = {
        "event_name": "user_send_image",
        "sender": {"id": "77"},
        "message": {
            "msg_id": "1",
            "attachments": [{"type": "image", "payload": {"url": f"https://x.test/{SECRET}"}}],
        },
    }
    incoming = zalo.incoming_of(body, json.dumps(body).encode())
    assert incoming
    assert SECRET not in json.dumps(incoming.payload)
    message = zalo.receive(event(incoming))
    assert message
    assert MenuFlow.is_picture(message.attachment)


def test_a_group_that_became_a_supergroup_says_where_it_goes_on_and_nothing_else() -> None:
    moved = update(chat={"id": -12, "type": "group", "title": "Trực"}, migrate_to_chat_id=-10012)
    incoming = telegram.incoming_of(moved)
    assert incoming is not None
    message = telegram.receive(event(incoming))
    assert message is not None
    assert (message.chat_id, message.moved_to, message.is_group, message.text) == ("-12", "-10012", True, "")

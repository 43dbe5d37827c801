"""Reads a recorded Telegram update. What a person cannot have meant for us becomes nothing, never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiogram.enums import ContentType
from aiogram.types import CallbackQuery, Message, Update
from pydantic import ValidationError

from bot.cleaning import cleaned
from bot.files import NOTED
from bot.messages import InboundMessage
from core.inbox.domain import InboxEvent, Incoming
from core.values.phone import Phone

CHANNEL = "telegram"
_START = re.compile(r"^/start(?:@\w+)?\s+([A-Za-z0-9_-]{1,64})$")
_FILE_KEYS = frozenset({"file_id", "file_unique_id", "file_name", "file_path"})
_COMMAND = re.compile(r"^/(\w+)(?:@\w+)?\s*")


def incoming_of(update: Mapping[str, Any]) -> Incoming | None:
    """How a raw update is recorded, or None when it has no id and is no update at all."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    callback = update.get("callback_query")
    place = callback if isinstance(callback, Mapping) else update
    message = next((place[kind] for kind in ("message", "edited_message") if kind in place), None)
    chat = message.get("chat") if isinstance(message, Mapping) else None
    chat_id = chat.get("id") if isinstance(chat, Mapping) else None
    return Incoming(CHANNEL, str(number), str(chat_id or "none"), without_files(dict(update)))


def file_of(update: Mapping[str, Any]) -> str:
    """The reference to the picture (its largest size) or the file in an update, or nothing."""
    message = update.get("message")
    message = message if isinstance(message, Mapping) else {}
    sizes = message.get("photo")
    sent = sizes[-1] if isinstance(sizes, list) and sizes else message.get("document")
    return str(sent.get("file_id") or "") if isinstance(sent, Mapping) else ""


def without_files(value: Any) -> Any:
    """The update without the references by which a file could be fetched: it may be a picture of a card.

    What stays says only that there was a photo or a document.

    >>> without_files({"photo": [{"file_id": "AgAC", "width": 90}]})
    {'photo': [{'file_id': '-', 'width': 90}]}
    """
    if isinstance(value, Mapping):
        return {key: "-" if key in _FILE_KEYS else without_files(part) for key, part in value.items()}
    return [without_files(part) for part in value] if isinstance(value, list) else value


def receive(event: InboxEvent) -> InboundMessage | None:
    """The message in an update, or None for service messages and kinds we do not know.

    Words that a person corrects in their own chat are read as a new message; nothing else that is edited counts: a
    place that moves, and in a group what somebody may have acted on.
    """
    try:
        update = Update.model_validate(event.payload)
    except ValidationError:
        return None
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    edited = update.edited_message
    if edited is not None:
        is_said = edited.text is not None and edited.chat.type == "private"
        name = f"{edited.message_id}:{edited.edit_date}"
        return _written(edited, None, name) if is_said else None
    return _written(update.message, event.payload.get(NOTED)) if update.message is not None else None


def _pressed(callback: CallbackQuery) -> InboundMessage | None:
    if callback.message is None or not callback.data:
        return None
    chat = callback.message.chat
    if chat.type == "private" and chat.id != callback.from_user.id:
        return None  # a button of somebody else's chat
    return InboundMessage(
        CHANNEL,
        str(callback.message.chat.id),
        f"callback:{callback.id}",
        text=cleaned(_label(callback)),
        choice=callback.data,
        staff_name=cleaned(callback.from_user.full_name),
        is_group=chat.type != "private",
    )


def _label(callback: CallbackQuery) -> str:
    """What the pressed button says: the words of an old button still mean something."""
    markup = callback.message.reply_markup if isinstance(callback.message, Message) else None
    rows = markup.inline_keyboard if markup else []
    return next((one.text for row in rows for one in row if one.callback_data == callback.data), "")


def _written(message: Message, file: Mapping[str, Any] | None, name: str = "") -> InboundMessage | None:
    if message.migrate_to_chat_id is not None:
        chat_id, moved_to = str(message.chat.id), str(message.migrate_to_chat_id)
        return InboundMessage(CHANNEL, chat_id, str(message.message_id), is_group=True, moved_to=moved_to)
    text = cleaned(message.text or message.caption)
    deep_link = _START.match(text)
    kind = "" if message.text else ContentType(message.content_type).value
    if not text and message.contact is None and kind in _SERVICE:
        return None
    return InboundMessage(
        CHANNEL,
        str(message.chat.id),
        name or str(message.message_id),
        text="" if deep_link else _COMMAND.sub(r"\1 ", text).strip(),
        link_code=deep_link.group(1).removeprefix("lk_") if deep_link else "",
        phone=_own_phone(message),
        attachment=kind,
        staff_name=cleaned(message.from_user.full_name) if message.from_user else "",
        quoted=(message.reply_to_message.text or message.reply_to_message.caption or "")
        if message.reply_to_message
        else "",
        file=file,
        is_group=message.chat.type != "private",
    )


_SERVICE = frozenset(
    {
        *("new_chat_members", "left_chat_member", "new_chat_title", "pinned_message"),
        *("group_chat_created", "supergroup_chat_created", "migrate_from_chat_id"),
    }
)


def _own_phone(message: Message) -> Phone | None:
    """A shared contact counts only when it is the sender's own."""
    contact = message.contact
    if contact is None or message.from_user is None or contact.user_id != message.from_user.id:
        return None
    try:
        return Phone.parse("+" + contact.phone_number.lstrip("+"))
    except ValueError:
        return None

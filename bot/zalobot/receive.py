"""Reads a recorded event of the Zalo Bot. What a person cannot have meant for us becomes nothing, never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from bot.cleaning import cleaned
from bot.files import NOTED
from bot.messages import InboundMessage
from core.inbox.domain import InboxEvent, Incoming

CHANNEL = "zalobot"
_EVENT = re.compile(r"^message\.(text|image|sticker|voice|unsupported)\.received$")
_KINDS = {"image": "photo"}
_LINKS = ("_url", "photo")


def incoming_of(update: Mapping[str, Any]) -> Incoming | None:
    """How an event is recorded; None for what is no message. A message's own id makes redelivery harmless.

    It is told apart only within its chat, and the chat's id is personal data: of both together a digest is kept.
    """
    message = _part(update, "message")
    chat_id = _part(message, "chat").get("id")
    if not isinstance(update.get("event_name"), str) or not message or not chat_id:
        return None
    name = message.get("message_id") or orjson.dumps(dict(update)).decode()
    told_apart = sha256(cleaned(f"{chat_id}:{name}").encode()).hexdigest()
    return Incoming(CHANNEL, told_apart, str(chat_id), _without_pictures(update))


def file_of(update: Mapping[str, Any]) -> str:
    """The address of the picture in an event, or nothing; what its field is called is not certain."""
    for name, value in _part(update, "message").items():
        if name.endswith(_LINKS) and isinstance(value, str) and value.startswith("http"):
            return value
    return ""


def receive(event: InboxEvent) -> InboundMessage | None:
    """The message in an event; None for kinds that we do not know and for what bots say."""
    found = _EVENT.match(str(event.payload.get("event_name", "")))
    message = _part(event.payload, "message")
    sender = _part(message, "from")
    chat_id = _part(message, "chat").get("id")
    if found is None or not chat_id or sender.get("is_bot") is True:
        return None
    kind = found.group(1)
    return InboundMessage(
        CHANNEL,
        str(chat_id),
        event.external_id,
        text=cleaned(message.get("text") if kind == "text" else message.get("caption")),
        attachment="" if kind == "text" else _KINDS.get(kind, kind),
        staff_name=cleaned(sender.get("display_name")),
        file=event.payload.get(NOTED),
        is_group=str(_part(message, "chat").get("chat_type") or "").upper() == "GROUP",
    )


def _without_pictures(update: Mapping[str, Any]) -> dict[str, Any]:
    """The event without links to pictures and recordings: we never look at them, so we do not keep them."""
    message = {name: value for name, value in _part(update, "message").items() if not name.endswith(_LINKS)}
    return {**update, "message": message}


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = event.get(name)
    return part if isinstance(part, Mapping) else {}

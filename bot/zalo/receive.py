"""Reads a recorded Zalo event. Only what a person did for us becomes a message; receipts and the like do not."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from bot.cleaning import cleaned
from bot.files import NOTED
from bot.messages import InboundMessage
from core.inbox.domain import InboxEvent, Incoming
from core.values.phone import Phone

CHANNEL = "zalo"
_KINDS = {"image": "photo", "gif": "sticker", "file": "document", "audio": "voice"}
_FROM_US = ("oa_send_", "user_received_", "user_seen_")


def incoming_of(event: Mapping[str, Any], raw: bytes) -> Incoming | None:
    """How an event is recorded, or None for what is not worth keeping (delivery and seen receipts).

    A message's own id makes redelivery harmless; an event without one is named by the hash of its body.
    """
    name = str(event.get("event_name", ""))
    if not name or name.startswith(_FROM_US):
        return None
    message_id = _part(event, "message").get("msg_id")
    external_id = cleaned(f"{name}:{message_id or sha256(raw).hexdigest()}")
    kept = {**event, "our_id": external_id, "message": _without_links(_part(event, "message"))}
    return Incoming(CHANNEL, external_id[:200], _user(event) or "none", kept)


def file_of(event: Mapping[str, Any]) -> str:
    """The address of the picture or file in an event, or nothing."""
    attachments = _part(event, "message").get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        if isinstance(one, Mapping) and one.get("type") in {"image", "file"}:
            return str(_part(one, "payload").get("url") or "")
    return ""


def receive(event: InboxEvent, *, phone_proves: bool = False) -> InboundMessage | None:
    """The message in an event.

    `phone_proves` says whether a shared number counts as the person's own. Whether Zalo lets people edit it in the
    form of `request_user_info` is not documented (only *likely*), so without it sharing leads to the school's code.
    """
    payload, user = event.payload, _user(event.payload)
    name, message_id = str(payload.get("event_name", "")), str(payload.get("our_id", event.external_id))
    if not user:
        return None
    if name == "follow":
        return InboundMessage(CHANNEL, user, message_id, choice="menu.main")
    if name == "user_submit_info":
        return InboundMessage(
            CHANNEL, user, message_id, phone=_phone(payload) if phone_proves else None, attachment="contact"
        )
    if not name.startswith("user_send_"):
        return None
    text = cleaned(_part(payload, "message").get("text"))
    if text.startswith("#") and " " not in text:
        return InboundMessage(CHANNEL, user, message_id, choice=text[1:65] or "menu.main")
    kind = name.removeprefix("user_send_")
    attachment = "" if kind == "text" else _KINDS.get(kind, kind)
    return InboundMessage(
        CHANNEL, user, message_id, text=text, attachment=attachment, file=payload.get(NOTED)
    )


def _without_links(message: Mapping[str, Any]) -> dict[str, Any]:
    """The message without the addresses of pictures, files and recordings: we never look at them, so none is kept."""
    attachments = message.get("attachments")
    kinds = (
        [one.get("type") for one in attachments if isinstance(one, Mapping)]
        if isinstance(attachments, list)
        else []
    )
    return {**message, "attachments": [{"type": kind} for kind in kinds]}


def _user(event: Mapping[str, Any]) -> str:
    for who in ("follower", "sender"):
        found = _part(event, who).get("id")
        if found:
            return str(found)
    return ""


def _phone(event: Mapping[str, Any]) -> Phone | None:
    given = str(_part(event, "info").get("phone") or "")
    try:
        return Phone.parse(f"+{given}" if given.startswith("84") else given)
    except ValueError:
        return None


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = event.get(name)
    return part if isinstance(part, Mapping) else {}

"""The person's end of each channel: one interface, so that one suite asks the same of all of them."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol
from uuid import UUID, uuid5

import aiohttp

from core.notifications.domain import Recipient
from tests.support.fake_zalo import FakeZalo, event, signed
from tests.support.fake_zalobot import SECRET as BOT_SECRET
from tests.support.fake_zalobot import FakeZaloBot, update
from tests.support.faults import Fault
from tests.support.telegram import SECRET, Wire

_NUMBERS = itertools.count(1000)
_AT = "1763700000000"
_NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """One message as the person sees it: words, choices by label, pictures and files."""

    text: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    files: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """What a channel's server posted to us; it may be posted again, or forged."""

    path: str
    body: bytes
    headers: Mapping[str, str]


class Peer(Protocol):
    """A person with this app, and the server between them and us."""

    name: ClassVar[str]
    takes_long: ClassVar[bool]
    files: ClassVar[int]

    def person(self) -> str: ...
    def recipient(self, chat: str) -> Recipient: ...
    def text(self, chat: str, text: str, message_id: str = "") -> Posted: ...
    def press(self, chat: str, code: str, label: str) -> Posted: ...
    def picture(self, chat: str, *, real: bool = True) -> Posted: ...
    def unknown(self, chat: str) -> Posted: ...
    def forged(self, posted: Posted) -> Posted: ...
    async def told(self, chat: str) -> list[Told]: ...
    def fail(self, *faults: Fault) -> None: ...
    def faults(self) -> dict[str, Fault]: ...


def _typed(text: str) -> Told:
    """A message whose choices are in its text: each is picked by its number."""
    return Told(text, {label: number for number, label in _NUMBERED.findall(text)})


@dataclass(slots=True)
class TelegramPeer:
    """Through the emulator."""

    name: ClassVar[str] = "telegram"
    takes_long: ClassVar[bool] = True
    files: ClassVar[int] = 3
    wire: Wire

    def person(self) -> str:
        return str(5000 + next(_NUMBERS))

    def recipient(self, chat: str) -> Recipient:
        return Recipient("telegram", chat)

    def _post(self, chat: str, number: int = 0, **update: Any) -> Posted:
        body = {"update_id": number or next(_NUMBERS), **update}
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        return Posted("/webhooks/telegram", json.dumps(body).encode(), headers)

    def _message(self, chat: str, **more: Any) -> dict[str, Any]:
        place = {"id": int(chat), "type": "private", "first_name": "Phụ huynh"}
        sender = {"id": int(chat), "is_bot": False, "first_name": "Phụ huynh"}
        return {"message_id": next(_NUMBERS), "date": 1763700000, "chat": place, "from": sender, **more}

    def text(self, chat: str, text: str, message_id: str = "") -> Posted:
        return self._post(chat, int(message_id or 0), message=self._message(chat, text=text))

    def press(self, chat: str, code: str, label: str) -> Posted:
        markup = {"inline_keyboard": [[{"text": label, "callback_data": code}]]}
        message = self._message(chat, text="…", reply_markup=markup)
        pressed = {"id": str(next(_NUMBERS)), "from": message["from"], "chat_instance": "1", "data": code}
        return self._post(chat, callback_query={**pressed, "message": message})

    def picture(self, chat: str, *, real: bool = True) -> Posted:
        photo: Any = (
            [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}] if real else "not a photo"
        )
        return self._post(chat, message=self._message(chat, photo=photo))

    def unknown(self, chat: str) -> Posted:
        return self._post(chat, brand_new_kind={"chat": {"id": int(chat)}, "x": [1]})

    def forged(self, posted: Posted) -> Posted:
        return Posted(
            posted.path, posted.body, {**posted.headers, "X-Telegram-Bot-Api-Secret-Token": "forged"}
        )

    async def told(self, chat: str) -> list[Told]:
        return [self._told(one) for one in self.wire.sent(chat)]

    def _told(self, one: Mapping[str, Any]) -> Told:
        rows = json.loads(one.get("reply_markup") or "{}").get("inline_keyboard", [])
        choices = {button["text"]: button["callback_data"] for row in rows for button in row}
        files = tuple(value for value in one.values() if isinstance(value, bytes))
        return Told(str(one.get("text", "")), choices, files)

    def fail(self, *faults: Fault) -> None:
        self.wire.faults.extend(faults)

    def faults(self) -> dict[str, Fault]:
        return {"rate": 429, "down": "500", "half": "half", "gone": 403}


@dataclass(slots=True)
class ZaloPeer:
    """Through our fake of the Official Account's API."""

    name: ClassVar[str] = "zalo"
    takes_long: ClassVar[bool] = True
    files: ClassVar[int] = 3
    fake: FakeZalo

    def person(self) -> str:
        return f"u{next(_NUMBERS)}"

    def recipient(self, chat: str) -> Recipient:
        return Recipient("zalo", chat)

    def _post(self, body: bytes) -> Posted:
        return Posted("/webhooks/zalo", body, signed(body, _AT))

    def text(self, chat: str, text: str, message_id: str = "") -> Posted:
        return self._post(event("user_send_text", chat, text=text, msg_id=message_id or str(next(_NUMBERS))))

    def press(self, chat: str, code: str, label: str) -> Posted:
        del label
        return self.text(chat, f"#{code}")

    def picture(self, chat: str, *, real: bool = True) -> Posted:
        attachments: Any = (
            [{"type": "image", "payload": {"url": "https://example.invalid/a"}}] if real else "?"
        )
        name = str(next(_NUMBERS))
        return self._post(event("user_send_image", chat, msg_id=name, attachments=attachments))

    def sent_picture(self, chat: str, name: str) -> Posted:
        """A picture that lies on Zalo's server, or should."""
        attachments = [{"type": "image", "payload": {"url": f"{self.fake.url}/files/{name}"}}]
        number = str(next(_NUMBERS))
        return self._post(event("user_send_image", chat, msg_id=number, attachments=attachments))

    def unknown(self, chat: str) -> Posted:
        return self._post(event("brand_new_event", chat, msg_id=str(next(_NUMBERS))))

    def forged(self, posted: Posted) -> Posted:
        return Posted(posted.path, posted.body, {**posted.headers, "X-ZEvent-Signature": "mac=" + "0" * 64})

    async def told(self, chat: str) -> list[Told]:
        return [self._told(one) for one in self.fake.sent if one["to"] == chat]

    def _told(self, one: Mapping[str, Any]) -> Told:
        payload = one.get("attachment", {}).get("payload", {})
        choices = {button["title"]: button["payload"][1:] for button in payload.get("buttons", ())}
        ids = [each["attachment_id"] for each in payload.get("elements", ()) if "attachment_id" in each]
        ids += [payload["token"]] if "token" in payload else []
        files = tuple(self.fake.uploaded[name] for name in ids)
        text = str(one.get("text", ""))
        return Told(text, choices, files) if choices or files else _typed(text)

    def fail(self, *faults: Fault) -> None:
        self.fake.faults.extend(faults)

    def faults(self) -> dict[str, Fault]:
        return {"rate": -32, "too many": "429", "token": -216, "down": "500", "half": "half", "gone": -213}


@dataclass(slots=True)
class ZaloBotPeer:
    """Through our fake of the Bot API, which `python-zalo-bot` can talk to."""

    name: ClassVar[str] = "zalobot"
    takes_long: ClassVar[bool] = True
    files: ClassVar[int] = 0
    fake: FakeZaloBot

    def person(self) -> str:
        return f"c{next(_NUMBERS)}"

    def recipient(self, chat: str) -> Recipient:
        return Recipient("zalobot", chat)

    def _post(self, result: dict[str, Any]) -> Posted:
        body = json.dumps({"ok": True, "result": result}).encode()
        return Posted("/webhooks/zalobot", body, {"X-Bot-Api-Secret-Token": BOT_SECRET})

    def text(self, chat: str, text: str, message_id: str = "") -> Posted:
        return self._post(update(text, chat=chat, msg_id=message_id or str(next(_NUMBERS))))

    def press(self, chat: str, code: str, label: str) -> Posted:
        del label
        return self.text(chat, code)  # the code is the number that is typed

    def picture(self, chat: str, *, real: bool = True) -> Posted:
        photo: Any = "https://example.invalid/a" if real else {"not": ["a picture"]}
        return self._post(update(chat=chat, msg_id=str(next(_NUMBERS)), kind="image", photo_url=photo))

    def unknown(self, chat: str) -> Posted:
        return self._post(update(chat=chat, msg_id=str(next(_NUMBERS)), kind="hologram"))

    def forged(self, posted: Posted) -> Posted:
        return Posted(posted.path, posted.body, {"X-Bot-Api-Secret-Token": "forged"})

    async def told(self, chat: str) -> list[Told]:
        return [_typed(str(one.get("text", ""))) for one in self.fake.sent if one["chat_id"] == chat]

    def fail(self, *faults: Fault) -> None:
        self.fake.faults.extend(faults)

    def faults(self) -> dict[str, Fault]:
        return {"rate": 429, "down": "500", "half": "half", "gone": 403}


@dataclass(slots=True)
class WebPeer:
    """A browser."""

    name: ClassVar[str] = "webchat"
    takes_long: ClassVar[bool] = False
    files: ClassVar[int] = 3
    url: str
    http: aiohttp.ClientSession

    def person(self) -> str:
        return f"{next(_NUMBERS):043d}"

    def recipient(self, chat: str) -> Recipient:
        from hashlib import sha256

        return Recipient("webchat", sha256(chat.encode()).hexdigest())

    def _post(self, chat: str, **body: Any) -> Posted:
        cookie = f"congtruong_chat={chat}"
        return Posted(
            "/chat/messages",
            json.dumps(body).encode(),
            {"Cookie": cookie, "Content-Type": "application/json"},
        )

    def text(self, chat: str, text: str, message_id: str = "") -> Posted:
        return self._post(chat, id=str(uuid5(UUID(int=1), message_id or str(next(_NUMBERS)))), text=text)

    def press(self, chat: str, code: str, label: str) -> Posted:
        return self._post(chat, id=str(uuid5(UUID(int=1), str(next(_NUMBERS)))), text=label, choice=code)

    def picture(self, chat: str, *, real: bool = True) -> Posted:
        return self._post(chat, id=str(uuid5(UUID(int=1), str(next(_NUMBERS)))), picture="x" if real else [1])

    def unknown(self, chat: str) -> Posted:
        return self._post(chat, brand="new")

    def forged(self, posted: Posted) -> Posted:
        return Posted(posted.path, posted.body, {**posted.headers, "Cookie": "congtruong_chat=forged"})

    async def told(self, chat: str) -> list[Told]:
        headers = {"Cookie": f"congtruong_chat={chat}"}
        async with self.http.get(f"{self.url}/chat/lines/all", headers=headers) as answer:
            lines = (await answer.json())["lines"]
        return [_shown(line) for line in lines if line["from"] == "school"]

    def fail(self, *faults: Fault) -> None:
        assert not faults

    def faults(self) -> dict[str, Fault]:
        return {}


def _shown(line: Mapping[str, Any]) -> Told:
    files = [one["data"].encode() for one in line["files"]] + ([line["qr"].encode()] if line["qr"] else [])
    return Told(line["text"], {one["label"]: one["code"] for one in line["buttons"]}, tuple(files))

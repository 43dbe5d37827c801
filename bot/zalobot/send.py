"""Sends over the Zalo Bot. It has no buttons, so every choice is numbered and can be typed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from typing_extensions import override

from bot.parts import Send, send_parts, split
from bot.pictures import Pictures
from bot.texts.render import VI, say
from bot.voice import Voice
from bot.zalobot.client import ZaloBotClient, ZaloBotError, ZaloBotUnreachableError
from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp, RetryLater

TEXT_MAX = 2000
_RATE, _BLOCKED = 429, frozenset({400, 403})
_TOKEN = frozenset({401, 404})


@dataclass(frozen=True, slots=True)
class ZaloBotChannel(Channel):
    """Delivers to chats of one bot."""

    client: ZaloBotClient
    voice: Voice
    pictures: Pictures

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send the texts, and a payment QR by its address, which Zalo fetches, where there is a public one.

        Raises:
            RetryLater: rate, an unreachable server, a refused token.
            GiveUp: the person blocked the bot, or the chat does not exist.
        """
        rendered = await self.voice.say(outgoing)
        locale = str(outgoing.params.get("locale") or VI)
        sends = [
            self._send("sendMessage", outgoing, text=piece)
            for piece in split(rendered.typed(say("hint.typed", {}, locale)), TEXT_MAX)
        ]
        picture = self.pictures.address_of(rendered.image_text) if rendered.image_text else ""
        if picture:
            sends.append(self._send("sendPhoto", outgoing, photo=picture, caption=""))
        return await send_parts(outgoing, sends)

    def _send(self, method: str, outgoing: Outgoing, **given: str) -> Send:
        async def send() -> str:
            async with _mapped():
                said = await self.client.call(method, {"chat_id": outgoing.recipient.address, **given})
            return str(said.get("message_id", "")) if isinstance(said, dict) else ""

        return send


async def look(client: ZaloBotClient) -> None:
    """Ask whether Zalo knows our token.

    Raises:
        RetryLater, GiveUp: why not.
    """
    async with _mapped():
        await client.call("getMe", {})


@asynccontextmanager
async def _mapped() -> AsyncIterator[None]:
    try:
        yield
    except ZaloBotUnreachableError as error:
        raise RetryLater(reason="zalobot_unreachable", away=True) from error
    except ZaloBotError as error:
        raise _meaning(error) from error


def _meaning(error: ZaloBotError) -> RetryLater | GiveUp:
    """What delivery does about a code."""
    if error.code == _RATE:
        after = timedelta(seconds=error.retry_after or 2)
        return RetryLater(after, reason="zalobot_429", whole_channel=True)
    if error.code in _TOKEN:
        return RetryLater(timedelta(minutes=1), reason="zalobot_token", whole_channel=True)
    if error.code in _BLOCKED:
        return GiveUp(f"zalobot_{error.code}")
    return RetryLater(reason=f"zalobot_{error.code}")

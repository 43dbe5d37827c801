"""Sends over the official account, and reads Zalo's error codes as: later, another token, simpler, or never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from typing_extensions import override

from bot.messages import Rendered
from bot.texts.render import say
from bot.voice import Voice
from bot.zalo.client import (
    BUTTONS_MAX,
    ZaloClient,
    ZaloError,
    ZaloUnreachableError,
    button_message,
    text_message,
)
from bot.zalo.tokens import ZaloTokens
from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp, RetryLater

RATE, BAD_PARAM, TOKEN_INVALID, TOKEN_EXPIRED, WRONG_TYPE = -32, -201, -216, -220, -233
_TOKEN = frozenset({TOKEN_INVALID, TOKEN_EXPIRED})
_LATER = {
    -211: timedelta(hours=1),
    -218: timedelta(hours=1),
    -234: timedelta(hours=1),
    -321: timedelta(hours=1),
}
"""Out of quota, the person's quota, night, no money: it may pass later the same day."""
_CLOSED = frozenset({-230, -232})
"""The window of days after the person last wrote is over: only they can open it again."""


@dataclass(frozen=True, slots=True)
class ZaloChannel(Channel):
    """Delivers consultation messages."""

    client: ZaloClient
    tokens: ZaloTokens
    voice: Voice

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send with buttons; without them, as numbered choices, where Zalo does not take buttons.

        Raises:
            RetryLater: rate, quota, night, an unreachable server.
            GiveUp: the person left, blocked us, or has been silent for too long (`zalo_window_closed`).
        """
        rendered = await self.voice.say(outgoing)
        user, token = outgoing.recipient.address, await self.tokens.access()
        try:
            return Delivered(await self._try(token, user, rendered))
        except ZaloError as error:
            if error.code not in _TOKEN:
                raise _meaning(error) from error
        token = await self.tokens.renew(token)
        try:
            return Delivered(await self._try(token, user, rendered))
        except ZaloError as error:
            raise _meaning(error) from error

    async def _try(self, token: str, user: str, rendered: Rendered) -> str:
        typed = text_message(rendered.typed(say("hint.typed", {})))
        try:
            if not 0 < len(rendered.buttons) <= BUTTONS_MAX:
                return await self.client.send(token, user, typed)
            try:
                message = button_message(rendered.text, rendered.buttons)
                return await self.client.send(token, user, message)
            except ZaloError as error:
                if error.code not in {BAD_PARAM, WRONG_TYPE}:
                    raise
                return await self.client.send(token, user, typed)
        except ZaloUnreachableError as error:
            raise RetryLater(reason="zalo_unreachable") from error


def _meaning(error: ZaloError) -> RetryLater | GiveUp:
    """What delivery does about a code of Zalo's."""
    if error.code == RATE:
        return RetryLater(timedelta(seconds=2), reason="zalo_rate", whole_channel=True)
    if error.code in _TOKEN:
        return RetryLater(timedelta(minutes=1), reason="zalo_token", whole_channel=True)
    if error.code in _LATER:
        return RetryLater(_LATER[error.code], reason=f"zalo_{-error.code}")
    return GiveUp("zalo_window_closed" if error.code in _CLOSED else f"zalo_{-error.code}")

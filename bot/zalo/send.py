"""Sends over the official account: texts, buttons, pictures, files; what Zalo refuses is read by `codes`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from typing_extensions import override

from bot.messages import Document, Rendered
from bot.parts import Send, send_parts, split
from bot.pictures import qr_png
from bot.texts.render import VI, say
from bot.voice import Voice
from bot.zalo.client import (
    BUTTONS_MAX,
    TEXT_MAX,
    ZaloClient,
    ZaloError,
    ZaloUnreachableError,
    ask_for_phone,
    button_message,
    file_message,
    picture_message,
    text_message,
)
from bot.zalo.codes import BAD_PARAM, TOKEN, WRONG_TYPE, meaning
from bot.zalo.tokens import ZaloTokens
from bot.zalo.window import WindowRules
from core.notifications.domain import Delivered, Outgoing, Urgency
from core.notifications.ports import Channel, RetryLater, WaitForPerson
from core.values.clock import Clock

Call = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Authorised:
    """Calls Zalo with a good token, and says what a refusal means."""

    tokens: ZaloTokens

    async def call(self, outgoing: Outgoing, call: Call) -> str:
        """The id that the call gives.

        Raises:
            RetryLater: rate, quota, night, an unreachable server, no token.
            WaitForPerson: they have been silent for too long.
            GiveUp: they left or blocked us, or Zalo refuses the message.
        """
        token = await self.tokens.access()
        try:
            try:
                return await call(token)
            except ZaloError as error:
                if error.code not in TOKEN:
                    raise
            return await call(await self.tokens.renew(token))
        except ZaloError as error:
            raise meaning(error.code, outgoing.urgency, outgoing.attempt) from error
        except ZaloUnreachableError as error:
            raise RetryLater(reason="zalo_unreachable", away=True) from error


@dataclass(frozen=True, slots=True)
class ZaloChannel(Channel):
    """Delivers consultation messages."""

    client: ZaloClient
    tokens: ZaloTokens
    voice: Voice
    clock: Clock
    rules: WindowRules = field(default_factory=WindowRules)
    share_image: str = ""

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send with buttons; without them, as numbered choices, where Zalo does not take buttons.

        Raises:
            RetryLater, WaitForPerson, GiveUp: as `Authorised.call`; what may not go now is not even tried.
        """
        await self._keep_to_the_window(outgoing)
        rendered = await self.voice.say(outgoing)
        documents = (
            (Document("vietqr.png", "image/png", qr_png(rendered.image_text)),) if rendered.image_text else ()
        )
        sends = [
            *self._texts(outgoing, rendered),
            *(self._document(outgoing, one) for one in (*documents, *rendered.documents)),
        ]
        return await send_parts(outgoing, sends)

    async def _keep_to_the_window(self, outgoing: Outgoing) -> None:
        if outgoing.urgency is Urgency.REPLY:
            return  # they just wrote
        last = await self.voice.last_seen(outgoing)
        refusal = self.rules.refusal(last, self.clock.now()) if last else ""
        if refusal and not (outgoing.urgency is Urgency.EMERGENCY and refusal == "zalo_window_paid"):
            raise WaitForPerson(refusal)

    def _texts(self, outgoing: Outgoing, rendered: Rendered) -> list[Send]:
        hint = say("hint.typed", {}, str(outgoing.params.get("locale") or VI))
        typed = split(rendered.typed(hint), TEXT_MAX)
        if rendered.share_phone and self.share_image:
            ask = ask_for_phone(say("hint.share_phone", {}), rendered.text, self.share_image)
            return [*self._plain(outgoing, typed), self._send(outgoing, ask)]
        if not 0 < len(rendered.buttons) <= BUTTONS_MAX:
            return self._plain(outgoing, typed)
        *first, last = split(rendered.text, TEXT_MAX)
        ending = Rendered(last, rendered.buttons)
        return [*self._plain(outgoing, tuple(first)), self._with_buttons(outgoing, ending, hint)]

    def _plain(self, outgoing: Outgoing, pieces: tuple[str, ...]) -> list[Send]:
        return [self._send(outgoing, text_message(piece)) for piece in pieces]

    def _send(self, outgoing: Outgoing, message: dict[str, object]) -> Send:
        return self._authorised(outgoing, lambda token: self.client.send(token, _user(outgoing), message))

    def _with_buttons(self, outgoing: Outgoing, rendered: Rendered, hint: str) -> Send:
        async def call(token: str) -> str:
            try:
                message = button_message(rendered.text, rendered.buttons)
                return await self.client.send(token, _user(outgoing), message)
            except ZaloError as error:
                if error.code not in {BAD_PARAM, WRONG_TYPE}:
                    raise
                return await self.client.send(token, _user(outgoing), text_message(rendered.typed(hint)))

        return self._authorised(outgoing, call)

    def _document(self, outgoing: Outgoing, document: Document) -> Send:
        async def call(token: str) -> str:
            kept = await self.client.upload(token, document)
            message = picture_message(kept) if document.is_picture else file_message(kept)
            return await self.client.send(token, _user(outgoing), message)

        return self._authorised(outgoing, call)

    def _authorised(self, outgoing: Outgoing, call: Call) -> Send:
        return lambda: Authorised(self.tokens).call(outgoing, call)


def _user(outgoing: Outgoing) -> str:
    return outgoing.recipient.address

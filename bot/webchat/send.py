"""The web chat as a channel: a delivered message is a line in the log, and the pages that show it are woken."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from typing_extensions import override

from bot.voice import Voice
from bot.webchat.page import qr_svg
from core.conversations.domain import LineOrigin
from core.conversations.lines import CHANNEL, ChatLines
from core.conversations.service import Conversations
from core.db.transaction import Database
from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp


@dataclass(frozen=True, slots=True)
class WebChatChannel(Channel):
    """Writes each message once, by its dedupe key, even when it is delivered twice."""

    database: Database
    conversations: Conversations
    lines: ChatLines
    voice: Voice

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Write the line and wake the page.

        Raises:
            GiveUp: when the chat does not exist.
        """
        rendered = await self.voice.say(outgoing)
        body = {
            "text": rendered.text,
            "buttons": [asdict(button) for button in rendered.buttons],
            "sources": [asdict(source) for source in rendered.sources],
            "qr": qr_svg(rendered.image_text) if rendered.image_text else "",
            "key": outgoing.key,
        }
        async with self.database.transaction(outgoing.school_id) as tx:
            account = await self.conversations.find_account(tx, CHANNEL, outgoing.recipient.address)
            if account is None:
                raise GiveUp("no_such_chat")
            await self.lines.append(tx, account.id, LineOrigin.SCHOOL, outgoing.dedupe_key, body)
        return Delivered(str(outgoing.id))

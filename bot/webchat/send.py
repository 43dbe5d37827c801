"""The web chat as a channel: a delivered message is a line in the log, and the pages that show it are woken."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from datetime import timedelta

from typing_extensions import override

from bot.voice import Voice
from bot.webchat.page import qr_picture
from core.conversations.domain import LineOrigin
from core.conversations.lines import CHANNEL, ChatLines
from core.conversations.service import Conversations
from core.db.transaction import Database
from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp
from core.values.clock import Clock

AWAY = timedelta(days=2)
"""Who has not written in the page for so long does not look at it."""


_A_PERSON_ANSWERS = frozenset(
    f"handover.{one}"
    for one in (
        "emergency",
        "emergency_waiting",
        "passed_on",
        "taken",
        "still_open",
        "still_waiting",
        "staff_said",
    )
)


@dataclass(frozen=True, slots=True)
class WebChatChannel(Channel):
    """Writes each message once, by its dedupe key, even when it is delivered twice."""

    database: Database
    conversations: Conversations
    lines: ChatLines
    voice: Voice
    clock: Clock

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Write the line and wake the page.

        Raises:
            GiveUp: when the chat does not exist, or nobody looks at it and there is another way.
        """
        rendered = await self.voice.say(outgoing)
        body = {
            "text": rendered.text,
            "buttons": [asdict(button) for button in rendered.buttons],
            "sources": [asdict(source) for source in rendered.sources],
            "qr": qr_picture(rendered.image_text) if rendered.image_text else "",
            "key": outgoing.key,
            "locale": outgoing.params.get("locale", ""),
            "files": [
                {"name": one.name, "mime": one.mime, "data": base64.b64encode(one.data).decode()}
                for one in rendered.documents
            ],
        }
        if outgoing.key.startswith("handover."):
            body["quiet"] = _is_quiet(outgoing)
        async with self.database.transaction(outgoing.school_id) as tx:
            account = await self.conversations.find_account(tx, CHANNEL, outgoing.recipient.address)
            if account is None:
                raise GiveUp("no_such_chat")
            await self.lines.append(tx, account.id, LineOrigin.SCHOOL, outgoing.dedupe_key, body)
        if outgoing.fallbacks and self.clock.now() - account.last_seen_at > AWAY:
            # The line is there when they come back; until then another channel reaches them.
            raise GiveUp("webchat_away")
        return Delivered(str(outgoing.id))


def _is_quiet(outgoing: Outgoing) -> bool:
    """Whether after this message a person is to answer and the bot is silent, so that the page shows no "…"."""
    if outgoing.key in {"handover.opened", "handover.angry", "handover.absence", "leave.which"}:
        return bool(outgoing.params.get("open_now"))
    return outgoing.key in _A_PERSON_ANSWERS

"""Sends by SMS: plain, short, without diacritics, because every other letter doubles the price."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from typing_extensions import override

from bot.sms.gateway import Sms, SmsGateway, SmsRefusedError, SmsUnavailableError
from bot.voice import Voice
from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import Channel, GiveUp, RetryLater

CHANNEL = "sms"
TEXT_MAX = 306
"""Two parts of a joined message in the GSM alphabet (2 × 153)."""


@dataclass(frozen=True, slots=True)
class SmsChannel(Channel):
    """Delivers to phone numbers."""

    gateway: SmsGateway
    voice: Voice
    signature: str = ""

    @override
    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send the words alone.

        Raises:
            RetryLater: when the provider is busy or away.
            GiveUp: when it refuses.
        """
        text = plain((await self.voice.say(outgoing)).text, self.signature)
        reference = sha256(outgoing.dedupe_key.encode()).hexdigest()[:32]
        try:
            return Delivered(await self.gateway.send(Sms(outgoing.recipient.address, text, reference)))
        except SmsRefusedError as error:
            raise GiveUp("sms_refused") from error
        except SmsUnavailableError as error:
            after = timedelta(seconds=error.after) if error.after else None
            raise RetryLater(after, reason="sms_unavailable", whole_channel=bool(after), away=True) from error


def plain(text: str, signature: str = "") -> str:
    """The text in the basic alphabet, on one line, short enough.

    >>> plain("✅ Con đã đến trường lúc 06:50, ngày 21/11.", "THCS Mau")
    'THCS Mau: Con da den truong luc 06:50, ngay 21/11.'
    """
    head = f"{signature}: " if signature else ""
    decomposed = unicodedata.normalize("NFD", f"{head}{text}".replace("đ", "d").replace("Đ", "D"))
    bare = decomposed.encode("ascii", "ignore").decode()
    line = re.sub(r"\s+", " ", bare).replace(" :", ":").strip()
    return line if len(line) <= TEXT_MAX else f"{line[: TEXT_MAX - 3].rstrip()}..."

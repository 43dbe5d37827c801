"""What delivery asks of a channel. Each channel has its own tests so far; one suite for all is to come."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from core.notifications.domain import Delivered, Outgoing


class Channel(Protocol):
    """Takes a message to a person, over Telegram, Zalo, the web chat or the console (kênh)."""

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send one message. Called with no transaction open; one address gets one at a time, in order.

        Raises:
            RetryLater: when it may pass later; any other error counts as this with no hint when.
            GiveUp: when it never will.
        """
        ...


class RetryLater(Exception):  # noqa: N818 - reads as the instruction that it is
    """Try this message again; not before `after`, when the channel said how long.

    `whole_channel` says that the limit is the channel's own (a bot's quota): every process then pauses it.
    `reason` is a code for the record, never prose and never personal data.
    """

    def __init__(
        self, after: timedelta | None = None, *, reason: str = "retry_later", whole_channel: bool = False
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.reason = reason
        self.whole_channel = whole_channel


class GiveUp(Exception):  # noqa: N818 - reads as the instruction that it is
    """Never try this message again: the person blocked us, the address does not exist; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

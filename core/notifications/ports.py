"""What delivery asks of a channel; `tests/conformance` holds every channel to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from core.db.transaction import Tx
from core.notifications.domain import About, Delivered, NewNotification, Outgoing, Recipient


class Verdict(StrEnum):
    """What becomes of a message on its way into the outbox (cho gửi hay không)."""

    NOW = "now"
    LATER = "later"
    NEVER = "never"


class Channel(Protocol):
    """Takes a message to a person, over Telegram, Zalo, the web chat or the console (kênh)."""

    async def deliver(self, outgoing: Outgoing) -> Delivered:
        """Send one message. Called with no transaction open; one address gets one at a time, in order.

        Raises:
            RetryLater: when it may pass later; any other error counts as this with no hint when.
            WaitForPerson: when the person has to write first.
            GiveUp: when it never will.
        """
        ...


Takes = Callable[[str], bool]
"""Whether a channel takes messages with this key at all: by its settings, not by its state."""


class Gate(Protocol):
    """Decides what goes out now and what waits or is dropped, as people chose (cửa gửi tin)."""

    async def admit(self, tx: Tx, new: Sequence[NewNotification]) -> tuple[NewNotification, ...]:
        """Those that go out now, in their order; what waits is kept, what is not wanted is dropped."""
        ...

    async def judge(self, tx: Tx, new: Sequence[NewNotification]) -> tuple[Verdict, ...]:
        """What `admit` would do with each; it keeps nothing."""
        ...

    async def known(self, tx: Tx, dedupe_keys: Sequence[str]) -> frozenset[str]:
        """Those of these dedupe keys that it keeps, or kept until they were told."""
        ...

    async def take_back(self, tx: Tx, dedupe_prefixes: Sequence[str]) -> frozenset[str]:
        """Drop what it keeps and begins so; the dedupe keys of what it kept until they were told."""
        ...

    async def forget_chat(self, tx: Tx, recipient: Recipient) -> None:
        """Drop what it keeps for this chat, and what the chat chose."""
        ...


class StillTold(Protocol):
    """Says, right before a message goes out, whether the person may still learn what it tells."""

    async def __call__(self, tx: Tx, recipient: Recipient, about: Sequence[About]) -> bool:
        """Whether all of it may be told to this address now."""
        ...


class RetryLater(Exception):  # noqa: N818 - reads as the instruction that it is
    """Try this message again; not before `after`, when the channel said how long.

    `whole_channel` says that the limit is the channel's own (a bot's quota): every process then pauses it.
    `elsewhere` says that another channel may as well take it now. `away` says that nobody answered at all, which no
    message is to blame for: one that has no other way is not given up after its last try. `reason` is a code for the
    record, never prose and never personal data. `progress` says how many parts of the message are with the person
    already, so that the next try begins after them.
    """

    def __init__(
        self,
        after: timedelta | None = None,
        *,
        reason: str = "retry_later",
        whole_channel: bool = False,
        elsewhere: bool = False,
        away: bool = False,
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.reason = reason
        self.whole_channel = whole_channel
        self.elsewhere = elsewhere
        self.away = away
        self.progress: int | None = None


class WaitForPerson(Exception):  # noqa: N818 - reads as the instruction that it is
    """The channel takes it only after the person has written again; another channel may take it now."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class GiveUp(Exception):  # noqa: N818 - reads as the instruction that it is
    """Never try this message again: the person blocked us, the address does not exist; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

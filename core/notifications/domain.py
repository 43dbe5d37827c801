"""What the outbox speaks of. An address is personal and so are most parameters: no repr shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from typing_extensions import override

from core.errors import NotFoundError
from core.values.ids import NotificationId, SchoolId, StudentId

_SHOWN = 2


class Urgency(IntEnum):
    """How soon a person must know (mức độ khẩn); within one chat the more urgent goes first."""

    EMERGENCY = 0
    REPLY = 1
    NEWS = 2
    """What the family waits for because it happens now: a child at the gate, its own payment. No hour holds it back."""
    NORMAL = 3


class NotificationStatus(StrEnum):
    """Where a notification stands on its way (trạng thái gửi)."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    EXPIRED = "expired"
    REROUTED = "rerouted"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person's address on a channel: "webchat", "telegram", "zalo", "zalobot", "zbs", "sms", … (người nhận)."""

    channel: str
    address: str

    def __post_init__(self) -> None:
        if not self.channel or not self.address:
            raise ValueError("a recipient has a channel and an address")

    @property
    def masked(self) -> str:
        """What a log may show: the last two characters of a longer address.

        >>> Recipient("telegram", "987654321").masked
        'telegram:…21'
        """
        return f"{self.channel}:…{self.address[-_SHOWN:] if len(self.address) > 2 * _SHOWN else ''}"

    @override
    def __repr__(self) -> str:
        return f"Recipient({self.masked})"

    @override
    def __str__(self) -> str:
        return self.masked


CHANNEL_ORDER = ("zalo", "zalobot", "telegram", "webchat", "zbs", "sms")
"""Which channel is tried first: what parents have and what costs nothing before what costs money."""


def route(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """The addresses of one person in the order in which they are tried.

    >>> route((Recipient("sms", "+84900000001"), Recipient("zalo", "12345")))[0].channel
    'zalo'
    """
    known = {channel: place for place, channel in enumerate(CHANNEL_ORDER)}
    return tuple(sorted(dict.fromkeys(recipients), key=lambda one: known.get(one.channel, len(known))))


def one_each(people: Iterable[Iterable[Recipient]]) -> tuple[tuple[Recipient, ...], ...]:
    """Each person's addresses in the order in which they are tried; people who share the first one count once.

    >>> one_each([(Recipient("webchat", "home"),), (Recipient("webchat", "home"),), ()])
    ((Recipient(webchat:…),),)
    """
    found: dict[Recipient, tuple[Recipient, ...]] = {}
    for ways in map(route, people):
        if ways:
            found[ways[0]] = route((*found.get(ways[0], ()), *ways))
    return tuple(found.values())


BY_PHONE = frozenset({"zbs", "sms"})
"""The channels whose address is a phone number: they cost money, and come last or after a closed window."""


def by_phone(phone: str) -> tuple[Recipient, Recipient]:
    """How a number is reached when no chat is: a Zalo template, then a text message.

    >>> [one.channel for one in by_phone("+84900000001")]
    ['zbs', 'sms']
    """
    return Recipient("zbs", phone), Recipient("sms", phone)


@dataclass(frozen=True, slots=True)
class About:
    """Whose data a message tells, and as what: looked at again right before it is sent (nội dung về ai).

    A message may wait for hours, for a digest or for a person who has to write first; rights may end meanwhile.
    """

    student_id: StudentId
    subject: str


@dataclass(frozen=True, slots=True)
class NewNotification:
    """Something to tell somebody (thông báo).

    `key` names the text, `params` fill it (JSON; stored sealed). `dedupe_key` makes it happen once in a
    school: build it from ids, never from personal data, because it is stored in the clear and handed to the
    channel. It is not sent before `not_before`, and expires unsent at `expires_at`. When `recipient` cannot be
    reached, the message goes to the first of `fallbacks` instead, once, under its own dedupe key; and so on.
    Whom it may no longer be told `about` when its turn comes does not get it.
    """

    recipient: Recipient
    key: str
    params: Mapping[str, Any] = field(repr=False)
    dedupe_key: str
    urgency: Urgency = Urgency.NORMAL
    not_before: datetime | None = None
    expires_at: datetime | None = None
    fallbacks: tuple[Recipient, ...] = ()
    about: tuple[About, ...] = ()

    def __post_init__(self) -> None:
        if not self.key or not self.dedupe_key:
            raise ValueError("a notification has a key and a dedupe key")
        for instant in (self.not_before, self.expires_at):
            if instant is not None and instant.tzinfo is None:
                raise ValueError("instants are aware")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notification on its way out, as the channel gets it (tin gửi đi).

    The same `dedupe_key` may come twice, when a process died between sending and noting it: a channel that
    can drop the second one does. The first `progress` parts of it are with the person already, when an earlier
    try broke in the middle.
    """

    id: NotificationId
    school_id: SchoolId
    recipient: Recipient
    key: str
    params: Mapping[str, Any] = field(repr=False)
    dedupe_key: str
    urgency: Urgency
    attempt: int
    created_at: datetime
    expires_at: datetime | None = None
    fallbacks: tuple[Recipient, ...] = ()
    progress: int = 0
    about: tuple[About, ...] = ()

    def rerouted(self) -> NewNotification | None:
        """The same message to the next address, or None when there is no other."""
        if not self.fallbacks:
            return None
        first, *rest = self.fallbacks
        return NewNotification(
            recipient=first,
            key=self.key,
            params=self.params,
            dedupe_key=f"{self.dedupe_key}>{first.channel}",
            urgency=self.urgency,
            expires_at=self.expires_at,
            fallbacks=tuple(rest),
            about=self.about,
        )


@dataclass(frozen=True, slots=True)
class Delivered:
    """The channel took it over; `message_id` is the channel's own id, when it has one (đã gửi)."""

    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification as the record keeps it (thông báo đã ghi)."""

    id: NotificationId
    recipient: Recipient
    key: str
    params: Mapping[str, Any] = field(repr=False)
    dedupe_key: str
    urgency: Urgency
    status: NotificationStatus
    attempts: int
    failure: str | None
    message_id: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """How many notifications stand where (báo cáo gửi)."""

    queued: int = 0
    sending: int = 0
    sent: int = 0
    parked: int = 0
    expired: int = 0
    rerouted: int = 0

    @property
    def open(self) -> int:
        """How many are still to be sent."""
        return self.queued + self.sending


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """What a channel did not manage lately, with one of the reasons (kênh trục trặc)."""

    channel: str
    late: int = 0
    """So many could have gone for a while and still wait."""
    late_since: datetime | None = None
    parked: int = 0
    """So many were given up for a reason that lies with us or the channel."""
    failure: str = ""


class ParkedNotificationNotFoundError(NotFoundError):
    """No parked notification has this id."""

    code = "notifications.parked_not_found"

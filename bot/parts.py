"""One message in the parts that a channel takes: texts short enough, pictures, files; each sent once.

When a part fails for now, the next try begins at that part. When a later part is refused for good, the first ones
have arrived and say what matters, so the message counts as delivered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import structlog

from core.notifications.domain import Delivered, Outgoing
from core.notifications.ports import GiveUp, RetryLater

log = structlog.get_logger(__name__)
Send = Callable[[], Awaitable[str]]


def units(text: str) -> int:
    """The length as chat servers count it, in UTF-16 code units: an emoji is two.

    >>> units("ạ😀")
    3
    """
    return len(text.encode("utf-16-le")) // 2


def split(text: str, most: int) -> tuple[str, ...]:
    r"""The text in pieces of at most `most` units, broken between paragraphs, lines or words where possible.

    >>> split("Một hai\nba", 8)
    ('Một hai', 'ba')
    """
    pieces: list[str] = []
    rest = text
    while units(rest) > most:
        head = _fitting(rest, most)
        place = next((at for mark in ("\n\n", "\n", " ") if (at := head.rfind(mark)) >= len(head) // 2), 0)
        cut = place or len(head)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return (*pieces, rest) if rest or not pieces else tuple(pieces)


async def send_parts(outgoing: Outgoing, sends: Sequence[Send]) -> Delivered:
    """Send what is not there yet, in order.

    Raises:
        RetryLater: when a part has to wait; it says how many arrived.
        GiveUp: when the first part is refused for good.
    """
    message_id = None
    for number, send in enumerate(sends):
        if number < outgoing.progress:
            continue
        try:
            given = await send()
        except RetryLater as error:
            error.progress = number
            raise
        except GiveUp as error:
            if number == 0:
                raise
            log.warning(
                "delivery_incomplete", notification=str(outgoing.id), part=number, reason=error.reason
            )
            break
        message_id = message_id or given
    return Delivered(message_id)


def _fitting(text: str, most: int) -> str:
    """The longest beginning of at most `most` units."""
    head = text[:most]
    while units(head) > most:
        head = head[: len(head) - max(1, (units(head) - most + 1) // 2)]
    return head

"""One reading over a PC/SC reader, with answers as long as reader and chip can carry.

It knows no key and no person: what is read is the caller's, given as a function of the link.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.card.apdu import SHORT_EXPECTED
from kiosk.card.errors import SecureMessagingError
from kiosk.card.pcsc import connect, longest_answer
from kiosk.card.ports import Transport
from kiosk.card.reader import ReadOptions
from kiosk.card.values import CardReading


def read_shortening(name: str, attempt: Callable[[Transport, ReadOptions], CardReading]) -> CardReading:
    """Read with answers as long as the reader carries; once more with short ones where the chip cannot.

    A chip that refuses a long answer may do so outside secure messaging, which ends the session: only a new
    one, on a card that was switched off in between, can go on.

    Raises:
        CardError: what the last attempt raised.
    """
    longest = longest_answer(name)
    try:
        with connect(name) as link:
            return attempt(link, ReadOptions(longest_answer=longest))
    except SecureMessagingError:
        if longest <= SHORT_EXPECTED:
            raise
    with connect(name) as link:
        return attempt(link, ReadOptions())

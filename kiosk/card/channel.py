"""The plain way to a card: counts the APDUs, follows 61xx and 6Cxx, and limits both and the whole time.

Secure messaging wraps the same two methods (`kiosk.card.secure_messaging`), so a protocol step does not know
which of the two it speaks through.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Protocol

from kiosk.card.apdu import MAX_RESPONSE, SHORT_EXPECTED, Command, Response
from kiosk.card.errors import LimitExceededError
from kiosk.card.ports import Transport

_MORE_DATA = 0x61
_WRONG_LENGTH = 0x6C
_GET_RESPONSE = 0xC0
# A full reading in the smallest chunks needs about 300 exchanges; a card that asks for more is not one of
# ours.
MAX_EXCHANGES = 4000
# A card that is read in 0.2 s over a wire takes three in the field; whoever is slower is stuck, or stalls.
MAX_SECONDS = 30.0


class Channel(Protocol):
    """Sends one command to the card and gives the card's own answer to it."""

    def send(self, command: Command) -> Response:
        """Exchange one command, whatever it takes on the wire."""
        ...


@dataclass(slots=True)
class PlainChannel:
    """APDUs in the clear over a transport."""

    transport: Transport
    seconds: float = MAX_SECONDS
    exchanges: int = field(default=0, init=False)
    _began: float = field(default_factory=monotonic, init=False)

    def send(self, command: Command) -> Response:
        """Exchange one command.

        Raises:
            LimitExceededError: when the card never comes to an end, or takes longer than `seconds` in all.
        """
        response = self._exchange(command)
        if response.status >> 8 == _WRONG_LENGTH:
            response = self._exchange(replace(command, expected=response.status & 0xFF or SHORT_EXPECTED))
        return self._collect(command, response)

    def _collect(self, command: Command, response: Response) -> Response:
        parts = [response.data]
        total = len(response.data)
        while response.status >> 8 == _MORE_DATA:
            rest = response.status & 0xFF or SHORT_EXPECTED
            response = self._exchange(Command(command.cla & 0x03, _GET_RESPONSE, 0, 0, expected=rest))
            parts.append(response.data)
            total += len(response.data)
            if total > MAX_RESPONSE or (not response.data and response.status >> 8 == _MORE_DATA):
                raise LimitExceededError("answer never ends")
        return Response(b"".join(parts), response.status)

    def _exchange(self, command: Command) -> Response:
        self.exchanges += 1
        if self.exchanges > MAX_EXCHANGES:
            raise LimitExceededError("exchanges")
        if monotonic() - self._began > self.seconds:
            raise LimitExceededError("seconds")
        return Response.decode(self.transport.transmit(command.encode()))

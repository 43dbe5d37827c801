"""The one thing the reader asks of the world: a way to exchange an APDU.

It is synchronous: a chip answers one command at a time, and the kiosk runs a whole reading in a worker
thread. `kiosk.card.pcsc` gives the real one, `kiosk.card.emulator` two that need no hardware.
"""

from __future__ import annotations

from typing import Protocol


class Transport(Protocol):
    """Carries command APDUs to one card and its answers back."""

    def transmit(self, command: bytes) -> bytes:
        """Send a command APDU and give the whole answer, the two status bytes last.

        Raises:
            CardRemovedError: when the card left the field, now or at any time since the transport was made.
            TransportError: when the reader failed.
        """
        ...

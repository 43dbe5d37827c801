"""An emulated card as a transport in the same process, with the faults that live between card and reader."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from kiosk.card.emulator.application import EmulatedCard
from kiosk.card.emulator.chip import Misbehaviour
from kiosk.card.errors import CardRemovedError

_SLOW_SECONDS = 0.02
_READ = 0xB0


@dataclass(slots=True)
class EmulatedTransport:
    """Speaks to an emulated card directly (đầu đọc giả lập)."""

    card: EmulatedCard
    _pending: bytes = field(default=b"", init=False)
    _refused: bool = field(default=False, init=False)

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU.

        Raises:
            CardRemovedError: when the card was told to leave in mid-read.
        """
        faults = self.card.chip.faults
        due = self.card.exchanges >= self.card.chip.faulty_from
        if Misbehaviour.REMOVED in faults and due:
            raise CardRemovedError
        if Misbehaviour.SLOW in faults:
            time.sleep(_SLOW_SECONDS)
        if Misbehaviour.ENDLESS in faults and due:
            self.card.exchanges += 1
            return b"\x00\x61\x01"
        if Misbehaviour.HUGE_LENGTH in faults and due:
            self.card.exchanges += 1
            return bytes(70_000) + b"\x90\x00"
        return self._with_status_games(command, faults)

    def _with_status_games(self, command: bytes, faults: frozenset[Misbehaviour]) -> bytes:
        """61xx: give the answer in parts. 6Cxx: refuse the first length and name another."""
        if command[1] == 0xC0 and self._pending:
            return self._part()
        if (
            Misbehaviour.WRONG_LENGTH in faults
            and command[0] == 0
            and command[1] == _READ
            and not self._refused
        ):
            self._refused = True
            return b"\x6c\x20"
        answer = self.card.process(command)
        if Misbehaviour.MORE_DATA in faults and len(answer) > 34:
            self._pending = answer
            return b"\x61\x20"
        return answer

    def _part(self) -> bytes:
        body, status = self._pending[:-2], self._pending[-2:]
        part, rest = body[:32], body[32:]
        self._pending = rest + status if rest else b""
        return part + (bytes((0x61, min(len(rest), 32))) if rest else status)

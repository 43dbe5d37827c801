"""The elementary files of the chip and how they are read: select, then in pieces, never more than a limit.

The size of a piece starts at 223 bytes, which every reader and chip manages under secure messaging, grows
only where the link is known to take extended length, and shrinks where the chip complains (peers meet 6700,
6B00 and 6282).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kiosk.card import tlv
from kiosk.card.apdu import Command, Response
from kiosk.card.channel import Channel
from kiosk.card.errors import (
    LimitExceededError,
    MalformedDataError,
    MissingFileError,
    NotATravelDocumentError,
    ProtocolError,
    StatusError,
)

APPLICATION = bytes.fromhex("A0000002471001")
_NOT_FOUND = frozenset((0x6A82, 0x6A83, 0x6A88))
_FORBIDDEN = frozenset((0x6982, 0x6985, 0x6986))
_END_REACHED = 0x6282
_TOO_MUCH = frozenset((0x6700, 0x6B00, 0x6A86))
_SHORT_OFFSETS = 0x8000
_OFFSET, _DISCRETIONARY = 0x54, 0x53


class File(Enum):
    """A file of the chip: its identifier, the tag its content begins with, and the most bytes it may have."""

    CARD_ACCESS = (0x011C, 0x31, 4096)
    CARD_SECURITY = (0x011D, 0x30, 16384)
    COM = (0x011E, 0x60, 1024)
    SOD = (0x011D, 0x77, 32768)
    DG1 = (0x0101, 0x61, 256)
    DG2 = (0x0102, 0x75, 262144)
    DG11 = (0x010B, 0x6B, 8192)
    DG12 = (0x010C, 0x6C, 65536)
    DG13 = (0x010D, 0x6D, 16384)
    DG14 = (0x010E, 0x6E, 16384)
    DG15 = (0x010F, 0x6F, 8192)

    def __init__(self, identifier: int, tag: int, limit: int) -> None:
        self.identifier = identifier
        self.tag = tag
        self.limit = limit


DATA_GROUPS = {
    1: File.DG1,
    2: File.DG2,
    11: File.DG11,
    12: File.DG12,
    13: File.DG13,
    14: File.DG14,
    15: File.DG15,
}
DATA_GROUP_TAGS = {
    0x61: 1, 0x75: 2, 0x63: 3, 0x76: 4, 0x65: 5, 0x66: 6, 0x67: 7, 0x68: 8, 0x69: 9, 0x6A: 10,
    0x6B: 11, 0x6C: 12, 0x6D: 13, 0x6E: 14, 0x6F: 15, 0x70: 16,
}  # fmt: skip


@dataclass(slots=True)
class ChunkSize:
    """How many bytes one READ BINARY asks for; remembers what this reader and this chip can do."""

    current: int = 223
    maximum: int = 223
    _steps: tuple[int, ...] = (223, 160, 112)

    def shrink(self) -> bool:
        """Take the next smaller size; False when there is none."""
        smaller = next((size for size in self._steps if size < self.current), None)
        if smaller is None:
            return False
        self.current = self.maximum = smaller
        return True

    def grow(self) -> None:
        """Take the largest size, after a first piece went well."""
        self.current = self.maximum


def select_application(channel: Channel) -> None:
    """Select the ICAO application.

    Raises:
        NotATravelDocumentError: when the card has none.
    """
    response = channel.send(Command(0x00, 0xA4, 0x04, 0x0C, APPLICATION))
    if response.status in _NOT_FOUND or response.status in {0x6D00, 0x6E00}:
        raise NotATravelDocumentError(f"{response.status:04X}")
    response.require_ok("select application")


def select_file(channel: Channel, file: File) -> None:
    """Select a file.

    Raises:
        MissingFileError: when the chip has no such file, or keeps it for itself.
    """
    response = channel.send(Command(0x00, 0xA4, 0x02, 0x0C, file.identifier.to_bytes(2, "big")))
    if response.status in _NOT_FOUND or response.status in _FORBIDDEN:
        raise MissingFileError(file.name)
    response.require_ok(f"select {file.name}")


def read_file(channel: Channel, file: File, chunks: ChunkSize) -> bytes:
    """Select a file and read it whole.

    Raises:
        MissingFileError: when the chip has no such file, or keeps it for itself.
        MalformedDataError: when it does not begin with its tag.
        LimitExceededError: when it is larger than the file may be.
    """
    select_file(channel, file)
    data = bytearray(_piece(channel, 0, chunks.current, chunks))
    size = _announced(bytes(data), file)
    chunks.grow()
    while len(data) < size:
        data += _piece(channel, len(data), min(size - len(data), chunks.current), chunks)
    return bytes(data[:size])


def _announced(head: bytes, file: File) -> int:
    tag, length, header = tlv.read_header(head)
    if tag != file.tag:
        raise MalformedDataError(f"{file.name} begins with {tag:X}")
    if header + length > file.limit:
        raise LimitExceededError(file.name)
    return header + length


def _piece(channel: Channel, offset: int, wanted: int, chunks: ChunkSize) -> bytes:
    while True:
        response = channel.send(_read_command(offset, wanted))
        if response.status in _TOO_MUCH and chunks.shrink():
            wanted = min(wanted, chunks.current)
            continue
        return _content(response, offset, wanted)


def _read_command(offset: int, wanted: int) -> Command:
    if offset < _SHORT_OFFSETS:
        return Command(0x00, 0xB0, offset >> 8, offset & 0xFF, expected=wanted)
    where = tlv.encode(_OFFSET, offset.to_bytes(3 if offset > 0xFFFF else 2, "big"))
    return Command(0x00, 0xB1, 0, 0, where, wanted + 4 if wanted < 252 else wanted + 8)


def _content(response: Response, offset: int, wanted: int) -> bytes:
    if not response.ok and response.status != _END_REACHED:
        raise StatusError(response.status, "read binary")
    data = response.data
    if offset >= _SHORT_OFFSETS:
        data = tlv.read_exactly(data, _DISCRETIONARY).value
    if not data or len(data) > wanted + 8:
        raise ProtocolError("read binary gave nothing, or more than was asked for")
    return data[:wanted]

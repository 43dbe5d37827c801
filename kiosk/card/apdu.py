"""Command and response APDUs of ISO 7816-4: their bytes, in short and in extended form.

It knows no card and no meaning of an instruction. The repr shows the header only: data fields hold personal
data.
"""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from kiosk.card.errors import MalformedDataError, ProtocolError, StatusError

OK = 0x9000
WRONG_LENGTH = 0x6700
SHORT_DATA = 255
SHORT_EXPECTED = 256
EXTENDED_EXPECTED = 65536
MAX_RESPONSE = EXTENDED_EXPECTED + 2
_HEADER = 4


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """A command: header, data, and how many bytes are expected (None: no answer data; 256 and 65536: all)."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    expected: int | None = None

    @property
    def header(self) -> bytes:
        """The four bytes before the data."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    def encode(self) -> bytes:
        """The bytes on the wire; extended only where the short form cannot say it (ISO 7816-4, 5.2).

        >>> Command(0, 0xB0, 0, 4, expected=0x12).encode().hex()
        '00b0000412'
        """
        if len(self.data) > SHORT_DATA or (self.expected or 0) > SHORT_EXPECTED:
            return self._extended()
        body = bytes((len(self.data),)) + self.data if self.data else b""
        tail = b"" if self.expected is None else bytes((self.expected & 0xFF,))
        return self.header + body + tail

    def _extended(self) -> bytes:
        body = b"\0" + len(self.data).to_bytes(2, "big") + self.data if self.data else b""
        if self.expected is None:
            return self.header + body
        lead = b"" if self.data else b"\0"
        return self.header + body + lead + (self.expected & 0xFFFF).to_bytes(2, "big")

    @classmethod
    def decode(cls, raw: bytes) -> Command:
        """Read the bytes of a command, as a card does.

        Raises:
            MalformedDataError: when the lengths contradict each other.
        """
        if len(raw) < _HEADER:
            raise MalformedDataError("command header")
        head, body = raw[:_HEADER], raw[_HEADER:]
        data, expected = _decode_body(body)
        return cls(head[0], head[1], head[2], head[3], data, expected)

    @override
    def __repr__(self) -> str:
        return f"Command({self.header.hex().upper()}, {len(self.data)} bytes, expected={self.expected})"


def _decode_body(body: bytes) -> tuple[bytes, int | None]:
    if not body:
        return b"", None
    if len(body) == 1:
        return b"", body[0] or SHORT_EXPECTED
    if body[0]:
        return _split(body[1:], body[0], 1, SHORT_EXPECTED)
    if len(body) == 3:
        return b"", int.from_bytes(body[1:], "big") or EXTENDED_EXPECTED
    if len(body) < 3:
        raise MalformedDataError("command length")
    return _split(body[3:], int.from_bytes(body[1:3], "big"), 2, EXTENDED_EXPECTED)


def _split(rest: bytes, length: int, width: int, everything: int) -> tuple[bytes, int | None]:
    if len(rest) == length and length:
        return rest, None
    if len(rest) == length + width and length:
        return rest[:length], int.from_bytes(rest[length:], "big") or everything
    raise MalformedDataError("command length")


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """An answer: data and the status word."""

    data: bytes
    status: int

    @classmethod
    def decode(cls, raw: bytes) -> Response:
        """Read the bytes of an answer.

        Raises:
            ProtocolError: when it is too short to hold a status word, or longer than any answer.
        """
        if not 2 <= len(raw) <= MAX_RESPONSE:
            raise ProtocolError(f"answer of {len(raw)} bytes")
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))

    def encode(self) -> bytes:
        """The bytes on the wire."""
        return self.data + self.status.to_bytes(2, "big")

    @property
    def ok(self) -> bool:
        """Whether the card says that all went well."""
        return self.status == OK

    def require_ok(self, what: str) -> Response:
        """Itself, when all went well.

        Raises:
            StatusError: with the status word and the name of what was tried.
        """
        if not self.ok:
            raise StatusError(self.status, what)
        return self

    @override
    def __repr__(self) -> str:
        return f"Response({len(self.data)} bytes, {self.status:04X})"

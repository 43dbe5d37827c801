"""Secure messaging of ICAO 9303-11, 9.8: every command encrypted and authenticated, every answer checked.

Works on both sides: the reader wraps commands and opens answers, the emulated card does the opposite. After
the first wrong MAC the session is dead for good, so nothing read later can belong to another card.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.card import tlv
from kiosk.card.apdu import SHORT_DATA, SHORT_EXPECTED, Command, Response
from kiosk.card.channel import PlainChannel
from kiosk.card.errors import CardError, MalformedDataError, SecureMessagingError
from kiosk.card.symmetric import MAC_SIZE, BlockCipher, pad, same, unpad

DATA_EVEN = 0x87
DATA_ODD = 0x85
EXPECTED = 0x97
STATUS = 0x99
CHECKSUM = 0x8E
_PROTECTED = 0x0C
_PADDED = b"\x01"
_STATUS_SIZE = 2


@dataclass(slots=True, repr=False)
class SecureSession:
    """The keys and the send sequence counter of one session."""

    cipher: BlockCipher
    counter: int = 0

    def advance(self) -> bytes:
        """Count one message and give the counter's bytes."""
        self.counter = (self.counter + 1) % (1 << 8 * self.cipher.block)
        return self.counter.to_bytes(self.cipher.block, "big")

    def seal(self, data: bytes, counter: bytes) -> bytes:
        """Encrypt data of any length."""
        return self.cipher.encrypt(pad(data, self.cipher.block), counter)

    def open(self, data: bytes, counter: bytes) -> bytes:
        """Decrypt to the original length."""
        if not data or len(data) % self.cipher.block:
            raise SecureMessagingError("cipher text length")
        try:
            return unpad(self.cipher.decrypt(data, counter))
        except MalformedDataError as error:
            raise SecureMessagingError("padding") from error

    def mac(self, counter: bytes, *parts: bytes) -> bytes:
        """The checksum over the counter and parts that are padded together."""
        return self.cipher.mac(pad(counter + b"".join(parts), self.cipher.block))


def wrap_command(session: SecureSession, command: Command) -> Command:
    """The protected form of a command (9.8.4)."""
    counter = session.advance()
    head = bytes((command.cla | _PROTECTED, command.ins, command.p1, command.p2))
    body = b""
    if command.data:
        sealed = session.seal(command.data, counter)
        odd = command.ins & 1
        body = tlv.encode(DATA_ODD, sealed) if odd else tlv.encode(DATA_EVEN, _PADDED, sealed)
    if command.expected is not None:
        body += tlv.encode(EXPECTED, _encode_expected(command.expected))
    mac = session.mac(counter, pad(head, session.cipher.block), body)
    data = body + tlv.encode(CHECKSUM, mac)
    longest = (command.expected or 0) > SHORT_EXPECTED or len(data) > SHORT_DATA
    return Command(head[0], head[1], head[2], head[3], data, 65536 if longest else SHORT_EXPECTED)


def _encode_expected(expected: int) -> bytes:
    if expected <= SHORT_EXPECTED:
        return bytes((expected & 0xFF,))
    return (expected & 0xFFFF).to_bytes(2, "big")


def unwrap_command(session: SecureSession, command: Command) -> Command:
    """The plain command inside a protected one, as the card sees it.

    Raises:
        SecureMessagingError: when the checksum or the form is wrong.
    """
    counter = session.advance()
    items = _items(command.data)
    checksum = items.pop(CHECKSUM, b"")
    body = command.data[: len(command.data) - len(tlv.encode(CHECKSUM, checksum))]
    expected_mac = session.mac(counter, pad(command.header, session.cipher.block), body)
    if len(checksum) != MAC_SIZE or not same(checksum, expected_mac):
        raise SecureMessagingError("command checksum")
    data = b""
    if DATA_EVEN in items:
        data = session.open(items[DATA_EVEN][1:], counter)
    elif DATA_ODD in items:
        data = session.open(items[DATA_ODD], counter)
    expected = None
    if EXPECTED in items:
        raw = items[EXPECTED]
        expected = int.from_bytes(raw, "big") or (SHORT_EXPECTED if len(raw) == 1 else 65536)
    return Command(command.cla & ~_PROTECTED, command.ins, command.p1, command.p2, data, expected)


def wrap_response(session: SecureSession, response: Response, *, odd: bool = False) -> Response:
    """The protected form of an answer, as the card sends it."""
    counter = session.advance()
    body = b""
    if response.data:
        sealed = session.seal(response.data, counter)
        body = tlv.encode(DATA_ODD, sealed) if odd else tlv.encode(DATA_EVEN, _PADDED, sealed)
    body += tlv.encode(STATUS, response.status.to_bytes(2, "big"))
    return Response(body + tlv.encode(CHECKSUM, session.mac(counter, body)), response.status)


def unwrap_response(session: SecureSession, response: Response, *, odd: bool = False) -> Response:
    """The answer inside a protected one.

    Raises:
        SecureMessagingError: when protection is missing, or the checksum, the form or the status is wrong.
    """
    counter = session.advance()
    if not response.data:
        raise SecureMessagingError(f"unprotected answer {response.status:04X}")
    items = _items(response.data)
    checksum = items.pop(CHECKSUM, b"")
    body = response.data[: len(response.data) - len(tlv.encode(CHECKSUM, checksum))]
    if len(checksum) != MAC_SIZE or not same(checksum, session.mac(counter, body)):
        raise SecureMessagingError("answer checksum")
    status = items.get(STATUS, b"")
    if len(status) != _STATUS_SIZE or int.from_bytes(status, "big") != response.status:
        raise SecureMessagingError("status differs")
    wanted, other = (DATA_ODD, DATA_EVEN) if odd else (DATA_EVEN, DATA_ODD)
    if other in items:
        raise SecureMessagingError("data object of the other kind")
    sealed = items.get(wanted)
    if sealed is None:
        return Response(b"", response.status)
    if not odd:
        if sealed[:1] != _PADDED:
            raise SecureMessagingError("padding indicator")
        sealed = sealed[1:]
    return Response(session.open(sealed, counter), response.status)


_ALLOWED = frozenset((DATA_EVEN, DATA_ODD, EXPECTED, STATUS, CHECKSUM))


def _items(data: bytes) -> dict[int, bytes]:
    """Each object once, nothing unknown, the checksum last."""
    try:
        found = tuple(tlv.parse_all(data))
    except CardError as error:
        raise SecureMessagingError("objects") from error
    items = {item.tag: item.value for item in found}
    if len(items) != len(found) or not _ALLOWED.issuperset(items) or (found and found[-1].tag != CHECKSUM):
        raise SecureMessagingError("objects")
    return items


@dataclass(slots=True)
class SecureChannel:
    """A channel that protects every command of one session."""

    plain: PlainChannel
    session: SecureSession
    broken: bool = field(default=False, init=False)

    def send(self, command: Command) -> Response:
        """Exchange one protected command.

        Raises:
            SecureMessagingError: when the answer does not belong to this session; every later call too.
        """
        if self.broken:
            raise SecureMessagingError("session is over")
        # Cleared only by a full success: also a removal in mid-exchange leaves the counters apart.
        self.broken = True
        protected = wrap_command(self.session, command)
        answer = self.plain.send(protected)
        response = unwrap_response(self.session, answer, odd=bool(command.ins & 1))
        self.broken = False
        return response

"""The ISO 7816 application of an emulated citizen card: commands in, answers out, state between.

It behaves as the Vietnamese card is known to: selecting the master file is refused, DG3 is forbidden, files
open only under secure messaging. Faults are laid over it by `kiosk.card.emulator.faults`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.card import tlv
from kiosk.card.apdu import OK, WRONG_LENGTH, Command, Response
from kiosk.card.emulator.access_control import ChipBac, ChipPace, WrongPasswordError, chip_authentication
from kiosk.card.emulator.chip import Chip, Misbehaviour
from kiosk.card.emulator.issuer import TestIssuer
from kiosk.card.emulator.signer import sign_challenge
from kiosk.card.errors import CardError
from kiosk.card.files import APPLICATION, File
from kiosk.card.keys import AccessKey
from kiosk.card.secure_messaging import SecureSession, unwrap_command, wrap_response

_SECURE = 0x0C
_MASTER_FILES = {0x011C: File.CARD_ACCESS, 0x011D: File.CARD_SECURITY}
_APPLICATION_FILES = {
    file.identifier: file for file in File if file not in {File.CARD_ACCESS, File.CARD_SECURITY}
}
_FINGERPRINTS = 0x0103
NOT_FOUND, FORBIDDEN, BAD_DATA, UNKNOWN, SM_WRONG, DENIED = 0x6A82, 0x6982, 0x6A80, 0x6D00, 0x6988, 0x6300
BEYOND, END = 0x6B00, 0x6282


def _status(status: int) -> Response:
    return Response(b"", status)


@dataclass(slots=True)
class EmulatedCard:
    """A citizen card that exists in memory only (thẻ giả lập)."""

    chip: Chip
    session: SecureSession | None = field(default=None, init=False)
    exchanges: int = field(default=0, init=False)
    _pace: ChipPace | None = field(default=None, init=False)
    _bac: ChipBac | None = field(default=None, init=False)
    _next_session: SecureSession | None = field(default=None, init=False)
    _in_application: bool = field(default=False, init=False)
    _selected: File | None = field(default=None, init=False)
    _ca_selected: bool = field(default=False, init=False)

    @property
    def keys(self) -> tuple[AccessKey, ...]:
        """Keys that open it: the access number, then the MRZ key."""
        return (self.chip.can, self.chip.mrz_key)

    @property
    def issuer(self) -> TestIssuer:
        """Who signed it."""
        return self.chip.issuer

    def reset(self) -> None:
        """Power off and on: every session is gone."""
        self.__init__(self.chip)  # type: ignore[misc]  # a fresh card with the same content is exactly what a reset is

    def process(self, raw: bytes) -> bytes:
        """One command APDU in, one answer out; never raises for what a terminal may send."""
        self.exchanges += 1
        try:
            command = Command.decode(raw)
        except CardError:
            return _status(0x6700).encode()
        if command.cla & _SECURE == _SECURE:
            return self._secure(command).encode()
        # A plain command ends secure messaging (ICAO 9303-11, 9.8.3).
        self.session = None
        return self._dispatch(command).encode()

    def _secure(self, command: Command) -> Response:
        session = self.session
        if session is None:
            return _status(SM_WRONG)
        try:
            plain = unwrap_command(session, command)
        except CardError:
            self.session = None
            return _status(SM_WRONG)
        answer, odd = self._dispatch(plain), bool(plain.ins & 1)
        before = session.counter
        protected = wrap_response(session, answer, odd=odd)
        if len(protected.data) > (command.expected or 0):
            session.counter = before
            protected = wrap_response(session, _status(WRONG_LENGTH), odd=odd)
        if self._next_session is not None:
            self.session, self._next_session = self._next_session, None
        if Misbehaviour.WRONG_MAC in self.chip.faults and self.exchanges > self.chip.faulty_from:
            protected = Response(protected.data[:-1] + bytes((protected.data[-1] ^ 1,)), protected.status)
        return protected

    def _dispatch(self, command: Command) -> Response:
        handlers: dict[int, Callable[[Command], Response]] = {
            0xA4: self._select,
            0xB0: self._read,
            0xB1: self._read_far,
            0x22: self._manage,
            0x86: self._general_authenticate,
            0x84: self._challenge,
            0x82: self._external_authenticate,
            0x88: self._internal_authenticate,
        }
        handler = handlers.get(command.ins)
        if handler is None:
            return _status(UNKNOWN)
        try:
            return handler(command)
        except WrongPasswordError:
            self._pace = self._bac = None
            return _status(DENIED)
        except (CardError, IndexError):
            self._pace = self._bac = None
            return _status(BAD_DATA)

    def _select(self, command: Command) -> Response:
        if command.p1 == 0x04:
            if command.data != APPLICATION:
                return _status(NOT_FOUND)
            if self._in_application:
                # As an applet does that is selected anew: what was agreed is forgotten.
                self.session = None
            self._in_application, self._selected = True, None
            return _status(OK)
        if command.p1 != 0x02 or len(command.data) != 2:
            return _status(UNKNOWN)
        return self._select_file(int.from_bytes(command.data, "big"))

    def _select_file(self, identifier: int) -> Response:
        if self._in_application and (self.session is None or identifier == _FINGERPRINTS):
            return _status(FORBIDDEN)
        table = _APPLICATION_FILES if self._in_application else _MASTER_FILES
        file = table.get(identifier)
        if file is None or file not in self.chip.files:
            return _status(NOT_FOUND)
        self._selected = file
        return _status(OK)

    def _content(self) -> bytes | None:
        if self._selected is None or (self._in_application and self.session is None):
            return None
        return self.chip.files[self._selected]

    def _read(self, command: Command) -> Response:
        content = self._content()
        if content is None:
            return _status(FORBIDDEN)
        return self._slice(content, command.p1 << 8 | command.p2, command.expected or 0)

    def _read_far(self, command: Command) -> Response:
        content = self._content()
        if content is None:
            return _status(FORBIDDEN)
        offset = int.from_bytes(tlv.read_exactly(command.data, 0x54).value, "big")
        wanted = (command.expected or 0) - 4
        answer = self._slice(content, offset, wanted if wanted < 124 else wanted - 4)
        return Response(tlv.encode(0x53, answer.data), answer.status) if answer.data else answer

    def _slice(self, content: bytes, offset: int, wanted: int) -> Response:
        if offset >= len(content):
            return _status(BEYOND)
        if Misbehaviour.SMALL_CHUNKS in self.chip.faults and wanted > 112:
            return _status(0x6700)
        if Misbehaviour.SHORT_ANSWERS in self.chip.faults:
            wanted = min(wanted, 50)
        part = content[offset : offset + wanted]
        return Response(part, OK if len(part) == wanted else END)

    def _manage(self, command: Command) -> Response:
        mode = command.p1, command.p2
        if mode == (0xC1, 0xA4):
            self._pace = ChipPace.select(self.chip, command.data)
            return _status(OK)
        if self.chip.ca_key is None or self.session is None:
            return _status(BAD_DATA)
        if mode == (0x41, 0xA4):
            self._ca_selected = True
            return _status(OK)
        if mode == (0x41, 0xA6):
            public = tlv.get(tuple(tlv.parse_all(command.data)), 0x91).value
            self._next_session = self._chip_session(public)
            return _status(OK)
        return _status(BAD_DATA)

    def _general_authenticate(self, command: Command) -> Response:
        if self._pace is not None:
            answer = self._pace.answer(command.data)
            if self._pace.session is not None:
                self.session, self._pace = self._pace.session, None
            return Response(answer, OK)
        if self._ca_selected and self.session is not None:
            public = tlv.get(tlv.read_exactly(command.data, 0x7C).children(), 0x80).value
            self._next_session = self._chip_session(public)
            return Response(bytes.fromhex("7C00"), OK)
        return _status(BAD_DATA)

    def _chip_session(self, public: bytes) -> SecureSession:
        key = self.chip.ca_key
        if key is None:
            raise CardError("no key")
        session = chip_authentication(key, public)
        if Misbehaviour.NO_CA_KEY in self.chip.faults:
            session.counter = 1
        return session

    def _challenge(self, _command: Command) -> Response:
        if not (self.chip.bac and self._in_application):
            return _status(UNKNOWN)
        self._bac = ChipBac(self.chip)
        return Response(self._bac.challenge, OK)

    def _external_authenticate(self, command: Command) -> Response:
        if self._bac is None:
            return _status(0x6985)
        answer, self.session = self._bac.answer(command.data)
        self._bac = None
        return Response(answer, OK)

    def _internal_authenticate(self, command: Command) -> Response:
        if self.chip.aa_key is None or self.session is None:
            return _status(FORBIDDEN)
        signature = sign_challenge(self.chip.aa_key, command.data)
        if Misbehaviour.NO_AA_KEY in self.chip.faults:
            signature = bytes(reversed(signature))
        return Response(signature, OK)

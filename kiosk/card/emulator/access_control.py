"""The chip's side of PACE, BAC and chip authentication, one step per command.

Uses the reader's arithmetic but none of its protocol code, so a slip in one is not repeated in the other; an
oracle outside the project (OpenPACE) checks both.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from kiosk.card import oids, tlv
from kiosk.card.bac import KEY, NONCE, BacNonces, document_cipher, opened, sealed, session_of
from kiosk.card.emulator.chip import Chip, ChipKey
from kiosk.card.errors import CardError
from kiosk.card.groups import Group
from kiosk.card.integrated_mapping import field_element
from kiosk.card.keys import Can, MrzKey
from kiosk.card.public_keys import standard_group
from kiosk.card.secure_messaging import SecureSession
from kiosk.card.security_infos import Mapping
from kiosk.card.symmetric import (
    ENC,
    MAC,
    PACE,
    Aes,
    cbc_zero_iv,
    cipher_of,
    derive_key,
    pad,
    same,
    session_cipher,
    token,
)

_DYNAMIC = 0x7C
_REFERENCES = {b"\x01": "mrz", b"\x02": "can"}


class WrongPasswordError(CardError):
    """The terminal does not know the password."""

    code = "emulator.wrong_password"


def _private(order: int) -> int:
    return secrets.randbelow(order - 1) + 1


@dataclass(slots=True)
class ChipPace:
    """One run of PACE on the chip; `answer` takes one GENERAL AUTHENTICATE after the other."""

    chip: Chip
    password: Can | MrzKey
    private: Any = _private
    group: Group[Any] = field(init=False)
    session: SecureSession | None = field(default=None, init=False)
    _nonce: bytes = b""
    _step: int = 0
    _mapping_private: int = 0
    _keys: tuple[bytes, bytes] = (b"", b"")
    _publics: tuple[Any, Any] = (None, None)

    def __post_init__(self) -> None:
        info = self.chip.pace
        if info is None or info.parameters is None:
            raise CardError("no pace")
        self.group = standard_group(info.parameters)

    @classmethod
    def select(cls, chip: Chip, data: bytes) -> ChipPace:
        """Begin with the data of MSE:Set AT."""
        items = tuple(tlv.parse_all(data))
        if chip.pace is None or tlv.get(items, 0x80).value != oids.encode(chip.pace.oid):
            raise CardError("protocol")
        kind = _REFERENCES.get(tlv.get(items, 0x83).value)
        return cls(chip, chip.can if kind == "can" else chip.mrz_key)

    def answer(self, data: bytes) -> bytes:
        """The answer to one step.

        Raises:
            WrongPasswordError: at the last step, when the token is wrong.
        """
        items = tlv.read_exactly(data, _DYNAMIC).children()
        step = (self._send_nonce, self._map, self._agree, self._authenticate)[self._step]
        self._step += 1
        return tlv.encode(_DYNAMIC, step(items))

    @property
    def _info(self) -> Any:
        return self.chip.pace

    def _send_nonce(self, _items: tuple[tlv.Tlv, ...]) -> bytes:
        suite = self._info.suite
        self._nonce = secrets.token_bytes(32 if suite.key_size > 16 else 16)
        key = derive_key(self.password.secret, PACE, suite)
        return tlv.encode(0x80, cbc_zero_iv(key, suite, self._nonce, decrypt=False))

    def _map(self, items: tuple[tlv.Tlv, ...]) -> bytes:
        theirs = tlv.get(items, 0x81).value
        if self._info.mapping is Mapping.INTEGRATED:
            self.group = self.group.mapped_integrated(
                field_element(self._nonce, theirs, self._info.suite, self.group)
            )
            return tlv.encode(0x82)
        base = self.group
        self._mapping_private = self.private(base.order)
        answer = base.encode(base.public(self._mapping_private))
        shared = base.agree(self._mapping_private, base.decode(theirs))
        self.group = base.mapped_generic(int.from_bytes(self._nonce, "big"), shared)
        return tlv.encode(0x82, answer)

    def _agree(self, items: tuple[tlv.Tlv, ...]) -> bytes:
        theirs = self.group.decode(tlv.get(items, 0x83).value)
        mine = self.private(self.group.order)
        self._publics = self.group.public(mine), theirs
        secret = self.group.secret(self.group.agree(mine, theirs))
        suite = self._info.suite
        self._keys = derive_key(secret, ENC, suite), derive_key(secret, MAC, suite)
        return tlv.encode(0x84, self.group.encode(self._publics[0]))

    def _authenticate(self, items: tuple[tlv.Tlv, ...]) -> bytes:
        if not same(tlv.get(items, 0x85).value, self._token(self._publics[0])):
            raise WrongPasswordError
        answer = tlv.encode(0x86, self._token(self._publics[1]))
        if self._info.mapping is Mapping.CHIP_AUTHENTICATION:
            answer += tlv.encode(0x8A, self._chip_data())
        self.session = SecureSession(cipher_of(self._info.suite, *self._keys))
        return answer

    def _token(self, element: Any) -> bytes:
        identifier = tlv.encode(0x06, oids.encode(self._info.oid))
        key = tlv.encode(self.group.public_key_tag, self.group.encode(element))
        return token(self._keys[1], self._info.suite, tlv.encode(0x7F49, identifier, key))

    def _chip_data(self) -> bytes:
        """The mapping key divided by the static key, encrypted (ICAO 9303-11, 4.4.3.5.2)."""
        static = self.chip.ca_key
        if static is None:
            raise CardError("no static key")
        quotient = self._mapping_private * pow(static.private, -1, static.group.order) % static.group.order
        plain = quotient.to_bytes((static.group.order.bit_length() + 7) // 8, "big")
        cipher = Aes(self._keys[0], self._keys[1])
        return cipher.encrypt(pad(plain, 16), b"\xff" * 16)


@dataclass(slots=True)
class ChipBac:
    """One run of BAC on the chip."""

    chip: Chip
    challenge: bytes = field(default_factory=lambda: secrets.token_bytes(NONCE))

    def answer(self, data: bytes) -> tuple[bytes, SecureSession]:
        """The answer to EXTERNAL AUTHENTICATE, with the session that begins.

        Raises:
            WrongPasswordError: when the terminal has another key.
        """
        cipher = document_cipher(self.chip.mrz_key)
        plain = opened(cipher, data) if len(data) == 40 else None
        if plain is None or plain[8:16] != self.challenge:
            raise WrongPasswordError
        nonces = BacNonces(self.challenge, plain[:8])
        ours = secrets.token_bytes(KEY)
        answer = sealed(cipher, nonces.chip + nonces.terminal + ours)
        return answer, session_of(nonces, plain[16:], ours)


def chip_authentication(key: ChipKey, public: bytes) -> SecureSession:
    """The session after chip authentication with the terminal's ephemeral key."""
    secret = key.group.secret(key.group.agree(key.private, key.group.decode(public)))
    return SecureSession(session_cipher(secret, key.suite))

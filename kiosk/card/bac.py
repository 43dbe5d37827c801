"""Basic access control (ICAO 9303-11, 4.3): the older lock, opened with the MRZ key and 3DES.

Weak by today's measure; used only where a chip has no PACE or refuses the access number.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.card.apdu import Command
from kiosk.card.channel import PlainChannel
from kiosk.card.errors import AccessDeniedError, ProtocolError
from kiosk.card.keys import MrzKey
from kiosk.card.secure_messaging import SecureChannel, SecureSession
from kiosk.card.symmetric import BlockCipher, Suite, pad, same, session_cipher

NONCE = 8
KEY = 16
_ANSWER = 40
_NO_COUNTER = b""


@dataclass(frozen=True, slots=True)
class BacNonces:
    """The two random values of one run, of the chip and of the terminal."""

    chip: bytes
    terminal: bytes

    @property
    def counter(self) -> int:
        """The send sequence counter that a session begins with."""
        return int.from_bytes(self.chip[4:] + self.terminal[4:], "big")


def document_cipher(key: MrzKey) -> BlockCipher:
    """The cipher with the document basic access keys."""
    return session_cipher(key.secret[:KEY], Suite.TRIPLE_DES)


def sealed(cipher: BlockCipher, plain: bytes) -> bytes:
    """Encrypted blocks with their MAC after them."""
    encrypted = cipher.encrypt(plain, _NO_COUNTER)
    return encrypted + cipher.mac(pad(encrypted, cipher.block))


def opened(cipher: BlockCipher, data: bytes) -> bytes | None:
    """The inverse of `sealed`; None when the MAC is wrong."""
    body, checksum = data[:-8], data[-8:]
    if not same(checksum, cipher.mac(pad(body, cipher.block))):
        return None
    return cipher.decrypt(body, _NO_COUNTER)


def session_of(nonces: BacNonces, terminal_key: bytes, chip_key: bytes) -> SecureSession:
    """The session that both sides hold after the exchange."""
    seed = bytes(a ^ b for a, b in zip(terminal_key, chip_key, strict=True))
    return SecureSession(session_cipher(seed, Suite.TRIPLE_DES), nonces.counter)


def run_bac(
    plain: PlainChannel, key: MrzKey, *, random: Callable[[int], bytes] = secrets.token_bytes
) -> SecureChannel:
    """Open the chip with one MRZ key; the ICAO application must be selected.

    Raises:
        AccessDeniedError: when the key is not this chip's.
        ProtocolError: when the chip does not follow the protocol.
    """
    challenge = plain.send(Command(0x00, 0x84, 0, 0, expected=NONCE)).require_ok("challenge").data
    if len(challenge) != NONCE:
        raise ProtocolError("challenge length")
    nonces = BacNonces(challenge, random(NONCE))
    ours = random(KEY)
    cipher = document_cipher(key)
    request = sealed(cipher, nonces.terminal + nonces.chip + ours)
    response = plain.send(Command(0x00, 0x82, 0, 0, request, _ANSWER))
    if not response.ok:
        raise AccessDeniedError(f"bac {response.status:04X}")
    answer = opened(cipher, response.data) if len(response.data) == _ANSWER else None
    if answer is None or answer[:16] != nonces.chip + nonces.terminal:
        raise ProtocolError("bac answer")
    return SecureChannel(plain, session_of(nonces, ours, answer[16:]))

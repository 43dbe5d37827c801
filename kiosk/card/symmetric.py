"""The block ciphers of ICAO 9303-11 (9.8): key derivation, encryption, MAC, padding, for 3DES and for AES.

`TripleDes` exists because chips still speak it, for nothing else. MACs are compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES as OldDes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from kiosk.card.errors import MalformedDataError

MAC_SIZE = 8
ENC = 1
MAC = 2
PACE = 3


class Suite(Enum):
    """A block cipher and the length of its key in bytes."""

    TRIPLE_DES = ("3des", 16, 8)
    AES_128 = ("aes", 16, 16)
    AES_192 = ("aes", 24, 16)
    AES_256 = ("aes", 32, 16)

    def __init__(self, family: str, key_size: int, block: int) -> None:
        self.family = family
        self.key_size = key_size
        self.block = block


def derive_key(secret: bytes, counter: int, suite: Suite) -> bytes:
    """KDF of ICAO 9303-11, 9.7.1: SHA-1 for 112 and 128 bits, SHA-256 for longer keys.

    >>> derive_key(bytes.fromhex("239AB9CB282DAF66231DC5A4DF6BFBAE"), ENC, Suite.TRIPLE_DES).hex()
    'ab94fdecf2674fdfb9b391f85d7f76f2'
    """
    material = secret + counter.to_bytes(4, "big")
    if suite.key_size > 16:
        return hashlib.sha256(material).digest()[: suite.key_size]
    key = hashlib.sha1(material, usedforsecurity=False).digest()[: suite.key_size]
    return _with_parity(key) if suite is Suite.TRIPLE_DES else key


def _with_parity(key: bytes) -> bytes:
    return bytes((byte & 0xFE) | (1 ^ ((byte >> 1).bit_count() & 1)) for byte in key)


def pad(data: bytes, block: int) -> bytes:
    """Padding method 2 of ISO 9797-1: a one bit, then zeros."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes) -> bytes:
    """Take the padding off again.

    Raises:
        MalformedDataError: when there is none.
    """
    bare = data.rstrip(b"\0")
    if not bare or bare[-1] != 0x80:
        raise MalformedDataError("padding")
    return bare[:-1]


class BlockCipher(Protocol):
    """Encrypts and authenticates whole blocks with the two keys of a session."""

    @property
    def block(self) -> int:
        """Bytes in a block."""
        ...

    def encrypt(self, data: bytes, counter: bytes) -> bytes:
        """Encrypt padded data; `counter` is the send sequence counter."""
        ...

    def decrypt(self, data: bytes, counter: bytes) -> bytes:
        """The inverse of `encrypt`."""
        ...

    def mac(self, data: bytes) -> bytes:
        """The eight-byte MAC over data that is already padded to whole blocks."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class TripleDes:
    """3DES in CBC mode with zero IV, and the retail MAC (ISO 9797-1, algorithm 3)."""

    key_enc: bytes
    key_mac: bytes
    block: int = 8

    def encrypt(self, data: bytes, counter: bytes) -> bytes:
        """Encrypt padded data."""
        return cbc_zero_iv(self.key_enc, Suite.TRIPLE_DES, data, decrypt=False)

    def decrypt(self, data: bytes, counter: bytes) -> bytes:
        """Decrypt whole blocks."""
        return cbc_zero_iv(self.key_enc, Suite.TRIPLE_DES, data, decrypt=True)

    def mac(self, data: bytes) -> bytes:
        """The retail MAC."""
        first, second = self.key_mac[:8], self.key_mac[8:]
        chained = _des(first, data)[-8:]
        return _des(first, _des(second, chained, decrypt=True))


def _des(key: bytes, data: bytes, *, decrypt: bool = False) -> bytes:
    """One CBC run of 3DES with a zero IV: of single DES, of which the retail MAC is made, where the key has 8 bytes."""
    whole = (key * 3)[:24]
    cipher = Cipher(OldDes(whole), modes.CBC(bytes(8)))
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()


@dataclass(frozen=True, slots=True, repr=False)
class Aes:
    """AES in CBC mode with the encrypted counter as IV, and CMAC cut to eight bytes (ICAO 9303-11, 9.8.6)."""

    key_enc: bytes
    key_mac: bytes
    block: int = 16

    def encrypt(self, data: bytes, counter: bytes) -> bytes:
        """Encrypt padded data."""
        worker = Cipher(algorithms.AES(self.key_enc), modes.CBC(self._iv(counter))).encryptor()
        return worker.update(data) + worker.finalize()

    def decrypt(self, data: bytes, counter: bytes) -> bytes:
        """Decrypt whole blocks."""
        worker = Cipher(algorithms.AES(self.key_enc), modes.CBC(self._iv(counter))).decryptor()
        return worker.update(data) + worker.finalize()

    def mac(self, data: bytes) -> bytes:
        """CMAC, first eight bytes."""
        worker = CMAC(algorithms.AES(self.key_mac))
        worker.update(data)
        return worker.finalize()[:MAC_SIZE]

    def _iv(self, counter: bytes) -> bytes:
        worker = Cipher(algorithms.AES(self.key_enc), modes.ECB()).encryptor()  # noqa: S305 - one block, by the standard
        return worker.update(counter) + worker.finalize()


def session_cipher(secret: bytes, suite: Suite) -> BlockCipher:
    """The cipher whose two keys are derived from a shared secret."""
    return cipher_of(suite, derive_key(secret, ENC, suite), derive_key(secret, MAC, suite))


def cipher_of(suite: Suite, key_enc: bytes, key_mac: bytes) -> BlockCipher:
    """The cipher with two given keys."""
    if suite is Suite.TRIPLE_DES:
        return TripleDes(key_enc, key_mac)
    return Aes(key_enc, key_mac)


def cbc_zero_iv(key: bytes, suite: Suite, data: bytes, *, decrypt: bool) -> bytes:
    """One CBC run with a zero IV, as PACE uses for its nonce (ICAO 9303-11, 4.4.3.3)."""
    if suite is Suite.TRIPLE_DES:
        return _des(key, data, decrypt=decrypt)
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(16)))
    worker = cipher.decryptor() if decrypt else cipher.encryptor()
    return worker.update(data) + worker.finalize()


def token(key_mac: bytes, suite: Suite, data: bytes) -> bytes:
    """The eight-byte authentication token of PACE over unpadded data (ICAO 9303-11, 4.4.3.4)."""
    if suite is Suite.TRIPLE_DES:
        return TripleDes(key_mac, key_mac).mac(pad(data, 8))
    return Aes(key_mac, key_mac).mac(data)


def same(left: bytes, right: bytes) -> bool:
    """Whether two MACs are equal, in constant time."""
    return hmac.compare_digest(left, right)

"""Per-school keys: AES-256-GCM to seal, HMAC-SHA-256 to index.

A sealed value carries the id of its key, so that keys can be rotated while the system runs. The blind index
lets the core find a citizen number without being able to read it; it is keyed per school, so that two
schools' dumps cannot be joined. What this does not do: hide lengths, or protect from someone who holds both
the database and the master key.
"""

from __future__ import annotations

import functools
import hmac
import os
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.values.ids import SchoolId

MASTER_KEY_BYTES = 32
PLATFORM = SchoolId(UUID(int=0))
"""Whose keys index what belongs to no school: wrong sign-ins, staff numbers. No school has this id."""
_NONCE_BYTES = 12
_VERSION = b"\x01"
_KEY_ID_BYTES = 4


class SealedDataError(Exception):
    """A sealed value cannot be opened: wrong key, wrong place, or altered."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The secret from which every school's keys are derived."""

    value: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.value) != MASTER_KEY_BYTES:
            raise ValueError("a master key is 32 bytes")

    @property
    def key_id(self) -> bytes:
        """Four bytes that name the key and reveal nothing of it."""
        return sha256(b"congtruong-key-id" + self.value).digest()[:_KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class SchoolKeys:
    """Seals and indexes the data of one school."""

    school_id: SchoolId
    _current: MasterKey = field(repr=False)
    _previous: tuple[MasterKey, ...] = field(repr=False, default=())

    def seal(self, plaintext: str, label: str) -> bytes:
        """Encrypt `plaintext`; `label` (for example `student.citizen_id`) must be given again to open it.

        Layout: version, key id (4), nonce (12), ciphertext with tag.
        """
        nonce = os.urandom(_NONCE_BYTES)
        head = _VERSION + self._current.key_id
        aad = head + self.school_id.bytes + label.encode()
        sealed = AESGCM(self._derive(self._current, "seal")).encrypt(nonce, plaintext.encode(), aad)
        return head + nonce + sealed

    def open(self, sealed: bytes, label: str) -> str:
        """Decrypt a sealed value.

        Raises:
            SealedDataError: when the key is unknown, the label differs or a byte was changed.
        """
        head, rest = sealed[: 1 + _KEY_ID_BYTES], sealed[1 + _KEY_ID_BYTES :]
        for master in (self._current, *self._previous):
            if head == _VERSION + master.key_id:
                aad = head + self.school_id.bytes + label.encode()
                try:
                    plain = AESGCM(self._derive(master, "seal")).decrypt(
                        rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], aad
                    )
                except (InvalidTag, ValueError) as error:
                    raise SealedDataError("a sealed value was altered or moved") from error
                return plain.decode()
        raise SealedDataError("no key for this sealed value")

    def blind_index(self, value: str, label: str) -> bytes:
        """The keyed fingerprint (32 bytes) under which `value` is found."""
        key = self._derive(self._current, "index")
        return hmac.digest(key, label.encode() + b"\x00" + value.encode(), "sha256")

    def _derive(self, master: MasterKey, use: str) -> bytes:
        return _derived(master.value, self.school_id.bytes, use)


@functools.lru_cache(maxsize=4096)
def _derived(master: bytes, school: bytes, use: str) -> bytes:
    """HKDF-SHA-256; remembered, because every sealed value asks for it."""
    info = b"congtruong/" + use.encode() + b"/" + school
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Hands out the keys of a school."""

    current: MasterKey = field(repr=False)
    previous: tuple[MasterKey, ...] = field(repr=False, default=())

    def for_school(self, school_id: SchoolId) -> SchoolKeys:
        """The keys of one school."""
        return SchoolKeys(school_id, self.current, self.previous)

"""Per-school keys: AES-256-GCM to seal, HMAC-SHA-256 to index.

Envelope: a school's data keys are random, wrapped by the master key and kept in the database (`core.keys`). So a
new master key re-wraps a few rows, and a new data key re-seals one school while it works. A sealed value carries
the id of its key. The blind index lets the core find a citizen number without being able to read it; it is keyed
per school, so that two schools' dumps cannot be joined. What this does not do: hide lengths, or protect from
someone who holds both the database and the master key.
"""

from __future__ import annotations

import functools
import hmac
import os
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import CoreError
from core.values.ids import SchoolId
from core.vault.unreadable import UNREADABLE

log = structlog.get_logger(__name__)

MASTER_KEY_BYTES = 32
PLATFORM = SchoolId(UUID(int=0))
"""Whose keys index what belongs to no school: wrong sign-ins, staff numbers. No school has this id."""
_NONCE_BYTES = 12
_VERSION = b"\x01"
_KEY_ID_BYTES = 4
_DATA_KEY_BYTES = 64


class SealedDataError(CoreError):
    """A sealed value cannot be opened: wrong key, wrong place, or altered. `why` is for the log."""

    code = "vault.unreadable"
    http_status = 500

    def __init__(self, why: str) -> None:
        super().__init__()
        self.args = (why,)


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
class DataKey:
    """What seals and indexes the data of one school: derived from a master key, or random and kept wrapped."""

    key_id: bytes
    seal: bytes = field(repr=False)
    index: bytes = field(repr=False)

    @classmethod
    def derived(cls, master: MasterKey, school_id: SchoolId) -> DataKey:
        """The key of a school that has none of its own yet."""
        school = school_id.bytes
        return cls(
            master.key_id, _derived(master.value, school, "seal"), _derived(master.value, school, "index")
        )

    @classmethod
    def fresh(cls) -> DataKey:
        """A random key."""
        value = os.urandom(_DATA_KEY_BYTES)
        return cls.of(sha256(b"congtruong-data-key-id" + value).digest()[:_KEY_ID_BYTES], value)

    @classmethod
    def of(cls, key_id: bytes, value: bytes) -> DataKey:
        """The key with these bytes."""
        return cls(key_id, value[: _DATA_KEY_BYTES // 2], value[_DATA_KEY_BYTES // 2 :])

    def wrapped(self, master: MasterKey, school_id: SchoolId) -> bytes:
        """The key under a master key: nonce, ciphertext with tag."""
        nonce, aad = os.urandom(_NONCE_BYTES), school_id.bytes + self.key_id
        wrapping = _derived(master.value, school_id.bytes, "wrap")
        return nonce + AESGCM(wrapping).encrypt(nonce, self.seal + self.index, aad)

    @classmethod
    def unwrapped(cls, master: MasterKey, school_id: SchoolId, key_id: bytes, wrapped: bytes) -> DataKey:
        """The key again.

        Raises:
            SealedDataError: when it was wrapped by another master key, or altered.
        """
        wrapping = _derived(master.value, school_id.bytes, "wrap")
        try:
            value = AESGCM(wrapping).decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], school_id.bytes + key_id
            )
        except (InvalidTag, ValueError) as error:
            raise SealedDataError("a data key was altered or wrapped by another master key") from error
        return cls.of(key_id, value)


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """The data keys of one school as the database tells: all that may still have sealed something."""

    sealing: DataKey
    indexing: DataKey
    known: tuple[DataKey, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SchoolKeys:
    """Seals and indexes the data of one school."""

    school_id: SchoolId
    held: HeldKeys = field(repr=False)

    def seal(self, plaintext: str, label: str) -> bytes:
        """Encrypt `plaintext`; `label` (for example `student.citizen_id`) must be given again to open it.

        Layout: version, key id (4), nonce (12), ciphertext with tag.
        """
        nonce = os.urandom(_NONCE_BYTES)
        head = _VERSION + self.held.sealing.key_id
        aad = head + self.school_id.bytes + label.encode()
        sealed = AESGCM(self.held.sealing.seal).encrypt(nonce, plaintext.encode(), aad)
        return head + nonce + sealed

    def open(self, sealed: bytes, label: str) -> str:
        """Decrypt a sealed value.

        Raises:
            SealedDataError: when the key is unknown, the label differs or a byte was changed.
        """
        head, rest = sealed[: 1 + _KEY_ID_BYTES], sealed[1 + _KEY_ID_BYTES :]
        for key in self.held.known:
            if head == _VERSION + key.key_id:
                aad = head + self.school_id.bytes + label.encode()
                try:
                    plain = AESGCM(key.seal).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], aad)
                except (InvalidTag, ValueError) as error:
                    raise SealedDataError("a sealed value was altered or moved") from error
                return plain.decode()
        raise SealedDataError("no key for this sealed value")

    def read(self, sealed: bytes, label: str) -> str | None:
        """The same for one of many, where the others must not be lost with it: None, and a line in the log."""
        try:
            return self.open(sealed, label)
        except SealedDataError:
            log.warning("sealed_value_unreadable", label=label)
            return None

    def show(self, sealed: bytes | None, label: str) -> str:
        """A text to be shown beside others: "" where there is none, `UNREADABLE` where it cannot be opened."""
        if sealed is None:
            return ""
        text = self.read(sealed, label)
        return UNREADABLE if text is None else text

    def blind_index(self, value: str, label: str) -> bytes:
        """The keyed fingerprint (32 bytes) under which `value` is found."""
        return _index(self.held.indexing, value, label)

    def blind_indexes(self, value: str, label: str) -> tuple[bytes, ...]:
        """The fingerprint under every key, the present one first.

        For what cannot be indexed anew when keys change, because only its fingerprint was kept: codes, reports.
        """
        own = [key for key in self.held.known if key.key_id != self.held.indexing.key_id]
        return tuple(_index(key, value, label) for key in (self.held.indexing, *own))

    def index_under(self, key_id: bytes, value: str, label: str) -> bytes | None:
        """The fingerprint under the key with this id, if it is known."""
        found = next((key for key in self.held.known if key.key_id == key_id), None)
        return _index(found, value, label) if found else None


def _index(key: DataKey, value: str, label: str) -> bytes:
    return hmac.digest(key.index, label.encode() + b"\x00" + value.encode(), "sha256")


@functools.lru_cache(maxsize=4096)
def _derived(master: bytes, school: bytes, use: str) -> bytes:
    """HKDF-SHA-256; remembered, because every sealed value asks for it."""
    info = b"congtruong/" + use.encode() + b"/" + school
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(master)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Hands out the keys of a school.

    `held` is what `core.keys` read from the database before the transaction began; a school that is not in it
    has keys derived from the master key.
    """

    current: MasterKey = field(repr=False)
    previous: tuple[MasterKey, ...] = field(repr=False, default=())
    held: dict[SchoolId, HeldKeys] = field(repr=False, compare=False, default_factory=dict)

    def for_school(self, school_id: SchoolId) -> SchoolKeys:
        """The keys of one school."""
        return SchoolKeys(school_id, self.held.get(school_id) or self.derived(school_id))

    def derived(self, school_id: SchoolId) -> HeldKeys:
        """The keys of a school that has none of its own yet."""
        known = tuple(DataKey.derived(master, school_id) for master in (self.current, *self.previous))
        return HeldKeys(known[0], known[0], known)

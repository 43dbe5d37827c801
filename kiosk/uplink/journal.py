"""One append-only file of sealed records, readable after any accident.

A record is a head (mark, length, sequence, CRC of the head), a nonce and an AES-256-GCM ciphertext that
covers the head too. A power
cut leaves at most a torn tail; a flipped byte spoils one record: reading finds the next
mark and goes on. This module does not know what the records say, and it keeps one copy; `kiosk.uplink.spool`
keeps two.
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
MARK = b"\xc7\xf1SP"
_HEAD = struct.Struct(">4sIQ")
_CRC = struct.Struct(">I")
_HEAD_BYTES = _HEAD.size + _CRC.size
_NONCE_BYTES = 12
_TAG_BYTES = 16
# A check-in takes about 600 bytes; a longer announcement is damage, not data.
MAX_RECORD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Scan:
    """What a file still says (kết quả đọc lại)."""

    records: dict[int, bytes] = field(repr=False)
    good_bytes: int
    damaged_bytes: int


def seal(key: bytes, sequence: int, plain: bytes) -> bytes:
    """The bytes of one record.

    Raises:
        ValueError: when the record is longer than any reader accepts.
    """
    length = len(plain) + _TAG_BYTES
    if length > MAX_RECORD_BYTES:
        raise ValueError("a spool record is too long")
    head = _HEAD.pack(MARK, length, sequence)
    nonce = os.urandom(_NONCE_BYTES)
    return head + _CRC.pack(zlib.crc32(head)) + nonce + AESGCM(key).encrypt(nonce, plain, head)


def scan(key: bytes, data: bytes) -> Scan:
    """Read every record that is whole; skip what is not.

    `good_bytes` is where the last whole record ends; `damaged_bytes` counts what could not be read, a torn
    tail included.
    """
    records: dict[int, bytes] = {}
    position = good = damaged = 0
    while position < len(data):
        opened = _open_at(key, data, position)
        if opened is None:
            following = data.find(MARK, position + 1)
            following = len(data) if following < 0 else following
            damaged += following - position
            position = following
            continue
        sequence, plain, end = opened
        records[sequence] = plain
        position = good = end
    return Scan(records, good, damaged)


def _open_at(key: bytes, data: bytes, start: int) -> tuple[int, bytes, int] | None:
    body = start + _HEAD_BYTES
    if len(data) < body + _NONCE_BYTES + _TAG_BYTES:
        return None
    head = data[start : start + _HEAD.size]
    mark, length, sequence = _HEAD.unpack(head)
    (crc,) = _CRC.unpack_from(data, start + _HEAD.size)
    end = body + _NONCE_BYTES + length
    if mark != MARK or crc != zlib.crc32(head) or length > MAX_RECORD_BYTES or end > len(data):
        return None
    nonce = data[body : body + _NONCE_BYTES]
    try:
        plain = AESGCM(key).decrypt(nonce, data[body + _NONCE_BYTES : end], head)
    except InvalidTag:
        return None
    return sequence, plain, end


class Journal:
    """An open file that records are appended to; `append` returns when the disk has them."""

    def __init__(self, path: Path) -> None:
        """Open for appending, with mode 0600; the file is made when it is not there."""
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.size = os.lseek(self._fd, 0, os.SEEK_END)

    def append(self, data: bytes) -> None:
        """Write and fsync. After a failure the file is cut back, so that a half record never lies between.

        Raises:
            OSError: when the disk is full or broken; nothing was recorded.
        """
        try:
            os.lseek(self._fd, self.size, os.SEEK_SET)
            _write_all(self._fd, data)
            os.fsync(self._fd)
        except OSError:
            self.cut_back(self.size)
            raise
        self.size += len(data)

    def cut_back(self, size: int) -> None:
        """Forget what stands behind `size`; what cannot be cut is found damaged at the next start."""
        try:
            os.ftruncate(self._fd, size)
        except OSError:
            return
        self.size = size

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


def _write_all(fd: int, data: bytes) -> None:
    """Write `data`, however little the system takes at once."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path` so that a power cut leaves the old file or the new one."""
    fresh = path.with_suffix(path.suffix + ".new")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        _write_all(fd, data)
        os.fsync(fd)
    finally:
        os.close(fd)
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

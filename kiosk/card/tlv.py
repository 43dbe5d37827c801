"""BER-TLV as chips use it: definite lengths, tags of at most three bytes, and a limit on everything.

Only the byte level is here; what a tag means is the business of whoever asks. ASN.1 with object identifiers
and certificates goes through asn1crypto instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from typing_extensions import override

from kiosk.card.errors import LimitExceededError, MalformedDataError

MAX_LENGTH = 1 << 20
MAX_CHILDREN = 4096

_LONG_TAG = 0x1F
_MORE = 0x80
_MAX_TAG_BYTES = 3
_MAX_LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True, repr=False)
class Tlv:
    """One tag with its value; `size` counts tag, length and value together."""

    tag: int
    value: bytes
    size: int

    def children(self) -> tuple[Tlv, ...]:
        """The TLVs inside the value, which must fill it exactly."""
        return tuple(parse_all(self.value))

    @override
    def __repr__(self) -> str:
        return f"Tlv({self.tag:X}, {len(self.value)} bytes)"


def read_tag(data: bytes, at: int) -> tuple[int, int]:
    """The tag at a position and the position after it."""
    if at >= len(data):
        raise MalformedDataError("tag missing")
    end = at + 1
    if data[at] & _LONG_TAG == _LONG_TAG:
        while True:
            if end >= len(data) or end - at >= _MAX_TAG_BYTES:
                raise MalformedDataError("tag too long or cut off")
            end += 1
            if not data[end - 1] & _MORE:
                break
    return int.from_bytes(data[at:end], "big"), end


def read_length(data: bytes, at: int) -> tuple[int, int]:
    """The definite length at a position and the position after it; non-minimal forms are accepted."""
    if at >= len(data):
        raise MalformedDataError("length missing")
    first = data[at]
    if first < _MORE:
        return first, at + 1
    count = first & 0x7F
    if not 1 <= count <= _MAX_LENGTH_BYTES or at + 1 + count > len(data):
        raise MalformedDataError("length indefinite, too long or cut off")
    length = int.from_bytes(data[at + 1 : at + 1 + count], "big")
    if length > MAX_LENGTH:
        raise LimitExceededError("length")
    return length, at + 1 + count


def read_header(data: bytes) -> tuple[int, int, int]:
    """Tag, value length and header size at the beginning of a file, before the value has been read.

    >>> read_header(bytes.fromhex("75824A01"))
    (117, 18945, 4)
    """
    tag, at = read_tag(data, 0)
    length, end = read_length(data, at)
    return tag, length, end


def read(data: bytes, at: int = 0) -> Tlv:
    """The TLV that begins at a position; bytes after it are nobody's business here.

    Raises:
        MalformedDataError: when it is cut off or not TLV at all.
        LimitExceededError: when it announces more than `MAX_LENGTH`.
    """
    tag, position = read_tag(data, at)
    length, position = read_length(data, position)
    end = position + length
    if end > len(data):
        raise MalformedDataError("value cut off")
    return Tlv(tag, data[position:end], end - at)


def read_exactly(data: bytes, tag: int) -> Tlv:
    """The one TLV that the data are, with the tag they must have."""
    item = read(data)
    if item.tag != tag or item.size != len(data):
        raise MalformedDataError(f"expected exactly one {tag:X}")
    return item


def parse_all(data: bytes) -> Iterator[Tlv]:
    """Every TLV in a row, to the last byte."""
    at = 0
    for _ in range(MAX_CHILDREN):
        if at == len(data):
            return
        item = read(data, at)
        at += item.size
        yield item
    if at != len(data):
        raise LimitExceededError("too many objects")


def find(items: tuple[Tlv, ...], tag: int) -> Tlv | None:
    """The first TLV with a tag."""
    return next((item for item in items if item.tag == tag), None)


def get(items: tuple[Tlv, ...], tag: int) -> Tlv:
    """The first TLV with a tag, which must be there."""
    item = find(items, tag)
    if item is None:
        raise MalformedDataError(f"{tag:X} missing")
    return item


def encode_length(length: int) -> bytes:
    """The shortest definite form of a length."""
    if length < _MORE:
        return bytes((length,))
    body = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((_MORE | len(body),)) + body


def encode(tag: int, *values: bytes) -> bytes:
    """A TLV of the tag and the values one after another.

    >>> encode(0x7C, encode(0x80, b"")).hex()
    '7c028000'
    """
    body = b"".join(values)
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + encode_length(len(body)) + body

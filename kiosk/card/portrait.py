"""The portrait in DG2: finding the image in its wrapping, not decoding it.

Two wrappings: ISO 19794-5:2005 (every card known today) in tag 5F2E, and ISO 39794-5 (from 2026 on) in tag
7F2E. The image itself is told by its first bytes, whatever the header claims.
"""

from __future__ import annotations

import struct

from kiosk.card import tlv
from kiosk.card.errors import MalformedDataError
from kiosk.card.files import File
from kiosk.card.values import ImageFormat, Portrait

_GROUP, _INSTANCE = 0x7F61, 0x7F60
_PLAIN_BLOCK, _CONSTRUCTED_BLOCK = 0x5F2E, 0x7F2E
_MAGIC = b"FAC\x00"
_RECORD_HEADER, _FACE_HEADER, _POINT, _IMAGE_HEADER = 14, 20, 8, 12
_SIGNATURES = (
    (b"\xff\xd8\xff", ImageFormat.JPEG),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", ImageFormat.JPEG2000),
    (b"\xff\x4f\xff\x51", ImageFormat.JPEG2000),
)
_MAX_DEPTH = 12


def parse_dg2(data: bytes) -> Portrait:
    """The first portrait.

    Raises:
        MalformedDataError: when there is none.
    """
    group = tlv.get(tlv.read_exactly(data, File.DG2.tag).children(), _GROUP)
    for instance in group.children():
        if instance.tag != _INSTANCE:
            continue
        items = instance.children()
        block = tlv.find(items, _PLAIN_BLOCK)
        if block is not None:
            return _from_19794(block.value)
        block = tlv.find(items, _CONSTRUCTED_BLOCK)
        if block is not None:
            return _from_39794(block.value)
    raise MalformedDataError("no portrait")


def format_of(image: bytes) -> ImageFormat:
    """The format by the image's own signature."""
    for signature, name in _SIGNATURES:
        if image.startswith(signature):
            return name
    raise MalformedDataError("portrait format")


def _from_19794(record: bytes) -> Portrait:
    """Facial record: header, face with feature points, image header, image (ISO 19794-5:2005, 5)."""
    if record[:4] != _MAGIC or len(record) < _RECORD_HEADER + _FACE_HEADER + _IMAGE_HEADER:
        raise MalformedDataError("face record")
    total, faces = struct.unpack(">IH", record[8:14])
    if total != len(record) or not faces:
        raise MalformedDataError("face record length")
    length, points = struct.unpack(">IH", record[14:20])
    start = _RECORD_HEADER + _FACE_HEADER + points * _POINT
    end = _RECORD_HEADER + length
    if not start + _IMAGE_HEADER < end <= len(record):
        raise MalformedDataError("face length")
    width, height = struct.unpack(">HH", record[start + 2 : start + 6])
    image = record[start + _IMAGE_HEADER : end]
    return Portrait(image, format_of(image), width, height)


def _from_39794(value: bytes) -> Portrait:
    """The one octet string that is an image, wherever the ASN.1 tree keeps it (ISO 39794-5, clause 8).

    The tree is walked rather than decoded by its schema: profiles differ in optional parts, and the image's
    signature is unmistakable.
    """
    image = _find_image(value, _MAX_DEPTH)
    if image is None:
        raise MalformedDataError("portrait image")
    return Portrait(image, format_of(image))


def _find_image(value: bytes, depth: int) -> bytes | None:
    for item in tlv.parse_all(value):
        if any(item.value.startswith(signature) for signature, _ in _SIGNATURES):
            return item.value
        first = item.tag >> (8 * ((item.tag.bit_length() - 1) // 8)) if item.tag else 0
        if first & 0x20 and depth:
            found = _find_image(item.value, depth - 1)
            if found is not None:
                return found
    return None

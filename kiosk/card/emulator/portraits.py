"""Portrait files for emulated cards: a valid grey JPEG of any size, wrapped as DG2 in either way.

It draws no face; whoever needs one passes its own picture to `make_card`.
"""

from __future__ import annotations

import struct

from kiosk.card import tlv
from kiosk.card.files import File

_MAX_SEGMENT = 65533


def grey_jpeg(size: int = 18_000) -> bytes:
    """A flat grey picture of 8 x 8 points, filled with comment segments to about `size` bytes."""
    tables = (
        _segment(0xDB, b"\0" + b"\x01" * 64)
        + _segment(0xC0, bytes((8, 0, 8, 0, 8, 1, 1, 0x11, 0)))
        + _segment(0xC4, b"\x00" + b"\x01" + bytes(15) + b"\0")
        + _segment(0xC4, b"\x10" + b"\x01" + bytes(15) + b"\0")
    )
    scan = _segment(0xDA, bytes((1, 1, 0, 0, 63, 0))) + b"\x3f"
    bare = 2 + len(tables) + len(scan) + 2
    filler = b""
    while bare + len(filler) + 4 < size:
        filler += _segment(0xFE, bytes(min(size - bare - len(filler) - 4, _MAX_SEGMENT)))
    return b"\xff\xd8" + filler + tables + scan + b"\xff\xd9"


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def dg2_19794(image: bytes, *, jpeg2000: bool = False) -> bytes:
    """DG2 with an ISO 19794-5:2005 record, the wrapping of every card known today."""
    picture = struct.pack(">BBHHBBHH", 1, int(jpeg2000), 480, 640, 1, 0, 0, 0)
    face = struct.pack(">IHB13x", 20 + len(picture) + len(image), 0, 0) + picture + image
    record = b"FAC\x00010\x00" + struct.pack(">IH", 14 + len(face), 1) + face
    return _group(tlv.encode(0x5F2E, record))


def dg2_39794(image: bytes) -> bytes:
    """DG2 with an ISO 39794-5 block: the image as an octet string deep in a tree of context tags."""
    kind = tlv.encode(0xA1, tlv.encode(0xA0, tlv.encode(0x80, b"\1")))
    representation = tlv.encode(0x30, tlv.encode(0xA0, tlv.encode(0xA0, tlv.encode(0x80, image), kind)))
    block = tlv.encode(0x65, tlv.encode(0xA0, tlv.encode(0x80, b"\3")), tlv.encode(0xA1, representation))
    return _group(tlv.encode(0x7F2E, block))


def _group(block: bytes) -> bytes:
    header = tlv.encode(
        0xA1, tlv.encode(0x80, b"\1\1"), tlv.encode(0x87, b"\1\1"), tlv.encode(0x88, b"\0\x08")
    )
    instance = tlv.encode(0x7F60, header, block)
    return tlv.encode(File.DG2.tag, tlv.encode(0x7F61, tlv.encode(0x02, b"\1"), instance))

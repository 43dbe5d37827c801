"""Object identifiers, as text in the code and as bytes on the chip, and those the card protocols use."""

from __future__ import annotations

from kiosk.card.errors import MalformedDataError

PACE = "0.4.0.127.0.7.2.2.4"
CHIP_AUTHENTICATION = "0.4.0.127.0.7.2.2.3"
PUBLIC_KEY = "0.4.0.127.0.7.2.2.1"
ACTIVE_AUTHENTICATION = "2.23.136.1.1.5"
STANDARD_PARAMETERS = "0.4.0.127.0.7.1.2"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
PRIME_FIELD = "1.2.840.10045.1.1"
DH_PUBLIC_KEY = "1.2.840.10046.2.1"
DH_PKCS3 = "1.2.840.113549.1.3.1"

NAMED_CURVES = {
    "1.2.840.10045.3.1.1": 8,
    "1.3.36.3.3.2.8.1.1.3": 9,
    "1.3.132.0.33": 10,
    "1.3.36.3.3.2.8.1.1.5": 11,
    "1.2.840.10045.3.1.7": 12,
    "1.3.36.3.3.2.8.1.1.7": 13,
    "1.3.36.3.3.2.8.1.1.9": 14,
    "1.3.132.0.34": 15,
    "1.3.36.3.3.2.8.1.1.11": 16,
    "1.3.36.3.3.2.8.1.1.13": 17,
    "1.3.132.0.35": 18,
}
_ARC = 40
_MAX_BYTES = 40


def encode(oid: str) -> bytes:
    """The value bytes of an identifier.

    >>> encode("0.4.0.127.0.7.2.2.4.2.2").hex()
    '04007f00070202040202'
    """
    arcs = [int(arc) for arc in oid.split(".")]
    out = bytearray()
    for arc in (arcs[0] * _ARC + arcs[1], *arcs[2:]):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        out += bytes(reversed(groups))
    return bytes(out)


def decode(raw: bytes) -> str:
    """The identifier in value bytes.

    Raises:
        MalformedDataError: when they are none.
    """
    if not raw or len(raw) > _MAX_BYTES or raw[-1] & 0x80:
        raise MalformedDataError("object identifier")
    arcs: list[int] = []
    value = 0
    for byte in raw:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // _ARC, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - first * _ARC, *arcs[1:]))

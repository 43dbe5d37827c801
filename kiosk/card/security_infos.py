"""SecurityInfos: what the chip says of its own protocols, in EF.CardAccess and in DG14 (ICAO 9303-11, 9.2).

Entries of kinds that are not known are kept as raw bytes only, so that the two files can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from kiosk.card import oids, tlv
from kiosk.card.errors import MalformedDataError
from kiosk.card.public_keys import INTEGER, OBJECT_ID, SEQUENCE
from kiosk.card.symmetric import Suite

_SET = 0x31
_MAX_ENTRIES = 64
_SUITES = {1: Suite.TRIPLE_DES, 2: Suite.AES_128, 3: Suite.AES_192, 4: Suite.AES_256}


class Mapping(Enum):
    """How PACE makes its ephemeral generator."""

    GENERIC = "GM"
    INTEGRATED = "IM"
    CHIP_AUTHENTICATION = "CAM"


_MAPPINGS = {
    1: (Mapping.GENERIC, False),
    2: (Mapping.GENERIC, True),
    3: (Mapping.INTEGRATED, False),
    4: (Mapping.INTEGRATED, True),
    6: (Mapping.CHIP_AUTHENTICATION, True),
}


@dataclass(frozen=True, slots=True)
class PaceInfo:
    """One way the chip does PACE."""

    oid: str
    mapping: Mapping
    elliptic: bool
    suite: Suite
    parameters: int | None


@dataclass(frozen=True, slots=True)
class ChipAuthenticationInfo:
    """One way the chip does chip authentication."""

    oid: str
    elliptic: bool
    suite: Suite
    version: int
    key_id: int | None


@dataclass(frozen=True, slots=True)
class ChipPublicKey:
    """A static public key of the chip."""

    spki: bytes
    key_id: int | None


@dataclass(frozen=True, slots=True)
class SecurityInfos:
    """All entries, by kind."""

    pace: tuple[PaceInfo, ...] = ()
    chip_authentication: tuple[ChipAuthenticationInfo, ...] = ()
    public_keys: tuple[ChipPublicKey, ...] = ()
    active_authentication_hash: str | None = None
    raw: frozenset[bytes] = field(default=frozenset())


def parse(data: bytes) -> SecurityInfos:
    """Read a SET of SecurityInfo.

    Raises:
        MalformedDataError: when it is no such set.
    """
    entries = tlv.read_exactly(data, _SET).children()
    if len(entries) > _MAX_ENTRIES:
        raise MalformedDataError("too many security infos")
    pace: list[PaceInfo] = []
    chip: list[ChipAuthenticationInfo] = []
    keys: list[ChipPublicKey] = []
    signature: str | None = None
    for entry in entries:
        items = entry.children()
        if entry.tag != SEQUENCE or len(items) < 2 or items[0].tag != OBJECT_ID:
            raise MalformedDataError("security info")
        oid = oids.decode(items[0].value)
        known = _pace(oid, items) or _chip(oid, items) or _key(oid, items)
        if isinstance(known, PaceInfo):
            pace.append(known)
        elif isinstance(known, ChipAuthenticationInfo):
            chip.append(known)
        elif isinstance(known, ChipPublicKey):
            keys.append(known)
        elif oid == oids.ACTIVE_AUTHENTICATION and len(items) > 2:
            signature = oids.decode(items[2].value)
    raw = frozenset(tlv.encode(entry.tag, entry.value) for entry in entries)
    return SecurityInfos(tuple(pace), tuple(chip), tuple(keys), signature, raw)


def _arcs(oid: str, base: str) -> tuple[int, ...]:
    return tuple(int(arc) for arc in oid[len(base) + 1 :].split(".")) if oid.startswith(base + ".") else ()


def _number(items: tuple[tlv.Tlv, ...], index: int) -> int | None:
    if index >= len(items) or items[index].tag != INTEGER:
        return None
    return int.from_bytes(items[index].value, "big")


def _pace(oid: str, items: tuple[tlv.Tlv, ...]) -> PaceInfo | None:
    match _arcs(oid, oids.PACE):
        case (kind, size) if kind in _MAPPINGS and size in _SUITES:
            mapping, elliptic = _MAPPINGS[kind]
            return PaceInfo(oid, mapping, elliptic, _SUITES[size], _number(items, 2))
    return None


def _chip(oid: str, items: tuple[tlv.Tlv, ...]) -> ChipAuthenticationInfo | None:
    match _arcs(oid, oids.CHIP_AUTHENTICATION):
        case (kind, size) if kind in {1, 2} and size in _SUITES:
            version = _number(items, 1) or 1
            return ChipAuthenticationInfo(oid, kind == 2, _SUITES[size], version, _number(items, 2))
    return None


def _key(oid: str, items: tuple[tlv.Tlv, ...]) -> ChipPublicKey | None:
    match _arcs(oid, oids.PUBLIC_KEY):
        case (kind,) if kind in {1, 2}:
            return ChipPublicKey(tlv.encode(items[1].tag, items[1].value), _number(items, 2))
    return None

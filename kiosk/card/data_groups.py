"""What stands in the data groups: the zone, the portrait, the Vietnamese fields, the lists (ICAO 9303-10).

Pure functions from bytes to values; each raises `MalformedDataError` and nothing else. Fields that law or
practice leave out stay empty: DG11, DG12 and DG13 are never required.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.card import tlv
from kiosk.card.errors import MalformedDataError
from kiosk.card.files import DATA_GROUP_TAGS, File
from kiosk.card.mrz import Mrz, parse_td1

_MRZ, _TAG_LIST, _FULL_NAME = 0x5F1F, 0x5C, 0x5F0E
_BIRTH, _ISSUED = 0x5F2B, 0x5F26
_MAX_TEXT = 2000


def parse_dg1(data: bytes) -> Mrz:
    """The machine readable zone."""
    items = tlv.read_exactly(data, File.DG1.tag).children()
    try:
        text = tlv.get(items, _MRZ).value.decode("ascii")
    except UnicodeDecodeError as error:
        raise MalformedDataError("mrz encoding") from error
    return parse_td1(text)


def parse_com(data: bytes) -> tuple[int, ...]:
    """The numbers of the data groups that the chip says it has."""
    items = tlv.read_exactly(data, File.COM.tag).children()
    tags = tlv.get(items, _TAG_LIST).value
    return tuple(DATA_GROUP_TAGS[tag] for tag in tags if tag in DATA_GROUP_TAGS)


@dataclass(frozen=True, slots=True, repr=False)
class PersonalDetails:
    """The fields of DG11 that are of use here."""

    full_name: str | None = None
    born_on: date | None = None


def parse_dg11(data: bytes) -> PersonalDetails:
    """Additional personal details."""
    items = tlv.read_exactly(data, File.DG11.tag).children()
    name = tlv.find(items, _FULL_NAME)
    birth = tlv.find(items, _BIRTH)
    full_name = text(name.value).replace("<<", " ").replace("<", " ").strip() if name else None
    return PersonalDetails(full_name or None, compact_date(birth.value) if birth else None)


def parse_dg12(data: bytes) -> date | None:
    """Additional document details: the day of issue."""
    items = tlv.read_exactly(data, File.DG12.tag).children()
    issued = tlv.find(items, _ISSUED)
    return compact_date(issued.value) if issued else None


def security_infos_of(data: bytes) -> bytes:
    """The SET of SecurityInfo in DG14."""
    return tlv.read_exactly(data, File.DG14.tag).value


def public_key_of(data: bytes) -> bytes:
    """The SubjectPublicKeyInfo in DG15."""
    return tlv.read_exactly(data, File.DG15.tag).value


def text(raw: bytes) -> str:
    """UTF-8 of a bounded length.

    Raises:
        MalformedDataError: when it is too long or not UTF-8.
    """
    if len(raw) > _MAX_TEXT:
        raise MalformedDataError("text too long")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedDataError("text encoding") from error


def compact_date(raw: bytes) -> date | None:
    """A date as YYYYMMDD in ASCII, or as four BCD bytes; None when it is no calendar day."""
    digits = raw.hex() if len(raw) == 4 else raw.decode("ascii", "replace")
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None

"""DG13 as Việt Nam fills it: numbered fields in a set (facts: three independent parsers agree on the shape).

    6D L 30 L { 02 01 01 ; 06 06 28D316010008 ; 31 L { 30 L { 02 01 n, value } … } }

Cards of 2024 may leave DG13 out or code it; fields may be empty or missing; the parents come as two strings
or in a sequence. Field 16 has no known meaning and is not read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from kiosk.card import tlv
from kiosk.card.data_groups import text
from kiosk.card.errors import MalformedDataError
from kiosk.card.files import File
from kiosk.card.values import CitizenDetails

UTF8_OID = bytes.fromhex("28D316010008")
SEQUENCE, SET, INTEGER, UTF8, PRINTABLE = 0x30, 0x31, 0x02, 0x0C, 0x13
_STRINGS = frozenset((UTF8, PRINTABLE, 0x16, 0x1A))
_PLAIN = {
    1: "number",
    2: "full_name",
    4: "gender",
    5: "nationality",
    6: "ethnicity",
    7: "religion",
    8: "origin",
    9: "residence",
    10: "identifying_marks",
    15: "old_number",
}
BORN, ISSUED, EXPIRES, PARENTS, SPOUSE = 3, 11, 12, 13, 14
_MAX_DEPTH = 4
_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)


def parse_dg13(data: bytes) -> CitizenDetails:
    """The Vietnamese fields.

    Raises:
        MalformedDataError: when the file has another shape; the caller goes on without it.
    """
    fields = _fields(tlv.read_exactly(data, File.DG13.tag).value)
    single = {number: strings[0] for number, strings in fields.items() if strings}
    parents = fields.get(PARENTS, ())
    expiry = single.get(EXPIRES)
    expires_on = day(expiry)
    return CitizenDetails(
        **{name: single.get(number) for number, name in _PLAIN.items()},
        born_on=day(single.get(BORN)),
        issued_on=day(single.get(ISSUED)),
        expires_on=expires_on,
        no_expiry=expiry is not None and expires_on is None and expiry.casefold().startswith("không"),
        father=parents[0] if parents else None,
        mother=parents[1] if len(parents) > 1 else None,
        spouse=single.get(SPOUSE),
    )


def _fields(value: bytes) -> dict[int, tuple[str, ...]]:
    outer = tlv.read_exactly(value, SEQUENCE).children()
    entries = tlv.get(outer, SET).children()
    found: dict[int, tuple[str, ...]] = {}
    for entry in entries:
        items = entry.children() if entry.tag == SEQUENCE else ()
        if not items or items[0].tag != INTEGER or not 1 <= len(items[0].value) <= 2:
            raise MalformedDataError("citizen field")
        number = int.from_bytes(items[0].value, "big")
        if number in found:
            raise MalformedDataError("citizen field twice")
        found[number] = tuple(strings_in(items[1:], _MAX_DEPTH))
    return found


def strings_in(items: tuple[tlv.Tlv, ...], depth: int) -> list[str]:
    """Every string in nested sequences, in order, trimmed and composed; empty ones keep their place."""
    found: list[str] = []
    for item in items:
        if item.tag in _STRINGS:
            found.append(unicodedata.normalize("NFC", text(item.value)).strip())
        elif item.tag in {SEQUENCE, SET} and depth:
            found += strings_in(item.children(), depth - 1)
    return found


def day(value: str | None) -> date | None:
    """A date written dd/mm/yyyy; None for anything else.

    >>> day("03/02/2015")
    datetime.date(2015, 2, 3)
    """
    match = _DATE.fullmatch(value or "")
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None

"""The payment code that a bank transfer carries back to us. Pure.

`CT`, eight characters, two check characters; no look-alikes (no I, L, O, U), no separators, since banks fold
case, drop marks, spaces and punctuation, add their own words around it, and cut. The characters are numbers
of the field GF(32); the two checks are the sums of a^i v_i and a^2i v_i. With them no two valid codes are
closer than three characters, so every wrong character, every pair of wrong characters and every swap of two
neighbours is noticed; a random text passes once in 1024, and must then still be the code of an open invoice.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import NewType

from core.values.ids import InvoiceId, SchoolId

Reference = NewType("Reference", str)

PREFIX = "CT"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAYLOAD = 8
_CHECKS = 2
LENGTH = len(PREFIX) + _PAYLOAD + _CHECKS

_LOOK_ALIKES = str.maketrans("OIL", "011")
_BODY = re.compile(f"(?={PREFIX}([0-9A-Z]{{{_PAYLOAD + _CHECKS}}}))")
_X5 = 0b100000
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)


def _powers() -> tuple[int, ...]:
    """The powers of the generator: all 31 numbers of the field but zero."""
    found, value = [], 1
    for _ in range(31):
        found.append(value)
        value <<= 1
        value ^= _POLYNOMIAL if value & _X5 else 0
    return tuple(found)


_POWER = _powers()
_LOG = {value: exponent for exponent, value in enumerate(_POWER)}


def _times(a: int, exponent: int) -> int:
    return _POWER[(_LOG[a] + exponent) % 31] if a else 0


def _checks(payload: str) -> str:
    one = two = 0
    for place, sign in enumerate(payload):
        value = ALPHABET.index(sign)
        one ^= _times(value, place)
        two ^= _times(value, 2 * place)
    return ALPHABET[one] + ALPHABET[two]


def reference_for(school_id: SchoolId, invoice_id: InvoiceId) -> Reference:
    """The code of an invoice; it tells nothing about the pupil.

    >>> from uuid import UUID
    >>> reference_for(SchoolId(UUID(int=1)), InvoiceId(UUID(int=2)))
    'CTF3B8E8EYY2'
    """
    number = int.from_bytes(sha256(school_id.bytes + invoice_id.bytes).digest()[:5], "big")
    payload = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_PAYLOAD)))
    return Reference(PREFIX + payload + _checks(payload))


def parse_reference(text: str) -> Reference:
    """Read one code as people type it: any case, spaces, dashes, O for 0, I and L for 1.

    Raises:
        ValueError: when it is not a valid code.
    """
    folded = _fold(text)
    body = folded[len(PREFIX) :].translate(_LOOK_ALIKES)
    if folded[: len(PREFIX)] != PREFIX or not _is_valid(body):
        raise ValueError("not a payment code")
    return Reference(PREFIX + body)


def references_in(text: str) -> tuple[Reference, ...]:
    """Every distinct valid code in the text of a transfer, in order.

    >>> from uuid import UUID
    >>> code = reference_for(SchoolId(UUID(int=1)), InvoiceId(UUID(int=2)))
    >>> references_in(f"MBVCB.123.nộp học phí {code.lower()[:6]} {code[6:]}.CT tu 007") == (code,)
    True
    """
    bodies = (found.translate(_LOOK_ALIKES) for found in _BODY.findall(_fold(text)))
    return tuple(dict.fromkeys(Reference(PREFIX + body) for body in bodies if _is_valid(body)))


def find_reference(text: str) -> Reference | None:
    """The one code in the text of a transfer; None when there is none or several: never a guess."""
    found = references_in(text)
    return found[0] if len(found) == 1 else None


def _is_valid(body: str) -> bool:
    payload, checks = body[:_PAYLOAD], body[_PAYLOAD:]
    return (
        len(body) == _PAYLOAD + _CHECKS
        and all(sign in ALPHABET for sign in body)
        and _checks(payload) == checks
    )


def _fold(text: str) -> str:
    """Upper case without marks, spaces and punctuation, as the roughest bank leaves it."""
    letters = unicodedata.normalize("NFKD", text).upper()
    return re.sub("[^0-9A-Z]", "", letters.replace("Đ", "D"))

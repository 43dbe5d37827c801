"""What a printed code before the camera gives: the citizen number, and the keys that open its chip.

The keys are made of the printed dates, which the session never hears. Reading a picture is `kiosk.qr`'s, what the
fields of a card's code mean `kiosk.card.printed`'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.contracts.citizen_id import CitizenId
from kiosk.card.errors import MalformedDataError
from kiosk.card.keys import AccessKey, access_keys
from kiosk.card.printed import parse_printed


@dataclass(frozen=True, slots=True, repr=False)
class SeenCode:
    """The number and the keys that a printed code gave (mã QR đã thấy)."""

    number: CitizenId
    keys: tuple[AccessKey, ...]
    until: float


def seen_in(text: str, until: float) -> SeenCode | None:
    """What a code gives: the keys by its dates, or by its number alone where the rest is not a card's."""
    try:
        printed = parse_printed(text)
    except MalformedDataError:
        number = number_of(text)
        return SeenCode(number, access_keys(number), until) if number else None
    return SeenCode(printed.citizen_id, printed.keys, until)


def number_of(text: str) -> CitizenId | None:
    """The citizen number of a printed code: its first field.

    >>> number_of("001315012345||Nguyễn Thị Ân|03022015|Nữ||01082024")
    CitizenId(•••••••••345)
    >>> number_of("https://example.org") is None
    True
    """
    try:
        return CitizenId(text.split("|", 1)[0].strip())
    except ValueError:
        return None

"""Masks personal numbers before anything is embedded, logged or sent on: citizen numbers, phones, bank cards, mail.

Looks at shape and check digits only; names are masked in what is kept (`rag.guard.names`), not in what is searched.
"""

import re

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w/])\+?\d(?:[ .\-]?\d){7,18}(?![\w/]|[.,]\d)")
_MONEY_AFTER = re.compile(r"\s*(?:đ\b|đồng|vnd|vnđ|₫|dong\b)", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[ .\-]\d{1,2}[ .\-](?:19|20)\d{2}")
_GROUPED_MONEY = re.compile(r"\d{1,3}(?:\.\d{3})+")
_OLD_ID, _CITIZEN, _CARD_MIN, _CARD_MAX = 9, 12, 13, 19


def mask_personal(text: str) -> str:
    """Replace personal numbers by a word in brackets that says what stood there.

    >>> mask_personal("số định danh 001204012345, gọi 0912 345 678")
    'số định danh [số định danh], gọi [số điện thoại]'
    """
    return _NUMBER.sub(lambda found: _masked(found, text), _EMAIL.sub("[email]", text))


def _masked(found: re.Match[str], text: str) -> str:
    raw = found.group()
    if _DATE.fullmatch(raw) or _GROUPED_MONEY.fullmatch(raw) or _MONEY_AFTER.match(text, found.end()):
        return raw
    digits = re.sub(r"\D", "", raw)
    return _kind(digits, plus=raw.startswith("+")) or raw


def _kind(digits: str, *, plus: bool) -> str:
    if _is_phone(digits, plus=plus):
        return "[số điện thoại]"
    if len(digits) == _CITIZEN:
        return "[số định danh]"
    if _CARD_MIN <= len(digits) <= _CARD_MAX and _luhn(digits):
        return "[số thẻ]"
    if len(digits) >= _OLD_ID:
        return "[dãy số]"
    return ""


def _is_phone(digits: str, *, plus: bool) -> bool:
    if digits.startswith("84") and (plus or len(digits) == 11):
        return len(digits) in (11, 12)
    return digits.startswith("0") and len(digits) in (10, 11)


def _luhn(digits: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

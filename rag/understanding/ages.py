"""Puts a child's age into the band that the law on cards speaks of, since no passage names every age.

Only for identity cards and accounts (Law on Identification 2023, articles 19 and 23: under 6, from 6 to under 14,
from 14); elsewhere an age stays as it was asked.
"""

import re

from rag.vietnamese.forms import fold

_MATTER = re.compile(r"can cuoc|\bcccd\b|\bcc\b|gan chip|vneid|dinh danh|chung minh|id card|\bthe\b")
_AGE = re.compile(
    r"(?<!\d)(?P<before>\b(?:dưới|trên|từ|đủ|đến|tới|tròn|hơn|qua|duoi|tren|tu|du|den|toi|tron)\s+)?"
    r"(?P<age>\d{1,2})\s*(?:tuổi|tuoi|tủi|t)\b",
    re.IGNORECASE,
)
# Whether a child must have a card turns at 14 alone; when one must be changed and what a lost one costs, at other ages.
_MUST = re.compile(
    r"\b(?:phai|bat buoc|can)(?: phai)?(?: di| ra| dang ky)? (?:lam|co) (?:the|can cuoc|cccd|cc)\b"
    r".*\b(?:khong|chua|ko|k|hong)\b"
)
_CHANGED = re.compile(
    r"\bdoi (?:the|can cuoc|cccd|lai|sang)\b|phai doi|het han|den han"
    r"|\b(?:lam|cap) lai\b|\b(?:mat|gay|hong|rach) (?:mat )?(?:cai |chiec )?(?:the|can cuoc|cccd|cc)\b"
)
_IN_SHORT = re.compile(r"\b(\d{1,2})t\b")
_FIRST_CARD, _MUST_HAVE, _GROWN = 6, 14, 16


def in_age_bands(text: str) -> str:
    """Give the question with the age of a child as its band, where it is about cards or accounts.

    >>> in_age_bands("làm căn cước cho bé 7 tuổi ở đâu")
    'làm căn cước cho bé từ 6 đến dưới 14 tuổi ở đâu'
    >>> in_age_bands("bé 13t làm cccd")
    'bé từ 6 đến dưới 14 tuổi làm cccd'
    >>> in_age_bands("con 13 tuổi có phải làm căn cước không")
    'con dưới 14 tuổi có phải làm căn cước không'
    >>> in_age_bands("con 13t mất thẻ làm lại bao nhiêu")
    'con 13 tuổi mất thẻ làm lại bao nhiêu'
    >>> in_age_bands("trẻ 7 tuổi vào lớp mấy")
    'trẻ 7 tuổi vào lớp mấy'
    >>> in_age_bands("trẻ dưới 14 tuổi làm thẻ căn cước")
    'trẻ dưới 14 tuổi làm thẻ căn cước'
    """
    plain = fold(text)
    if not _MATTER.search(plain):
        return text
    if _CHANGED.search(plain):
        return _IN_SHORT.sub(r"\1 tuổi" if text != plain else r"\1 tuoi", text)
    bare, must = text == plain, bool(_MUST.search(plain))
    return _AGE.sub(lambda found: found[0] if found["before"] else _band(found, bare=bare, must=must), text)


def _band(found: re.Match[str], *, bare: bool, must: bool) -> str:
    age = int(found["age"])
    if age >= _GROWN:
        return found[0]
    if must and age < _MUST_HAVE:
        band = f"dưới {_MUST_HAVE} tuổi"
    elif age < _FIRST_CARD:
        band = f"dưới {_FIRST_CARD} tuổi"
    elif age < _MUST_HAVE:
        band = f"từ {_FIRST_CARD} đến dưới {_MUST_HAVE} tuổi"
    else:
        band = f"từ {_MUST_HAVE} tuổi"
    return fold(band) if bare else band

"""What can be a Vietnamese syllable, which family names there are, and Telex left as it was typed. Pure.

A slip of the finger nearly always makes something that is no syllable ("Thnah"), while another name is one
("Thành"): that is how `likeness` tells the two apart.
"""

from __future__ import annotations

import re
import unicodedata

_ONSET = "ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|b|c|d|g|h|k|l|m|n|p|r|s|t|v|x"
_NUCLEUS = (
    "uye|ieu|yeu|uoi|uou|oai|oay|oao|oeo|uay|uya|uyu|iao|ia|ie|iu|oa|oe|oi|ua|ue|ui|uo|uu|uy|ai|ao|au|ay|eo|eu"
    "|ye|a|e|i|o|u|y"
)
_CODA = "ch|ng|nh|c|m|n|p|t"
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_NUCLEUS})(?:{_CODA})?")
_CLOSED = re.compile(
    "(?:ieu|yeu|uoi|uou|oai|oay|oao|oeo|uay|uyu|iu|oi|ui|uu|ai|ao|au|ay|eo|eu)(?:ch|ng|nh|c|m|n|p|t)$"
)

_words = str.split
FAMILY_NAMES = frozenset(
    _words(
        "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly li dinh trinh doan mai dao lam phung "
        "cao ha luu luong chau ta ton trieu thai to lu la tang kieu quach vuong dam nghiem tong ung ong giang vien "
        "mac mach thach danh son kim khuc kha diep han phi tieu bach bang cu cung dieu dong duy ghe hua khong khuat "
        "lai luc lo ma nghe nham nhu ninh nong phuong quan sam tu than thieu tiet trang truong truu uong van vi che "
        "vang hau giap nie eban ayun bya ksor kpa siu rmah rahlan ro hmok mlo enuol kbuor kdoh adrong buon"
    )
)
"""Without marks. Common ones, and those of several peoples; a missing one only costs the turning of the order."""

_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TELEX_LETTERS = (
    ("aa", "â"),
    ("ee", "ê"),
    ("oo", "ô"),
    ("uow", "ươ"),
    ("aw", "ă"),
    ("ow", "ơ"),
    ("uw", "ư"),
    ("dd", "đ"),
)
_TONED = re.compile("uyê|[aăâeêioôơuưy]")


def is_syllable(plain: str) -> bool:
    """Whether letters without marks can be a Vietnamese syllable.

    >>> is_syllable("nguyen"), is_syllable("thnah"), is_syllable("smith")
    (True, False, False)
    """
    return bool(_SYLLABLE.fullmatch(plain)) and not _CLOSED.search(plain)


def untelexed(word: str) -> str:
    """A word typed in Telex with the keyboard switched off, as it was meant; any other word as it is.

    >>> untelexed("nguyeenx"), untelexed("thij"), untelexed("hoa"), untelexed("lewis")
    ('nguyễn', 'thị', 'hoa', 'lewis')
    """
    if not word.isascii() or is_syllable(word) or len(word) < 3:
        return word
    tone = _TELEX_TONES.get(word[-1], "")
    body = word[:-1] if tone else word
    for typed, letter in _TELEX_LETTERS:
        body = body.replace(typed, letter)
    plain = "".join(s for s in unicodedata.normalize("NFD", body) if not unicodedata.combining(s)).replace(
        "đ", "d"
    )
    if not is_syllable(plain) or (body == word and not tone):
        return word
    places = list(_TONED.finditer(body))
    if tone and places:
        marked = next(
            (p for p in places if p.group() in "ăâêôơư"), places[min(len(places) - 1, _place(body, places))]
        )
        body = unicodedata.normalize("NFC", body[: marked.end()] + tone + body[marked.end() :])
    return body


def _place(body: str, places: list[re.Match[str]]) -> int:
    """Which vowel bears the tone: the last before a final consonant, else the first of two, skipping qu and gi."""
    last = places[-1]
    if last.end() < len(body) or len(places) == 1:
        return len(places) - 1
    return len(places) - 2 if not body.startswith(("qu", "gi")) else len(places) - 1

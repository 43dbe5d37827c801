"""Masks the names of people in a message that is kept for learning: what was asked is wanted, not of whom.

Reads shapes: a family name and what follows, a word of address and a capitalised name, "bé an lớp 3c" in small letters.
It masks too much rather than too little; it is no recogniser of names for anything but keeping.
"""

import re
from itertools import takewhile

from rag.guard.personal import mask_personal
from rag.vietnamese.forms import fold

_FAMILY = (
    "Nguyễn|Nguyen|Trần|Tran|Lê|Le|Phạm|Pham|Hoàng|Hoang|Huỳnh|Huynh|Phan|Vũ|Vu|Võ|Vo|Đặng|Dang|Bùi|Bui|Đỗ|Hồ|Ngô|Ngo"
    "|Dương|Duong|Lý|Đinh|Dinh|Đoàn|Doan|Lương|Trịnh|Trinh|Đào|Mai|Tô|Trương|Truong|Lâm|Phùng|Tạ|Châu|Cao|Thái|Quách"
)
_CALLED = (
    "bé|be|cháu|chau|em|bạn|ban|con|cô|co|thầy|thay|chị|chi|anh|ông|ong|bà|ba|bác|chú|dì|cậu|mợ|thím|thằng|mẹ|bố|ba|tên|ten"
    "|học sinh|hoc sinh|phụ huynh|phu huynh|named?|Mr\\.?|Mrs\\.?|Ms\\.?|Miss|teacher|pupil|student"
)
_WORD = r"[^\W\d_]+"
_PLACES_AND_THINGS = (
    "viet nam|ha noi|sai gon|da nang|can tho|dong nai|binh duong|thu duc|nha be|cong an|so|uy ban|toan|su|dia|hoc|lop"
    "|truong|thong tu|nghi dinh|luat|tet|zalo|facebook|vneid|minh city"
)
# No subject that is a name as well (Hoa, Ly, Anh, Vân, Minh, Phong): masking one too many costs less.
_NO_NAME = frozenset(_PLACES_AND_THINGS.split("|"))
_FULL = re.compile(rf"\b({_FAMILY})((?: {_WORD}){{1,4}})")
_CAPITALISED = re.compile(rf"\b((?i:{_CALLED}))((?: {_WORD}){{1,4}})")
_SMALL = re.compile(
    r"\b(bé|be|cháu|chau|bạn|ban|em|học sinh|hoc sinh) "
    r"((?:[^\W\d_]+ ){1,3})(?=(?:học |hoc )?(?:lớp|lop|\d{1,2}[a-zđ]\d?\b))",
    re.IGNORECASE,
)
_COMMON = (
    "nha toi minh em con hoc dang len vao o cung nay do kia gai trai duoc chua sap moi khac ay day nam cua tui ben "
    "trong tren vua da se cuoi dau"
)
_PLAIN = frozenset(_COMMON.split())
_MASK = "[tên]"


def mask_names(text: str) -> str:
    """Replace people's names by a word in brackets.

    >>> mask_names("Bé Gia Hân lớp 3C nghỉ, cô Hoa biết chưa, mẹ là Trần Thị Mai")
    'Bé [tên] lớp 3C nghỉ, cô [tên] biết chưa, mẹ là [tên]'
    """
    text = _FULL.sub(lambda found: _masked(found, ""), text)
    text = _CAPITALISED.sub(lambda found: _masked(found, found.group(1)), text)
    return _SMALL.sub(_small, text)


def mask_for_keeping(text: str) -> str:
    """Mask numbers and names: what a message that is kept for learning must have gone through."""
    return mask_names(mask_personal(text))


def _masked(found: re.Match[str], kept: str) -> str:
    words = found.group(2).split()
    named = list(takewhile(str.istitle, words))
    if not named or fold(" ".join(named)) in _NO_NAME or fold(found.group()).startswith("ho chi minh"):
        return found.group()
    return " ".join(filter(None, (kept, _MASK, *words[len(named) :])))


def _small(found: re.Match[str]) -> str:
    words = found.group(2).split()
    after = [word for word in words if fold(word) in ("lop", "hoc")]
    named = words[: len(words) - len(after)]
    if not named or any(fold(word) in _PLAIN for word in named):
        return found.group()
    return f"{found.group(1)} {' '.join((_MASK, *after))} "

"""Which province a question is about: the one where the parent lives, not one that is compared with, left, or told of.

Pure and rule-based, on folded words; the provinces of before 1 July 2025 count under their old names, because people
still say them. It looks no further than names: a village or a street says nothing here.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.values import Turn
from rag.vietnamese.forms import fold

_WORD = re.compile(r"[^\W_]+")
# Other names, and districts (of before 1 July 2025) that people still say; none that another province has as well.
_HO_CHI_MINH = (
    "tp hcm|tphcm|hcm|hcmc|sai gon|saigon|tp ho chi minh|thu duc|nha be|hoc mon|binh chanh|cu chi|can gio|go vap"
    "|tan binh|phu nhuan|binh thanh|binh duong|di an|thu dau mot|ba ria vung tau|ba ria|vung tau"
)
_HA_NOI = (
    "hn|hanoi|thu do|cau giay|hoan kiem|dong da|ha dong|hai ba trung|long bien|nam tu liem|bac tu liem|gia lam|soc son"
    "|thach that|hoai duc"
)
_QUARTERS = tuple(f"{quan}{number}" for quan in ("quan ", "q ", "q") for number in range(1, 13))
_ALIASES = {
    "ho chi minh": (*_HO_CHI_MINH.split("|"), *_QUARTERS),
    "ha noi": tuple(_HA_NOI.split("|")),
}
_OTHERS = (
    "an giang|bac giang|bac kan|bac lieu|bac ninh|ben tre|binh dinh|binh phuoc|binh thuan|ca mau|can tho|cao bang"
    "|da nang|dak lak|dac lac|dak nong|dac nong|dien bien|dong nai|dong thap|gia lai|ha giang|ha nam|ha tinh|hai duong"
    "|hai phong|hau giang|hoa binh|hue|hung yen|khanh hoa|kien giang|kon tum|lai chau|lam dong|lang son|lao cai|long an"
    "|nam dinh|nghe an|ninh binh|ninh thuan|phu tho|phu yen|quang binh|quang nam|quang ngai|quang ninh|quang tri"
    "|soc trang|son la|tay ninh|thai binh|thai nguyen|thanh hoa|thua thien hue|tien giang|tra vinh|tuyen quang"
    "|vinh long|vinh phuc|yen bai|nha trang|da lat|quy nhon|bien hoa|my tho|buon ma thuot|pleiku|ha long"
)
_KEYS = {name: key for key, names in _ALIASES.items() for name in (key, *names)}
_KEYS |= {name: name for name in _OTHERS.split("|")}
# Folded, these are everyday words as well: they count where their marks are written or a word of place stands before.
_ALSO_WORDS = {
    fold(name): name
    for name in (
        "bến tre",
        "cà mau",
        "cao bằng",
        "hòa bình",
        "huế",
        "nam định",
        "thái bình",
        "hà nam",
        "phú thọ",
    )
}
_NAMED = re.compile(rf" ({'|'.join(sorted(_KEYS, key=len, reverse=True))})(?= )")
_AT = r"(?: (?:o|tai|ben|tren|trong|ngoai|duoi|in|at))?(?: (?:tinh|tp|thanh pho|thu do))?$"
_TO = "ve|len|xuong|sang|ra|vao|vo|to"
_PLACED = re.compile(
    rf" (?:o|tai|ben|tren|trong|ngoai|duoi|in|at|from|tinh|tp|thanh pho|den|toi|tu|que|nhu|{_TO})$"
)
_COMPARED = re.compile(rf" (?:nhu|giong|bang|khac|hon|thua|so voi|like|as|than)(?: \d+)*{_AT}")
_LEFT = re.compile(  # without marks "từ" (from) is "tư" (private) as well
    rf" (?:(?:(?<! truong )(?<! hoc )|chuyen truong |chuyen hoc )tu|from)$"
    rf"| (?:que|goc|ho khau|thuong tru|nguoi)(?: goc)?{_AT}"
)
_HEARD = re.compile(r" (?:nghe|bao (?:noi|dang|chi)|thay (?:noi|bao|ban)|heard|read)(?: \w+){0,4}$")
_WHO = "em|toi|minh|tui|chi|nha|con|chau|be|dang|hien|song|we|live"
_LIVES = re.compile(
    rf" (?:{_WHO})(?: (?:{_WHO}|moi|hoc|are))* (?:o|tai|ben|in){_AT}| (?:{_TO}|con|thi|vay|nhung){_AT}"
)
_PROVINCE = "|".join(sorted(_KEYS, key=len, reverse=True))
_OF = "(?:tinh |tp |thanh pho )?"
_ROUTE = re.compile(
    rf"\b(?:tu|o) {_OF}(?P<left>{_PROVINCE}) (?:(?:muon |xin |chuyen |qua )*(?:{_TO}|qua|den|toi)) (?:hoc )?(?:o )?"
    rf"{_OF}(?P<reached>{_PROVINCE})\b"
)
_SELF = re.compile(
    r"(?<! ha) (?:(?:o|ben) (?:day|nay)|(?:tinh|cho|que|noi) (?:minh|em|toi|khac|le)|(?:my|our|other) provinces?)(?= )"
)


def place_key(name: str) -> str:
    """Give the one name that all names of a province share.

    >>> place_key("Thành phố Hồ Chí Minh"), place_key("TP.HCM"), place_key("tỉnh Cần Thơ")
    ('ho chi minh', 'ho chi minh', 'can tho')
    """
    plain = " ".join(_WORD.findall(fold(name)))
    for prefix in ("thanh pho ", "tp ", "tinh "):
        plain = plain.removeprefix(prefix)
    return _KEYS.get(plain, plain)


def places_meant(text: str, own: str = "") -> frozenset[str]:
    """Give the keys of the provinces that a question asks about, for a parent of `own` (a key, or '' for unknown).

    A province that is only compared with, moved away from or heard of is not meant.

    >>> sorted(places_meant("Cần Thơ có được hỗ trợ như TP.HCM không"))
    ['can tho']
    >>> sorted(places_meant("nghe nói Sài Gòn được 80.000, mình ở Huế có được không"))
    ['hue']
    >>> sorted(places_meant("chuyển từ Hà Nội vào Đà Nẵng học"))
    ['da nang']
    """
    unwritten = frozenset(plain for plain, name in _ALSO_WORDS.items() if name not in text.lower())
    return _meant(f" {' '.join(_WORD.findall(fold(text)))} ", own, unwritten)


def place_said(history: Sequence[Turn]) -> str | None:
    """Give the one province that a parent spoke of last, where just one was meant; None where none was."""
    said = (places_meant(turn.text) for turn in reversed(history) if turn.role == "user")
    last = next((keys for keys in said if keys - {""}), frozenset[str]())
    return next(iter(last)) if len(last) == 1 else None


def without_route(text: str) -> str:
    """Give the question with a way from one province to another as what it comes to: no passage names them all.

    >>> without_route("chuyển trường cho cháu từ Hà Nội vào Đà Nẵng thế nào")
    'chuyển trường cho cháu khác tỉnh thế nào'
    >>> without_route("chuyen truong tu sai gon ve tp hcm"), without_route("từ lớp 5 lên lớp 6")
    ('chuyen truong cung tinh', 'từ lớp 5 lên lớp 6')
    """
    plain = fold(text)
    if len(plain) != len(text):
        return text
    found = _ROUTE.search(plain)
    if found is None:
        return text
    other = "cùng tỉnh" if _KEYS[found["left"]] == _KEYS[found["reached"]] else "khác tỉnh"
    return f"{text[: found.start()]}{fold(other) if text == plain else other}{text[found.end() :]}"


@lru_cache(maxsize=256)
def _meant(plain: str, own: str, doubtful: frozenset[str]) -> frozenset[str]:
    named: list[tuple[str, str]] = []
    for found in _NAMED.finditer(plain):
        name, before = found.group(1), plain[: found.start()]
        if name in doubtful and not _PLACED.search(before):
            continue
        if not _COMPARED.search(before) and not _LEFT.search(before):
            named.append((_KEYS[name], before))
    lives = {key for key, before in named if _LIVES.search(before)}
    if lives:
        return frozenset(lives)
    keys = {key for key, _ in named}
    if own in keys or (keys and _SELF.search(plain)):
        return frozenset({own})
    heard = {key for key, before in named if (own or len(keys) > 1) and _HEARD.search(before)}
    left = keys - heard
    return frozenset(left - _ALIASES.keys() or left)  # the two large cities are there to compare with

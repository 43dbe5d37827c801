"""Which side of a matter a question asks (how long, how much, where, which papers…), and which a text tells.

Patterns over folded text, nothing learned: a ranker and a composer weigh what is said here, neither trusts it alone.
"""

import re
from enum import StrEnum
from functools import lru_cache

from rag.vietnamese.forms import fold


class Aspect(StrEnum):
    """One side of a matter: khía cạnh."""

    DURATION = "duration"
    AMOUNT = "amount"
    PLACE = "place"
    PAPERS = "papers"
    ONLINE = "online"
    WHEN = "when"
    LATE = "late"
    AGE = "age"
    WHO = "who"


_ASKS = {
    Aspect.DURATION: r"bao lau|(?:may|bao nhieu|bn|nhieu|mat bao) (?:ngay|tuan|thang|hom|tieng|gio)\b"
    r"|lau (?:khong|ko|k)\b"
    r"|(?:may|bao nhieu) ngay lam viec|thoi (?:han|gian) (?:giai quyet|xu ly|lam|cap)"
    r"|(?:khi nao|bao gio|chung nao) (?:moi |thi )?(?:xong|co|lay|nhan|duoc (?:tra|nhan|lay))|how long",
    Aspect.AMOUNT: r"bao nhieu(?: tien)?(?! (?:ngay|tuan|thang|hom|tieng|gio|tuoi|buoi|nam))|het nhieu tien"
    r"|may (?:tien|trieu|nghin|ngan|tram|dong|phan tram)"
    r"|(?:mat|dong|nop|ton|tra|thu) (?:them )?(?:tien|phi|le phi)|le phi|mien phi|giam (?:bao nhieu|may)"
    r"|how much|\bfees?\b",
    Aspect.PLACE: r"o dau|(?:cho|noi|dau|co quan|phong|so|truong) nao\b|(?:den|toi|ra|len|di|nop|lam|tai|ve) dau\b"
    r"|nop cho ai|where",
    Aspect.PAPERS: r"(?:giay to|giay|ho so|don|mau|to khai|thu) (?:\w+ )?(?:gi|nao)\b|ho so (?:gom|can)"
    r"|(?:can|mang|chuan bi|nop|dem) (?:theo )?(?:nhung )?(?:gi|giay|ho so)|mau don|documents?|papers?",
    Aspect.ONLINE: r"online|truc tuyen|qua mang|tren mang|tren dien thoai|tai nha|vneid|cong dich vu|qua app",
    Aspect.WHEN: r"khi nao|bao gio|(?:tu|ngay|thang|nam|luc|gio|dot|hoi|thoi gian|thoi diem) nao"
    r"|chung nao|han (?:chot|cuoi|nop)|den (?:het )?(?:ngay|thang) (?:may|nao)|thang may|ngay may|when",
    Aspect.LATE: r"\b(?:tre|muon|qua han|lo han|het han|cham)\b|bi phat|phat (?:tien|bao|the)"
    r"|co sao (?:khong|ko)|\blate\b",
    Aspect.AGE: r"(?:may|bao nhieu|nhieu) tuoi|tuoi nao|do tuoi|du tuoi|how old",
    Aspect.WHO: r"\bai\b(?! cung)|(?:nguoi|doi tuong|hoc sinh|truong hop|dien|nhung) nao\b|\bwho\b",
}
_TELLS = {
    Aspect.DURATION: r"\d+ (?:ngay|gio|tuan|thang|phut|nam)(?: lam viec)?\b(?! \d)|trong ngay|tra ngay"
    r"|lay ngay|ngay lap tuc",
    Aspect.AMOUNT: r"\d[\d.]* ?(?:dong|d\b|trieu|nghin|ty)|\d ?%|mien phi"
    r"|khong (?:mat|thu|phai tra|phai dong|phai nop|ton)"
    r" .{0,12}(?:phi|tien|dong)|le phi|muc (?:thu|dong|ho tro|hoc phi)",
    Aspect.PLACE: r"\b(?:tai|o|den|toi|ve|len) .{0,20}(?:cong an|ubnd|uy ban|xa|phuong|truong"
    r"|so gddt|so giao duc|trung tam|bo phan"
    r"|van phong|co so|benh vien|tram)|cong dich vu|dichvucong|nop (?:tai|o|cho|len|ve)",
    Aspect.PAPERS: r"giay (?:khai|chung|xac|to|de)|don (?:de nghi|xin|mau)|to khai|ban sao|ho so (?:gom|co|la)|hoc ba"
    r"|so dinh danh|\bmau\b|phu luc|can cuoc",
    Aspect.ONLINE: r"online|truc tuyen|qua mang|vneid|cong dich vu|dichvucong",
    Aspect.WHEN: r"\d{1,2}/\d{1,2}|\d{1,2}/\d{4}|ngay \d|thang \d|nam (?:hoc )?\d{4}|truoc khi|\bdot\b|dau nam",
    Aspect.LATE: r"\bphat\b|qua han|tre han|\btre\b|muon|canh cao|het han|xu phat",
    Aspect.AGE: r"\d+ tuoi|tuoi tro len|duoi \d+",
    Aspect.WHO: r"cha(?:,| hoac| me)|cha me|phu huynh|giam ho|hieu truong|nha truong|ubnd|uy ban|cong an|hoc sinh"
    r"|giao vien|co quan|doi tuong",
}
_ASKED = {aspect: re.compile(pattern) for aspect, pattern in _ASKS.items()}
_TOLD = {aspect: re.compile(pattern) for aspect, pattern in _TELLS.items()}
_MONTHS = re.compile(r"\d{1,2} (?:thang|nam) \d")


def aspects_asked(question: str) -> frozenset[Aspect]:
    """Give the sides a question asks; none for "is it so?" questions.

    >>> sorted(aspects_asked("Làm thẻ căn cước cho con mất mấy ngày ạ?"))
    [<Aspect.DURATION: 'duration'>]
    """
    plain = fold(question)
    found = {aspect for aspect, pattern in _ASKED.items() if pattern.search(plain)}
    if Aspect.DURATION in found:
        found -= {Aspect.WHEN}
    return frozenset(found)


def aspects_told(text: str) -> frozenset[Aspect]:
    """Give the sides a text tells something about.

    >>> sorted(aspects_told("Thẻ có trong không quá 07 ngày làm việc."))
    [<Aspect.DURATION: 'duration'>]
    """
    plain = _MONTHS.sub(" ", fold(text))
    return frozenset(aspect for aspect, pattern in _TOLD.items() if pattern.search(plain))


@lru_cache(maxsize=4_096)
def agreement(asked: frozenset[Aspect], told: frozenset[Aspect]) -> float:
    """Give the share of the asked sides that are told; 0 where none is asked."""
    return len(asked & told) / len(asked) if asked else 0.0

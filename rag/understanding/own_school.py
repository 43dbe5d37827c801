"""Recognises what only the school itself can tell: its hours, gates, buses, meals, dates, rules, how to reach it.

Pure. Where the school has entered an answer, that is told. A passage of the law that does not itself speak of the
matter is no answer to it, however near it lies: a lost pupil's card is not a lost identity card.
"""

import re
from collections.abc import Iterable

from rag.understanding.several import asks
from rag.values import SCHOOL_PREFIX, Passage
from rag.vietnamese.forms import fold

_WHEN = "may (?:gio|h)|gio nao|luc nao|khi nao"
_OPENS = (
    "mo cua|dong cua|mo cong|dong cong|tan (?:hoc|truong|lop)|v(?:ao|o) (?:hoc|lop|truong)(?! \\d)|lam viec"
    "|tiep phu huynh|ra ve|nghi trua|van phong mo"
)
_DAY = "(?:mai|hom nay|bua nay|chu nhat|thu (?:bay|7)|bao|mua|ngap|lu lut)"
_MATTERS = (
    # what the school has and asks for
    "xe (?:dua (?:don|ruoc)|tuyen|buyt cua truong)",
    "(?:nha|bai|cho) (?:gui |giu |de |dau |do )xe|(?:gui|giu|dau) xe",
    "cong (?:nao|truoc|sau|phu|chinh)",
    "thuc don|suat an|tien an|an trua|com trua|ban tru|(?:o lai|ngu|nghi) (?:buoi )?trua",
    "can ?tin|cang tin",
    "dong phuc|ao the duc|phu hieu",
    "the (?:hoc sinh|hs)\\b|the (?:deo|ten) cua (?:con|chau|be)",
    "thoi khoa bieu|tkb",
    "cau lac bo|clb|ngoai khoa|tham quan|da ngoai|hoi trai|doi tuyen|phu dao",
    "be boi|ho boi",
    "hoc bong",
    "bao hiem (?:than the|tai nan)|bh than the|bhtt",
    "giay xac nhan (?:la |dang |cho |cua )*(?:hoc sinh|hs|hoc)\\b|xac nhan (?:la |dang )+(?:hoc sinh|hs|hoc)\\b",
    "(?:chuyen|doi|xin qua|xin sang) lop(?! \\d)",
    "(?:mat|that lac|rach|cap lai|xin lai) (?:cuon |quyen |so )?hoc ba\\b",
    "hoc ba (?:cua (?:con|chau|be) )?(?:bi |lam |lo )?(?:mat|that lac|rach|uot|chay)\\b",
    "(?:hoan|cham|tre|thieu|khat|gia han|tra gop) (?:\\w+ ){0,2}(?:hoc phi|tien hoc)",
    "(?:tien hoc|hoc phi) .{0,15}(?:tra gop|cho (?:thieu|khat|no)|dong (?:tre|cham))",
    "(?:chuyen|dong|nop) (?:khoan |tien )?(?:du|thua|nham|lon|hai lan|2 lan)\\b",
    "(?:mang|cam|dung|xai) (?:theo )?dien thoai(?! (?:cuc gach|thuong|thong minh|doi cu|re tien|cui|ban phim))",
    "dien thoai (?:trong|vao|toi|den|o) (?:gio|lop|truong)",
    "nhuom toc|son mong|di dep|noi quy",
    "(?:bo quen|de quen|quen|mat|that lac|roi) (?:\\w+ )?(?:ao|cap sach|cap|balo|ba lo|hop but|binh nuoc|do dung)\\b",
    # its calendar
    "khai giang|tong ket|hop (?:phu huynh|ph|lop)\\b",
    "lich (?:thi|nghi|hoc)|hoc bu",
    "(?:thi|kiem tra|kt) (?:giua|cuoi|het|hoc) (?:(?:hoc )?(?:ki|ky)|hk|nam)\\b",
    "(?:hk|hoc ki|hoc ky)(?: \\d| i+| nay)? (?:bao gio|khi nao|ngay nao|may gio) (?:thi|kiem tra)",
    "nghi (?:hoc )?(?:tet|he|le|dong|bao(?! (?:nhieu|lau|gio|ngay))|lut|mua|ret)\\b|tet (?:\\w+ ){0,4}nghi\\b",
    f"{_DAY} (?:\\w+ ){{0,2}}(?:nghi|hoc|lam viec)(?: hoc)? (?:khong|ko|k|hong|hok)\\b",
    "(?:truong|van phong) co (?:lam viec|day|mo cua)",
    f"(?:{_WHEN}|bao gio|hom nao) (?:\\w+ ){{0,3}}(?:di |vao )?hoc lai|(?:di|vao) hoc lai (?:{_WHEN}|bao gio)",
)
_REACHED = "sdt|so dien thoai|dien thoai|email|mail|website|trang web|fanpage|zalo|dia chi"
_PLACES = "truong|van phong|nha truong|phong (?:ke toan|y te|tuyen sinh)|bao ve"
_ASKED = (
    f"(?:{_WHEN}) .{{0,30}}\\b(?:{_OPENS})|(?:{_OPENS}) .{{0,20}}\\b(?:{_WHEN})|gio (?:{_OPENS})",
    f"(?:{_REACHED}) (?:\\w+ ){{0,2}}(?:{_PLACES})|truong (?:\\w+ ){{0,3}}(?:o dau|o duong nao|co thang may)",
)
_ENGLISH = (
    r"(?:school(?:'s)?|office) (?:\w+ ){0,2}(?:open|close|start|finish|hours|phone|email|address|website|bus|menu)"
    r"|what time does (?:the )?school|which gate|school (?:lunch|uniform)|parent(?:s'?|-teacher)? meeting"
    r"|(?:midterm|mid-term|final|semester|term) (?:exam|test)s?|change class(?:es)?"
)
_NAMED = tuple(re.compile(rf"\b(?:{matter})") for matter in _MATTERS)
_OF_SCHOOL = re.compile(rf"\b(?:{'|'.join((*_ASKED, *_MATTERS, _ENGLISH))})")
_BARE = re.compile(
    rf"(?:cho (?:em |toi |minh |chi )?)?(?:xin |hoi )*(?:ve )?(?:{'|'.join(_MATTERS)})(?: a| voi a?| sao)?"
)
_OF_OTHERS = re.compile(
    r"\b(?:cong an|phuong|xa|uy ban|ubnd|so giao duc|so gd|benh vien|ngan hang|thu vien|buu dien|tot nghiep"
    r"|khieu nai|to cao|kien nghi)\b"
)
_OTHERWISE = re.compile(r"\b(?:đủ|công|cống)\b", re.IGNORECASE)
"""Words that without their marks would read as some of those above ("dư", "cổng")."""
_CLAUSE_WORDS = 3
_CLAUSE = re.compile(r"(?<=[.?!…;])\s+|,\s+")
_WAYS = re.compile(r"\b(?:gio lam viec cua truong|lien he nha truong)\b")


def is_of_the_school(text: str) -> bool:
    """Tell whether a message asks for something that only the school can tell.

    >>> is_of_the_school("Mấy giờ trường mở cửa?"), is_of_the_school("Mấy giờ công an phường làm việc?")
    (True, False)
    """
    plain = _plain(text)
    return bool(_OF_SCHOOL.search(plain)) and not _OF_OTHERS.search(plain)


def _plain(text: str) -> str:
    return fold(_OTHERWISE.sub(" ", text))


def is_beside_the_matter(text: str, passage: Passage) -> bool:
    """Tell whether a message asks for a matter of the school's own that a passage of the law does not speak of.

    It speaks of what its title or one of its known questions names, unless the matter is all that the message says:
    “bán trú” wants the school's, not the allowance of mountain districts. What only stands beside the question (“mất
    thẻ căn cước, tuần sau thi học kỳ, làm lại ở đâu”) is not asked for. What the school wrote itself always counts.
    """
    if (
        passage.id.startswith(SCHOOL_PREFIX)
        or not is_of_the_school(text)
        or not is_of_the_school(_asked_in(text))
    ):
        return False
    plain = _plain(text)
    if _BARE.fullmatch(" ".join(re.findall(r"\w+", plain))):
        return True
    asked = [matter for matter in _NAMED if matter.search(plain)]
    said = fold("\n".join((passage.title, *(one.text for one in passage.questions))))
    return bool(asked) and not any(matter.search(said) for matter in asked)


def _asked_in(text: str) -> str:
    """Give the clauses of a message that ask, each with nothing around it; all of it where none or every one does."""
    clauses = (clause for clause in _CLAUSE.split(text) if len(clause.split()) >= _CLAUSE_WORDS)
    return " ".join(clause for clause in clauses if clause.endswith("?") or asks(clause)) or text


def ways_to_reach(passages: Iterable[Passage]) -> tuple[str, ...]:
    """Give the questions by which a parent finds the hours and the numbers that the school has entered."""
    own = (passage for passage in passages if passage.id.startswith(SCHOOL_PREFIX))
    asked = (next((q.text for q in one.questions if _WAYS.search(fold(q.text))), "") for one in own)
    return tuple(question for question in asked if question)

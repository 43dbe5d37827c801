"""Recognises what only the school itself can tell: its hours, gates, buses, meals, dates, how to reach it.

Pure. It decides nothing: where the school has entered an answer, that is found and told; this only lets a refusal say
truthfully that the school has not, and whom to ask.
"""

import re

from rag.vietnamese.forms import fold

_WHEN = "may gio|gio nao|luc nao|khi nao"
_OPENS = (
    "mo cua|dong cua|mo cong|dong cong|tan (?:hoc|truong)|vao hoc|lam viec|tiep phu huynh|ra ve|nghi trua"
)
_THINGS = (
    "xe (?:dua (?:don|ruoc)|tuyen|buyt cua truong)|cong (?:nao|truoc|sau|phu|chinh)"
    "|(?:nha|bai|cho) (?:gui |giu |de |dau )xe|thuc don|suat an|com ban tru|can ?tin|cang tin|dong phuc|ao the duc"
    "|phu hieu|thoi khoa bieu|cau lac bo|ngoai khoa|tham quan|da ngoai|hoi trai|be boi|ho boi|khai giang|tong ket"
    "|hop (?:phu huynh|lop)|lich (?:thi|nghi|hoc)|hoc bu"
)
_REACHED = "sdt|so dien thoai|dien thoai|email|mail|website|trang web|fanpage|zalo|dia chi"
_PLACES = "truong|van phong|nha truong|phong (?:ke toan|y te|tuyen sinh)|bao ve"
_ENGLISH = (
    r"(?:school(?:'s)?|office) (?:\w+ ){0,2}(?:open|close|start|finish|hours|phone|email|address|website|bus|menu)"
    r"|what time does (?:the )?school|which gate|school (?:lunch|uniform)|parent(?:s'?|-teacher)? meeting"
)
_OF_SCHOOL = re.compile(
    rf"\b(?:(?:{_WHEN}) .{{0,30}}\b(?:{_OPENS})|(?:{_OPENS}) .{{0,20}}\b(?:{_WHEN})|gio (?:{_OPENS})|{_THINGS}"
    rf"|(?:{_REACHED}) (?:\w+ ){{0,2}}(?:{_PLACES})|truong (?:\w+ ){{0,3}}(?:o dau|o duong nao|co thang may)"
    rf"|{_ENGLISH})\b"
)
_OF_OTHERS = re.compile(
    r"\b(?:cong an|phuong|xa|uy ban|ubnd|so giao duc|so gd|benh vien|ngan hang|thu vien|buu dien)\b"
)


def is_of_the_school(text: str) -> bool:
    """Tell whether a message asks for something that only the school can tell.

    >>> is_of_the_school("Mấy giờ trường mở cửa?"), is_of_the_school("Mấy giờ công an phường làm việc?")
    (True, False)
    """
    plain = fold(text)
    return bool(_OF_SCHOOL.search(plain)) and not _OF_OTHERS.search(plain)

"""Separates the questions of one message, so that each gets its own answer."""

import re

from rag.understanding.aspect import aspects_asked
from rag.understanding.follow_up import names_a_matter
from rag.vietnamese.forms import fold

_BREAK = re.compile(
    r"(?<=\?)\s+|\n+|[,;.]?\s+(?=(?:ngoài ra|với lại|tiện thể|cho (?:em|tôi|mình|chị|anh) hỏi thêm|"
    r"và cho hỏi|hỏi thêm|đồng thời cho|also\b|ngoai ra|voi lai|tien the|hoi them))",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|\b(?:khong|ko|the nao|ra sao|lam sao|bao nhieu|bao lau|bao gio|khi nao|o dau|la gi|gi|ai|may|nao|chua|"
    r"sao|how|what|when|where|who|can|do|is|hoi)\b"
)
_OTHER_WORDS = re.compile(r"\b(?:máy|mày|mây|hội|hồi|hơi|chùa|chứa|não)\b", re.IGNORECASE)
"""Words that ask nothing, and without their marks would read as some of those that do."""
_MIN_WORDS = 3
_MOST = 5
_WAYS = 2  # of taking a question apart, the evenest: each costs two searches
_AND = re.compile(r"\s*,?\s+(?:và|va|rồi|roi|với|voi|and)\s+", re.IGNORECASE)
_LONGEST_SIDE_WORDS = 7
_JOINT = re.compile(
    r"\s*[,;.]\s+(?:(?:và|va|còn|con thi|với|rồi|roi)(?: (?:cả|ca|lại|lai))?\s+)?"
    r"|\s+(?P<and>và|va|với|voi|rồi|roi|còn|and)(?: (?:cả|ca|lại|lai))?\s+",
    re.IGNORECASE,
)
_ASKS_BY_ITSELF = re.compile(
    r"\b(?:the nao|ntn|ra sao|lam sao|bao nhieu|nhiu|bn|bao lau|bao gio|khi nao|o dau|la gi|gi|ai|may|nao|(?<!ban )sao"
    r"|how|what|when|where|who)\b|\b(?:khong|ko|hong|chua)(?: (?:a|vay|nhi|ha|the|em|ad|co|thay|anh|chi))*[\s?!]*$"
)
_ASKED_OF_BOTH = re.compile(
    r"\s(?:(?:là|la|thì|thi)\s)?(?:(?:số|so|ngày|ngay|năm|nam|giá|gia)\s)?"
    r"(?:mấy|may|bao nhiêu|bao nhieu|bao lâu|bao lau|nào|nao|gì|gi|ở đâu|o dau|khi nào|khi nao|thế nào|the nao"
    r"|ra sao|sao)(?:\s+(?:tiền|tien|ngày|ngay|vậy|vay|thế|the|hả|ha|ạ|a|nhỉ|ad|em|cô|co|chị|chi))*[\s?.!]*$",
    re.IGNORECASE,
)


def questions_in(text: str) -> tuple[str, ...]:
    """Give the separate questions of a canonical message, at most five; a lead-in stays with what it leads to.

    >>> questions_in("Mất thẻ làm lại ở đâu? Có mất phí không ạ?")
    ('Mất thẻ làm lại ở đâu?', 'Có mất phí không ạ?')
    """
    parts: list[str] = []
    lead = ""
    for piece in (piece.strip() for piece in _BREAK.split(text)):
        if not piece:
            continue
        if len(re.findall(r"\w+", piece)) < _MIN_WORDS or not _asks(piece):
            lead = f"{lead} {piece}".strip()
            continue
        parts.append(f"{lead} {piece}".strip())
        lead = ""
    if lead and parts:
        parts[-1] = f"{parts[-1]} {lead}"
    return tuple(parts) if 1 <= len(parts) <= _MOST else (text,)


def _asks(piece: str) -> bool:
    return bool(_ASKS.search(fold(_OTHER_WORDS.sub(" ", piece))))


def first_side(text: str) -> str:
    """Give a question without the further sides that it asks of the same matter; itself when it asks but one.

    The first side finds the matter better than all of them together do; the answer then tells them all.

    >>> first_side("chuyển trường cần giấy tờ gì và mất bao lâu?")
    'chuyển trường cần giấy tờ gì'
    >>> first_side("trường và phụ huynh phải làm gì?")
    'trường và phụ huynh phải làm gì?'
    """
    for joint in _AND.finditer(text):
        head, rest = text[: joint.start()], text[joint.end() :]
        if len(rest.split()) <= _LONGEST_SIDE_WORDS and aspects_asked(head) and aspects_asked(rest):
            return head
    return text


def halves_of(text: str) -> tuple[tuple[str, str], ...]:
    """Give the ways in which a question may be two of two matters, put side by side with no mark between them.

    Each half asks and names a matter; what is asked of both once, last, is asked of each. Whether they are two, only
    a search tells.

    >>> halves_of("miễn học phí chưa, sách giáo khoa bao giờ có")
    (('miễn học phí chưa', 'sách giáo khoa bao giờ có'),)
    >>> halves_of("tổng đài trẻ em với tổng đài vneid là số mấy")
    (('tổng đài trẻ em là số mấy', 'tổng đài vneid là số mấy'),)
    >>> halves_of("chuyển trường cần giấy tờ gì và mất bao lâu")
    ()
    """
    found = (
        (_asking_too(text[: joint.start()], text[joint.end() :], joint["and"]), text[joint.end() :])
        for joint in _JOINT.finditer(text)
    )
    ways = ((head, rest) for head, rest in found if _may_stand(head) and _may_stand(rest))
    return tuple(sorted(ways, key=lambda way: abs(len(way[0]) - len(way[1])))[:_WAYS])


def _asking_too(head: str, rest: str, joined: str | None) -> str:
    """Give the first half with what is asked of both, where only the second says it ("A và B ở đâu")."""
    asked = _ASKED_OF_BOTH.search(rest) if joined and not asks(head) else None
    return f"{head}{asked.group()}" if asked and len(head.split()) >= _MIN_WORDS else head


def _may_stand(half: str) -> bool:
    return len(half.split()) >= _MIN_WORDS and asks(half) and names_a_matter(half)


def asks(text: str) -> bool:
    """Tell whether the last clause of a text asks in words: what stands before it may be a list or a story."""
    last = re.split(r"[,;.] ", text)[-1]
    return bool(_ASKS_BY_ITSELF.search(fold(_OTHER_WORDS.sub(" ", last))))

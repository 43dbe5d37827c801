"""Separates the questions of one message, so that each gets its own answer."""

import re

from rag.understanding.aspect import aspects_asked
from rag.vietnamese.forms import fold

_BREAK = re.compile(
    r"(?<=\?)\s+|\n+|[,;.]?\s+(?=(?:ngoài ra|với lại|tiện thể|cho (?:em|tôi|mình|chị|anh) hỏi thêm|"
    r"và cho hỏi|hỏi thêm|đồng thời cho|also\b|ngoai ra|voi lai|tien the|hoi them))",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|\b(?:khong|ko|the nao|ra sao|lam sao|bao nhieu|bao lau|khi nao|o dau|la gi|gi|ai|may|nao|chua|"
    r"sao|how|what|when|where|who|can|do|is|hoi)\b"
)
_OTHER_WORDS = re.compile(r"\b(?:máy|mày|mây|hội|hồi|hơi|chùa|chứa|não)\b", re.IGNORECASE)
"""Words that ask nothing, and without their marks would read as some of those that do."""
_MIN_WORDS = 3
_MOST = 3
_AND = re.compile(r"\s*,?\s+(?:và|va|rồi|roi|với|voi|and)\s+", re.IGNORECASE)
_LONGEST_SIDE_WORDS = 7


def questions_in(text: str) -> tuple[str, ...]:
    """Give the separate questions of a canonical message, at most three; a lead-in stays with what it leads to.

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

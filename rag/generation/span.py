"""A short span out of a sentence, by the kind of thing a question asks for: number, date, name, or what is new.

No reading model is bundled, so this is a modest rule: it serves the EM and F1 of `rag evaluate`, never a parent.
"""

import re

from rag.vietnamese.forms import fold, tokens

_NUMBER = re.compile(
    r"\d[\d.,/]*(?:\s*(?:%|phần trăm|triệu|tỷ|nghìn|đồng|USD|đô la|km|năm|ngày|tháng|tuổi|lần|người|điểm))*"
)
_YEAR = re.compile(r"(?:ngày \d{1,2} )?(?:tháng \d{1,2} )?(?:năm )?\b\d{3,4}\b|\d{1,2}/\d{1,2}/\d{4}")
_NAME = re.compile(r"[A-ZĐÂÊÔƠƯÁÀ][\w’'-]*(?:\s+(?:[A-ZĐÂÊÔƠƯÁÀ][\w’'-]*|de|of|the|von))*")
_PIECE = re.compile(r"[^,;:.!?()]+")
_HOW_MANY = re.compile(r"bao nhieu|may |bao lau|ti le|ty le|so luong")
_WHEN = re.compile(r"khi nao|nam nao|ngay nao|thoi gian nao|luc nao|the ky nao|bao gio")
_WHO = re.compile(
    r"\bai\b|nguoi nao|o dau|nuoc nao|thanh pho nao|doi nao|ten|noi nao|cong ty nao|to chuc nao"
)


def best_span(question: str, sentence: str) -> str:
    """Give the part of a sentence that most likely answers.

    >>> best_span("thời hạn là bao nhiêu ngày", "Thời hạn giải quyết là 07 ngày làm việc.")
    '07 ngày'
    """
    plain, asked = fold(question), set(tokens(question))
    for kind, pattern in ((_HOW_MANY, _NUMBER), (_WHEN, _YEAR), (_WHO, _NAME)):
        if kind.search(plain):
            fresh = [found.group().strip(" .,") for found in pattern.finditer(sentence)]
            fresh = [span for span in fresh if not set(tokens(span)) <= asked]
            if fresh:
                return min(fresh, key=lambda span: _far(span, sentence, asked))
    pieces = [piece.strip() for piece in _PIECE.findall(sentence) if piece.strip()]
    return max(pieces, key=lambda piece: _fresh_share(piece, asked), default=sentence)


def _far(span: str, sentence: str, asked: set[str]) -> float:
    """Give how far a span stands from the words of the question (mean distance in characters)."""
    at = sentence.find(span)
    places = [found.start() for found in re.finditer(r"\w+", sentence.lower()) if found.group() in asked]
    return sum(sorted(abs(place - at) for place in places)[:3]) if places else float(at)


def _fresh_share(piece: str, asked: set[str]) -> float:
    words = tokens(piece)
    known = sum(word in asked for word in words)
    return (known + 1) * (len(words) - known) / (len(words) + 1)

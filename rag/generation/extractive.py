"""Answers without an LLM: the approved answer of a passage, or its best sentences, never a word of its own.

What stands around it (dates, corrections, sources) is put there by `rag.composing`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from rag.generation.claims import claims_in
from rag.understanding.aspect import Aspect, aspects_told
from rag.values import Passage
from rag.vietnamese.forms import fold, tokens
from rag.vietnamese.sentences import sentences

_LONG = 420
_EXTRA = 2  # sentences of the text beside an approved answer
_FULL = 520  # an approved answer with what the passage adds to it
_FRESH = 0.5  # share of new words, and of new pairs of words, that makes a sentence worth telling
_FRESH_OF_KNOWN, _LITTLE = 0.75, 8  # of a sentence with little more than figures that have all been told
_NOTHING: frozenset[Aspect] = frozenset()
_WORDS = (
    "la va cua cac co cho duoc trong tai o den tu thi ma voi theo nhung mot nay do khi ve ra hoac khong phai bi se da "
    "con anh chi em"
)
_OF_RULES = (
    "quy dinh hieu luc ap dung ngay nam muc cach to chuc thong tu nghi dinh luat che"  # of the source line
)
_MEMORY = re.compile(r"\btrước (?:đó|đây|kia)\b|\b(?:quy định|mức|mẫu|cách) cũ\b", re.IGNORECASE)
_PART = re.compile(r"[.;:!?\n]")
_LIGHT = frozenset(f"{_WORDS} {_OF_RULES}".split())
ADVICE = "nên hỏi lại"
_LEANS = re.compile(
    r"(?:ngoai ra|rieng|nhung|vi (?:vay|the)|do (?:do|vay)|tuy nhien|sau do|khi do|con |neu khong|chua co|day la|no "
    r"|(?:\w+ ){1,3}(?:nay|do|tren)\b)"
)


def extract(
    passage: Passage,
    sentence: str,
    asked: frozenset[Aspect] = _NOTHING,
    *,
    room: int = _FULL,
    extra: int = _EXTRA,
) -> str:
    """Give the words of a passage that answer, what was asked first, in `room` characters where the answer fits them.

    That is the approved answer and at most `extra` sentences that say something it leaves out: those that tell a side
    that is asked, then the nearest. Without an approved answer, the best sentence with a neighbour.

    >>> text = "Nhà trường không thu phí. Kết quả được trả sau 7 ngày."
    >>> extract(Passage(id="p", title="", text=text, answer="Nhà trường không thu phí ạ."), "")
    'Nhà trường không thu phí ạ. Kết quả được trả sau 7 ngày.'
    """
    if passage.answer:
        since = passage.effective_from.strftime("%d/%m/%Y") if passage.effective_from else ""
        shown = f"{passage.source}; {passage.article}; {since}"
        chosen = _added((passage.answer, passage.text, shown), sentence, asked, room, extra)
        return " ".join(_asked_first((*sentences(passage.answer), *chosen), asked))
    words = _main_words(passage, sentence)
    more = _telling(passage, sentence, asked - aspects_told(words), words)
    return f"{words} {more}" if more else words


@lru_cache(maxsize=4_096)
def _added(
    passage: tuple[str, str, str], sentence: str, asked: frozenset[Aspect], room: int, extra: int
) -> tuple[str, ...]:
    """Give the sentences of a text that add to its approved answer and to its source line, in their order."""
    answer, text, shown = passage
    pieces = sentences(text)
    said, chosen = answer, list[int]()
    for at in sorted(
        range(len(pieces)), key=lambda n: (-len(aspects_told(pieces[n]) & asked), pieces[n] != sentence)
    ):
        if len(chosen) < extra and len(said) + len(pieces[at]) < room and _adds(pieces[at], said, shown):
            said = f"{said} {pieces[at]}"
            chosen.append(at)
    return tuple(_by_itself(pieces, at, chosen) for at in sorted(chosen))


def _by_itself(pieces: Sequence[str], at: int, told: Sequence[int]) -> str:
    """Give a piece as a sentence where what a semicolon ties it to is not told with it."""
    piece = pieces[at]
    if at and pieces[at - 1].endswith(";") and at - 1 not in told:
        piece = f"{piece[:1].upper()}{piece[1:]}"
    return f"{piece[:-1]}." if piece.endswith(";") and at + 1 not in told else piece


def _asked_first(pieces: Sequence[str], asked: frozenset[Aspect]) -> list[str]:
    """Put the sentence that tells most of what is asked in front where the first tells none of it."""
    if not asked or aspects_told(pieces[0]) & asked:
        return list(pieces)
    able = [at for at, piece in enumerate(pieces) if at == 0 or _stands_alone(piece, pieces[at - 1])]
    first = max(able, key=lambda at: (len(aspects_told(pieces[at]) & asked), -at))
    return [pieces[first], *(piece for at, piece in enumerate(pieces) if at != first)]


def _stands_alone(piece: str, before: str) -> bool:
    """Tell whether a sentence can be said first: whole, leaning on nothing said before it, no closing advice."""
    whole = not piece[:1].islower() and not piece.endswith(";") and not before.endswith(";")
    return whole and ADVICE not in piece and not _LEANS.match(fold(piece))


def _adds(sentence: str, said: str, shown: str) -> bool:
    """Tell whether a sentence says a number, a date, a document, or half its words anew; what once was adds nothing."""
    if _MEMORY.search(sentence):
        return False
    told = _facts(sentence)
    if told - _facts(f"{said}; {shown}"):
        return True
    words = _weighty(sentence)
    least = _FRESH_OF_KNOWN if told and len(words) <= _LITTLE else _FRESH
    return len(words - _weighty(said)) > least * len(words)


def without_repeats(words: str, said: str) -> str:
    """Give the sentences of `words` that tell something `said` does not: a figure, or pairs of words; in their order.

    What somebody reads twice in other words is told once, so pairs are compared: single words are alike in any two
    sentences of one matter.

    >>> without_repeats("Giữ giấy khám nếu con ốm. Nghỉ quá 45 buổi thì ở lại lớp.", "Kèm giấy khám nếu con ốm.")
    'Nghỉ quá 45 buổi thì ở lại lớp.'
    """
    kept, known, pairs = list[str](), _facts(said), _pairs(said)
    for piece in sentences(words):
        told, own = _facts(piece), _pairs(piece)
        if told - known or len(own - pairs) > _FRESH * len(own):
            whole = kept and kept[-1].endswith(";")
            kept.append(piece if whole else f"{piece[:1].upper()}{piece[1:]}")
        elif kept and kept[-1].endswith(";"):
            kept[-1] = f"{kept[-1][:-1]}."
        known, pairs = known | told, pairs | own
    return " ".join(kept)


def _facts(text: str) -> set[object]:
    """Give the figures of a text that can be looked up: amounts, days, documents by number and year, addresses.

    Documents are named as they are called in short ("Thông tư 45/2026").
    """
    claims = claims_in(text)
    named = {"/".join(re.findall(r"\d+", name)[:2]) for name in claims.documents}
    named |= {f"{number}/{year}" for day, number, year in claims.dates if day is None}
    dates = {date for date in claims.dates if date[0] is not None}
    return {*claims.amounts, *dates, *named, *claims.addresses}


def _weighty(text: str) -> set[str]:
    return set(_in_order(text))


def _pairs(text: str) -> set[tuple[str, str]]:
    """Give what stands side by side in a text, once words that weigh nothing are left out."""
    return {pair for part in _PART.split(text) for pair in pairwise(_in_order(part))}


def _in_order(text: str) -> list[str]:
    return [word for word in map(fold, tokens(text)) if not word.isdigit() and word not in _LIGHT]


def _main_words(passage: Passage, sentence: str) -> str:
    pieces = sentences(passage.text)
    if sentence not in pieces:
        return sentence
    at = pieces.index(sentence)
    following = pieces[at + 1] if at + 1 < len(pieces) else ""
    if following and len(sentence) + len(following) < _LONG // 2:
        return f"{sentence} {following}"
    return sentence


def _telling(passage: Passage, sentence: str, missing: frozenset[Aspect], words: str) -> str:
    """Give the sentence that tells most of what is missing, the nearest one first; empty where none does."""
    if not missing:
        return ""
    pieces = sorted(sentences(passage.text), key=lambda piece: piece != sentence)
    best = max(pieces, key=lambda piece: len(aspects_told(piece) & missing), default="")
    fits = len(best) + len(words) <= _LONG and best not in words
    return best if fits and aspects_told(best) & missing else ""


def quote(passage: Passage, sentence: str) -> str:
    """Give the literal words of the passage a citation shows."""
    return sentence if sentence in passage.text else passage.text[:_LONG]

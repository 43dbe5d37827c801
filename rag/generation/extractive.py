"""Answers without an LLM: the approved answer of a passage, or its best sentences, never a word of its own.

What stands around it (dates, corrections, sources) is put there by `rag.composing`.
"""

from functools import lru_cache

from rag.generation.claims import claims_in
from rag.understanding.aspect import Aspect, aspects_told
from rag.values import Passage
from rag.vietnamese.forms import fold, tokens
from rag.vietnamese.sentences import sentences

_LONG = 420
_FULL = 520  # an approved answer with what the passage adds to it
_FRESH = (
    0.3  # share of new words that makes a sentence worth telling, chosen on the knowledge's own questions
)
_NOTHING: frozenset[Aspect] = frozenset()
_WORDS = (
    "la va cua cac co cho duoc trong tai o den tu thi ma voi theo nhung mot nay do khi ve ra hoac khong phai bi se da "
    "con anh chi em"
)
_LIGHT = frozenset(_WORDS.split())


def extract(
    passage: Passage, sentence: str, asked: frozenset[Aspect] = _NOTHING, *, room: int = _FULL
) -> str:
    """Give the words of a passage that answer, in `room` characters where its approved answer fits them.

    That is the approved answer and the sentences that say something it leaves out; without an approved answer, the
    best sentence with a neighbour, and the one that tells a side that is asked.

    >>> text = "Nhà trường không thu phí. Kết quả được trả sau 7 ngày."
    >>> extract(Passage(id="p", title="", text=text, answer="Nhà trường không thu phí ạ."), "")
    'Nhà trường không thu phí ạ. Kết quả được trả sau 7 ngày.'
    """
    if passage.answer:
        return _with_more(passage.answer, passage.text, sentence, room)
    words = _main_words(passage, sentence)
    more = _telling(passage, sentence, asked - aspects_told(words), words)
    return f"{words} {more}" if more else words


@lru_cache(maxsize=4_096)
def _with_more(answer: str, text: str, sentence: str, room: int) -> str:
    """Give the answer with the sentences of the text that add to it, in their order, the nearest one kept first."""
    pieces = sentences(text)
    said, chosen = answer, set[int]()
    for number in sorted(range(len(pieces)), key=lambda at: pieces[at] != sentence):
        if len(said) + len(pieces[number]) < room and _adds(pieces[number], said):
            said = f"{said} {pieces[number]}"
            chosen.add(number)
    return " ".join((answer, *(pieces[number] for number in sorted(chosen))))


def _adds(sentence: str, said: str) -> bool:
    """Tell whether a sentence says a number, a date, a document, or a third of its words anew."""
    fresh, known = claims_in(sentence), claims_in(said)
    if fresh.amounts - known.amounts or fresh.dates - known.dates or fresh.documents - known.documents:
        return True
    words = _weighty(sentence)
    return len(words - _weighty(said)) > _FRESH * len(words)


def _weighty(text: str) -> set[str]:
    return {fold(word) for word in tokens(text)} - _LIGHT


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

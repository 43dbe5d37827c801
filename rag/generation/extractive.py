"""Answers without an LLM: the approved answer of a passage, or its best sentences, never a word of its own.

What stands around it (dates, corrections, sources) is put there by `rag.composing`.
"""

from rag.understanding.aspect import Aspect, aspects_told
from rag.values import Passage
from rag.vietnamese.sentences import sentences

_LONG = 420
_NOTHING: frozenset[Aspect] = frozenset()


def extract(passage: Passage, sentence: str, asked: frozenset[Aspect] = _NOTHING) -> str:
    """Give the words of a passage that answer: the approved answer, else its best sentence with a neighbour.

    Where those do not tell a side that is asked and another sentence of the passage does, that sentence follows.

    >>> extract(Passage(id="p", title="", text="Một. Hai.", answer="Dạ, không mất phí."), "Một.")
    'Dạ, không mất phí.'
    """
    words = _main_words(passage, sentence)
    more = _telling(passage, sentence, asked - aspects_told(words), words)
    return f"{words} {more}" if more else words


def _main_words(passage: Passage, sentence: str) -> str:
    if passage.answer:
        return passage.answer
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

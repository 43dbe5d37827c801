"""Answers without an LLM: the approved answer of a passage, or its best sentences, never a word of its own.

What stands around it (dates, corrections, sources) is put there by `rag.composing`.
"""

from rag.values import Passage
from rag.vietnamese.sentences import sentences

_LONG = 420


def extract(passage: Passage, sentence: str) -> str:
    """Give the words of a passage that answer: the approved answer, else its best sentence with a neighbour.

    >>> extract(Passage(id="p", title="", text="Một. Hai.", answer="Dạ, không mất phí."), "Một.")
    'Dạ, không mất phí.'
    """
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


def quote(passage: Passage, sentence: str) -> str:
    """Give the literal words of the passage a citation shows."""
    return sentence if sentence in passage.text else passage.text[:_LONG]

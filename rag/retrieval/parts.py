"""What an index works out of one passage, kept for the passages used last.

A rebuilt index holds mostly passages it held before, and a province's searches meet the same candidates again: their
words are read once. Knows one passage only; how common a word is, an index knows.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from rag.retrieval.terms import GRAM, char_grams, folded, gram_line, with_bigrams
from rag.understanding.ages import in_age_bands
from rag.understanding.aspect import Aspect, aspects_asked, aspects_told
from rag.values import Passage
from rag.vietnamese.forms import tokens
from rag.vietnamese.sentences import sentences

_KEPT = 1_024


@dataclass(frozen=True, slots=True)
class Parts:
    """One passage read: its sentences, and its words, accented and folded; `said` are the words of each sentence."""

    sentences: tuple[str, ...]
    title: tuple[str, ...]
    said: tuple[tuple[str, ...], ...]
    known: tuple[frozenset[str], ...]
    accented: tuple[str, ...]
    plain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """Which sides of its matter a passage tells, its approved answer tells, and its known questions ask."""

    told: frozenset[Aspect] = frozenset()
    answered: frozenset[Aspect] = frozenset()
    asks: tuple[frozenset[Aspect], ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """A document as its different terms, how often each stands there, and how many terms it has in all."""

    terms: tuple[str, ...]
    counts: tuple[int, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Documents:
    """A passage as each field files it: whole by `fields`, and sentence by sentence."""

    fields: dict[str, Filed]
    sentences: tuple[Filed, ...]


@lru_cache(maxsize=_KEPT)
def parts_of(passage: Passage) -> Parts:
    """Read one passage."""
    texts = passage_sentences(passage)
    title, said, asked = (
        [tokens(text) for text in group] for group in ((passage.title,), texts, known_questions(passage))
    )
    accented = tuple(chain(*title, *said, *asked))
    return Parts(
        texts,
        tuple(folded(title[0])),
        tuple(tuple(folded(words)) for words in said),
        tuple(frozenset(folded(words)) for words in asked),
        accented,
        tuple(folded(accented)),
    )


@lru_cache(maxsize=_KEPT)
def sides_of(passage: Passage) -> Sides:
    """Tell the sides of a passage."""
    return Sides(
        aspects_told(f"{passage.text}\n{passage.answer}"),
        aspects_told(passage.answer),
        tuple(map(aspects_asked, known_questions(passage))),
    )


@lru_cache(maxsize=_KEPT)
def documents_of(passage: Passage) -> Documents:
    """File a passage under everything it says."""
    parts = parts_of(passage)
    fields = {
        "accented": filed(with_bigrams(parts.accented)),
        "folded": filed(with_bigrams(parts.plain)),
        "grams": filed(char_grams(parts.accented)),
    }
    return Documents(fields, tuple(filed(with_bigrams(words)) for words in parts.said))


def asked_of_documents(passage: Passage, asked: Mapping[str, Mapping[str, int]]) -> Documents:
    """File a passage under the terms of one question only, by field; lengths are those of the whole passage."""
    parts = parts_of(passage)
    fields = {
        "accented": _asked_words(parts.accented, asked["accented"]),
        "folded": _asked_words(parts.plain, asked["folded"]),
        "grams": _asked_grams(parts.plain, asked["grams"]),
    }
    said = tuple(_asked_words(words, asked["sentence_terms"]) for words in parts.said)
    return Documents(fields, said)


def filed(terms: Sequence[str]) -> Filed:
    """Count the terms of a document.

    >>> filed(["học", "phí", "học"])
    Filed(terms=('học', 'phí'), counts=(2, 1), length=3)
    """
    counted = Counter(terms)
    return Filed(tuple(counted), tuple(counted.values()), len(terms))


def _asked_words(words: Sequence[str], asked: Container[str]) -> Filed:
    """Count the asked syllables and pairs of neighbours; a pair is asked only where both its syllables are."""
    found = Counter(word for word in words if word in asked)
    if found:
        pairs = (f"{a}_{b}" for a, b in pairwise(words) if a in found and b in found)
        found.update(pair for pair in pairs if pair in asked)
    return Filed(tuple(found), tuple(found.values()), max(2 * len(words) - 1, 0))


def _asked_grams(plain: Sequence[str], asked: Iterable[str]) -> Filed:
    line = gram_line(plain)
    found = {gram: _times(gram, line) for gram in asked if gram in line}
    return Filed(tuple(found), tuple(found.values()), max(len(line) - GRAM + 1, 0))


def _times(part: str, line: str) -> int:
    """Count how often a part begins in a line, overlaps too (`str.count` leaves them out)."""
    times, at = 0, line.find(part)
    while at >= 0:
        times, at = times + 1, line.find(part, at + 1)
    return times


def passage_sentences(passage: Passage) -> tuple[str, ...]:
    """Give the sentences a passage is searched by: its text's, then its approved answer."""
    group = sentences(passage.text) or (passage.text,)
    return (*group, passage.answer) if passage.answer else group


def lexical_text(passage: Passage) -> str:
    """What is searched by words: title, text, approved answer, known questions."""
    return "\n".join((passage.title, passage.text, passage.answer, *known_questions(passage)))


def known_questions(passage: Passage) -> list[str]:
    """Give the wordings a passage is known to answer, ages put into the law's bands as those of a question are."""
    return [in_age_bands(question.text) for question in passage.questions if not question.is_impossible]


def dense_text(passage: Passage) -> str:
    """What is embedded for a passage."""
    return f"{passage.title}. {passage.text}" if passage.title else passage.text

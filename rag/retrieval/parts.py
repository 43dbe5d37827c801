"""What an index works out of one passage, kept for the passages used last.

A rebuilt index holds mostly passages it held before, and a province's searches meet the same candidates again: their
words are read once. Knows one passage only; how common a word is, an index knows.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
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
    """One passage read: its sentences, and its words, accented and folded.

    `said` are the words of each sentence, `known` those of each known question, each once and in their order.
    """

    sentences: tuple[str, ...]
    title: tuple[str, ...]
    said: tuple[tuple[str, ...], ...]
    known: tuple[tuple[str, ...], ...]
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


@lru_cache(maxsize=_KEPT)
def parts_of(passage: Passage) -> Parts:
    """Read one passage."""
    texts = passage_sentences(passage)
    title, said, asked = (
        [[sys.intern(word) for word in tokens(text)] for text in group]
        for group in ((passage.title,), texts, known_questions(passage))
    )
    accented = tuple(chain(*title, *said, *asked))
    return Parts(
        texts,
        tuple(folded(title[0])),
        tuple(tuple(folded(words)) for words in said),
        tuple(tuple(sorted(set(folded(words)))) for words in asked),
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


def documents_of(parts: Parts, field: str) -> Iterator[Filed]:
    """File a passage in one field: whole, or for `sentence_terms` sentence by sentence."""
    if field == "sentence_terms":
        yield from (filed(with_bigrams(words)) for words in parts.said)
    elif field == "grams":
        yield filed(char_grams(parts.accented))
    else:
        yield filed(with_bigrams(parts.accented if field == "accented" else parts.plain))


def held_by(passage: Passage) -> Iterator[tuple[str, frozenset[str], int]]:
    """Give what a passage is filed under, uncounted: field, different terms, how many in all; for whole stores.

    The same as `documents_of`, at a fifth of its cost; `sentence_terms` come once a sentence.
    """
    parts = parts_of(passage)
    said = (("sentence_terms", words) for words in parts.said)
    for field, words in (("accented", parts.accented), ("folded", parts.plain), *said):
        pairs = map("_".join, pairwise(words))
        yield field, frozenset(chain(words, pairs)), max(2 * len(words) - 1, 0)
    line = gram_line(parts.plain)
    starts = range(len(line) - GRAM + 1)
    yield "grams", frozenset(line[at : at + GRAM] for at in starts), len(starts)


def filed(terms: Sequence[str]) -> Filed:
    """Count the terms of a document.

    >>> filed(["học", "phí", "học"])
    Filed(terms=('học', 'phí'), counts=(2, 1), length=3)
    """
    counted = Counter(terms)
    return Filed(tuple(counted), tuple(counted.values()), len(terms))


def passage_sentences(passage: Passage) -> tuple[str, ...]:
    """Give the sentences a passage is searched by: its text's, then its approved answer."""
    group = sentences(passage.text) or (passage.text,)
    return (*group, passage.answer) if passage.answer else group


def lexical_text(passage: Passage) -> str:
    """What is searched by words: title, text, approved answer, known questions."""
    return "\n".join((passage.title, passage.text, passage.answer, *known_questions(passage)))


@lru_cache(maxsize=_KEPT)
def known_questions(passage: Passage) -> tuple[str, ...]:
    """Give the wordings a passage is known to answer, ages put into the law's bands as those of a question are."""
    return tuple(in_age_bands(question.text) for question in passage.questions if not question.is_impossible)


def dense_text(passage: Passage) -> str:
    """What is embedded for a passage."""
    return f"{passage.title}. {passage.text}" if passage.title else passage.text

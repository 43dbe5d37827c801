"""One immutable index in memory: passages, their sentences, and every leg's score for a question.

Built whole and swapped whole; nothing is ever added to it. Tens of thousands of passages belong in
`rag.store.postgres`, which finds candidates there and scores them here with the same code.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from rag.errors import MixedModelsError
from rag.ports import Embedder, Scores, Vectors
from rag.retrieval.candidates import count_asked
from rag.retrieval.fusion import highest
from rag.retrieval.known import KnownQuestions
from rag.retrieval.lexical import Counted, LexicalIndex, TermStats, count
from rag.retrieval.matters import matter_row
from rag.retrieval.parts import (
    Parts,
    Sides,
    dense_text,
    documents_of,
    known_questions,
    lexical_text,
    parts_of,
    sides_of,
)
from rag.retrieval.terms import COURTESY, bare, char_grams, folded, with_bigrams
from rag.values import Passage

LEGS = (
    "accented",
    "folded",
    "grams",
    "sentence_terms",
    "dense",
    "sentence_dense",
    "question_dense",
    "matter",
)
MATTER = LEGS.index("matter")
DENSE = frozenset({"dense", "sentence_dense", "question_dense", "matter"})


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question as the legs see it: as typed, and repaired (diacritics, keystrokes, typos), with its vector.

    `matters` is how likely it asks for each passage of the shipped knowledge (`rag.ports.Reading`).
    """

    typed: tuple[str, ...]
    repaired: tuple[str, ...]
    vector: Vectors | None
    model_id: str = ""
    matters: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Legs:
    """Score of every passage by every leg (rows as `LEGS`), and a score of each sentence."""

    scores: Scores
    by_sentence: Scores
    hidden: tuple[int, ...] = ()


class PassageIndex:
    """All legs over one tuple of passages.

    `wholes` weigh them as a part of a larger store. Passages `read` before are candidates of one question: they are
    filed under the terms that `wholes` name only.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        embedder: Embedder | None,
        wholes: Mapping[str, TermStats] | None = None,
        *,
        read: Sequence[tuple[Parts, Sides]] | None = None,
    ) -> None:
        self.passages = tuple(passages)
        self.model_id = embedder.model_id if embedder else ""
        self.place = {passage.id: number for number, passage in enumerate(self.passages)}
        if read is not None and wholes:
            self._parts, self._sides = [parts for parts, _ in read], [sides for _, sides in read]
            asked = {name: whole.frequency for name, whole in wholes.items()}
            held = count_asked(self._parts, asked).pop
        else:
            self._parts = [parts_of(passage) for passage in self.passages]
            self._sides = [sides_of(passage) for passage in self.passages]
            held = partial(_counted, self._parts)
        self.sentences = tuple(one.sentences for one in self._parts)
        self.questions = KnownQuestions([one.known for one in self._parts])
        whole = (wholes or {}).get
        self.accented = LexicalIndex(held("accented"), whole=whole("accented"))
        self.folded = LexicalIndex(held("folded"), whole=whole("folded"))
        self.grams = LexicalIndex(held("grams"), whole=whole("grams"))
        self._sentence_terms = LexicalIndex(held("sentence_terms"), whole=whole("sentence_terms"))
        self._starts = np.concatenate(([0], np.cumsum([len(group) for group in self.sentences])))[:-1]
        self._starts = self._starts.astype(np.int64)
        self._embed(embedder)

    def words(self, place: int) -> tuple[tuple[str, ...], ...]:
        """Give the folded words of each sentence of a passage, its title read with the first."""
        parts = self._parts[place]
        return (parts.title + parts.said[0], *parts.said[1:])

    def accented_words(self, place: int) -> tuple[str, ...]:
        """Give all words of a passage with their marks: title, text, approved answer, known questions."""
        return self._parts[place].accented

    def known(self, place: int) -> tuple[tuple[str, ...], ...]:
        """Give the different folded words of each known question of a passage."""
        return self._parts[place].known

    def asked_by(self, words: Sequence[str]) -> tuple[int, ...]:
        """Give the passages that are known to be asked for by just these folded words, or what they name bare.

        Their order counts for nothing.
        """
        whole = self._asked_by.get(_named(words))
        return tuple(whole if whole is not None else self._asked_by.get(_named(bare(words)), ()))

    @cached_property
    def local(self) -> tuple[int, ...]:
        """The places of passages that hold in one province only."""
        return tuple(place for place, passage in enumerate(self.passages) if passage.province)

    @cached_property
    def by_id(self) -> Mapping[str, Passage]:
        """The passages by their ids."""
        return {passage.id: passage for passage in self.passages}

    @cached_property
    def topics(self) -> NDArray[np.int64]:
        """The topic of each passage, as the place of the first passage of that topic."""
        first: dict[str, int] = {}
        return np.asarray([first.setdefault(one.topic, at) for at, one in enumerate(self.passages)], np.int64)

    @cached_property
    def _asked_by(self) -> dict[str, tuple[int, ...]]:
        places: dict[str, list[int]] = {}
        for place, parts in enumerate(self._parts):
            for words in map(_named, parts.known):
                places.setdefault(words, []).append(place)
        return {words: tuple(found) for words, found in places.items()}

    def sides(self, place: int) -> Sides:
        """Give the sides of a passage."""
        return self._sides[place]

    def _embed(self, embedder: Embedder | None) -> None:
        self._vectors = self._sentence_vectors = self._question_vectors = None
        if embedder is None or not self.passages:
            return
        self._vectors = embedder.embed_passages([dense_text(p) for p in self.passages])
        flat = [sentence for group in self.sentences for sentence in group]
        self._sentence_vectors = embedder.embed_passages(flat)
        asked = [known_questions(p) for p in self.passages]
        sizes = np.asarray([len(group) for group in asked], np.int64)
        self._asked_places = np.flatnonzero(sizes)
        self._first_questions = (np.cumsum(sizes) - sizes)[self._asked_places]
        if len(self._asked_places):
            self._question_vectors = embedder.embed_passages([text for group in asked for text in group])

    @cached_property
    def version(self) -> str:
        """Name the passages and the vector space; equal names give equal answers to equal questions."""
        digest = hashlib.blake2b(self.model_id.encode(), digest_size=8)
        for passage in self.passages:
            digest.update(repr(passage).encode())
        return digest.hexdigest()

    def legs(self, query: SearchQuery) -> Legs:
        """Score every passage by every leg; a leg that cannot be asked scores 0 everywhere.

        Raises:
            MixedModelsError: the query was embedded by another model than the passages.
        """
        rows = np.zeros((len(LEGS), len(self.passages)), dtype=np.float32)
        if not self.passages:
            return Legs(rows, np.zeros(0, dtype=np.float32))
        asked = asked_terms(query)
        rows[0] = self.accented.scores(asked["accented"])
        rows[1] = self.folded.scores(asked["folded"])
        rows[2] = self.grams.scores(asked["grams"])
        by_sentence = self._sentence_terms.scores(asked["sentence_terms"])
        rows[3] = np.maximum.reduceat(by_sentence, self._starts)
        mixed = by_sentence / max(float(by_sentence.max()), 1e-6)
        if query.vector is not None:
            close = self._dense(rows, query)
            mixed = mixed + (close - close.min()) / max(float(close.max() - close.min()), 1e-6)
        return Legs(rows, mixed)

    def _dense(self, rows: Scores, query: SearchQuery) -> Scores:
        if (
            query.vector is None
            or query.model_id != self.model_id
            or self._vectors is None
            or self._sentence_vectors is None
        ):
            raise MixedModelsError(f"index has {self.model_id!r}, question has {query.model_id!r}")
        rows[4] = self._vectors @ query.vector
        close: Scores = (self._sentence_vectors @ query.vector).astype(np.float32)
        rows[5] = np.maximum.reduceat(close, self._starts)
        if self._question_vectors is not None:
            rows[6] = self._by_question(self._question_vectors @ query.vector)
        rows[MATTER] = matter_row(query.matters or {}, self.place)
        return close

    def _by_question(self, near: Vectors) -> Scores:
        """Give each passage's nearest known question; one without known questions gets the mean."""
        nearest = np.maximum.reduceat(near, self._first_questions)
        row = np.full(len(self.passages), nearest.mean(), dtype=np.float32)
        row[self._asked_places] = nearest
        return row

    def near(self, words: Sequence[str], most: int = 8) -> list[str]:
        """Give the texts that the words without marks find, for mending a question by what it is likely about."""
        scores = self.folded.scores(with_bigrams(folded(words)))
        return [lexical_text(self.passages[place]) for place in highest(scores, most) if scores[place] > 0]

    def best_sentence(self, place: int, legs: Legs) -> str:
        """Give the nearest sentence of a passage's own text (an approved answer is searched, never quoted)."""
        start = int(self._starts[place])
        size = len(self.sentences[place]) - bool(self.passages[place].answer)
        return self.sentences[place][int(np.argmax(legs.by_sentence[start : start + size]))]


def _named(words: Iterable[str]) -> str:
    """Give the different words without courtesy, as one: what takes a tenth of a set of them."""
    return " ".join(sorted(set(words) - COURTESY))


def _counted(read: Iterable[Parts], field: str) -> Counted:
    """Count the terms of passages in one field, one passage after another: filed, all of them would fill the memory."""
    return count(document for parts in read for document in documents_of(parts, field))


def asked_terms(query: SearchQuery) -> dict[str, list[str]]:
    """Give the terms a question asks each lexical leg for."""
    plain, grams = with_bigrams(folded(query.repaired)), [*char_grams(query.repaired)]
    if query.typed != query.repaired:
        grams += char_grams(query.typed)
    accented = with_bigrams(query.repaired)
    return {"accented": accented, "folded": plain, "grams": grams, "sentence_terms": plain}

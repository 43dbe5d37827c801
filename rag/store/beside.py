"""A school's own passages beside a province's store.

They are few, so all of them are candidates of every question; terms are weighed as if they stood in the store.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.ports import Embedder
from rag.retrieval.lexical import TermStats
from rag.retrieval.parts import held_by, parts_of, sides_of
from rag.store.rows import Rows, StoredVectors, texts_of
from rag.values import Passage


@dataclass(frozen=True, slots=True)
class Beside:
    """Passages, the documents and terms they add to each field, and which documents hold a term: đoạn của trường."""

    rows: Rows
    documents: Mapping[str, int]
    lengths: Mapping[str, int]
    held: Mapping[str, Mapping[str, int]]
    version: str

    def weighed(
        self, wholes: Mapping[str, TermStats], asked: Mapping[str, Iterable[str]]
    ) -> dict[str, TermStats]:
        """Give the statistics of the store and these passages together, for the terms that are asked."""
        return {name: self._together(name, whole, asked[name]) for name, whole in wholes.items()}

    def _together(self, name: str, whole: TermStats, asked: Iterable[str]) -> TermStats:
        size = whole.size + self.documents.get(name, 0)
        length = whole.size * whole.mean_length + self.lengths.get(name, 0)
        own = self.held.get(name, {})
        held = {term: whole.frequency.get(term, 0) + own.get(term, 0) for term in asked}
        return TermStats(size, length / max(size, 1), {term: often for term, often in held.items() if often})


def put_beside(passages: Sequence[Passage], embedder: Embedder) -> Beside:
    """Read and embed passages. CPU work: call it in a worker thread.

    Raises:
        EmbedderError: vectors could not be made.
    """
    documents, lengths, held = Counter[str](), Counter[str](), dict[str, Counter[str]]()
    digest = hashlib.blake2b(digest_size=8)
    for passage in passages:
        digest.update(repr(passage).encode())
        for field, terms, length in held_by(passage):
            documents[field] += 1
            lengths[field] += length
            held.setdefault(field, Counter()).update(terms)
    texts = [text for passage in passages for text in texts_of(passage)]
    known = dict(zip(texts, embedder.embed_passages(texts), strict=True))
    vectors = StoredVectors(embedder.model_id, embedder.dimensions, known)
    read = [(parts_of(passage), sides_of(passage)) for passage in passages]
    return Beside(Rows(list(passages), read, vectors), documents, lengths, held, digest.hexdigest())

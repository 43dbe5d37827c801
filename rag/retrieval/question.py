"""The question's side of the legs: its words as typed, as meant, and one vector of what was meant.

Marks and slips are mended twice: by the language of the whole index, then, where that changed anything, leaning on
the passages that the words without marks find. Only the second reading is embedded.
"""

from collections.abc import Callable, Sequence

from rag.errors import EmbedderError
from rag.ports import Embedder, PlainReading, Reading, ReadingEmbedder
from rag.retrieval.index import SearchQuery
from rag.vietnamese.forms import tokens
from rag.vietnamese.repair import Repairer

Near = Callable[[Sequence[str]], Sequence[str]]
"""Finds texts by words without marks, for mending a question by what it is likely about."""


def prepare(
    text: str, embedder: Embedder | None, repairer: Repairer | None, near: Near | None = None
) -> SearchQuery:
    """Make the search form of a canonical question; without an embedder only the lexical legs can be asked."""
    repaired = repairer.repair(text) if repairer else text
    if repairer and near is not None and repaired != text:
        repaired = repairer.repair(text, near(tokens(repaired)))
    read = reading_of(repaired, embedder)
    return SearchQuery(
        typed=tuple(tokens(text)),
        repaired=tuple(tokens(repaired)),
        vector=read.vector if read else None,
        model_id=embedder.model_id if embedder else "",
        matters=read.matters if read else None,
    )


def reading_of(text: str, embedder: Embedder | None) -> Reading | None:
    """Read one question; None without an embedder or while it fails: the words must go on finding."""
    if embedder is None:
        return None
    try:
        if isinstance(embedder, ReadingEmbedder):
            return embedder.read(text)
        return PlainReading(embedder.embed_questions([text])[0])
    except EmbedderError:
        return None

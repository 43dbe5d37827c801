"""The question's side of the dense legs: one vector a question, from the canonical, repaired text."""

from rag.ports import Embedder
from rag.retrieval.index import SearchQuery
from rag.vietnamese.forms import tokens
from rag.vietnamese.repair import Repairer


def prepare(text: str, embedder: Embedder | None, repairer: Repairer | None) -> SearchQuery:
    """Make the search form of a canonical question; without an embedder only the lexical legs can be asked."""
    repaired = repairer.repair(text) if repairer else text
    vector = embedder.embed_questions([repaired])[0] if embedder else None
    return SearchQuery(
        typed=tuple(tokens(text)),
        repaired=tuple(tokens(repaired)),
        vector=vector,
        model_id=embedder.model_id if embedder else "",
    )

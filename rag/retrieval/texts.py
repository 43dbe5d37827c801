"""The texts of an index that have vectors, for whoever ships these or looks for a question's like."""

from rag.retrieval.index import PassageIndex
from rag.retrieval.parts import dense_text, known_questions


def indexed_texts(index: PassageIndex) -> list[str]:
    """Give every text of an index that is embedded: passages, sentences, known questions."""
    return [
        *map(dense_text, index.passages),
        *(sentence for group in index.sentences for sentence in group),
        *known_texts(index),
    ]


def known_texts(index: PassageIndex) -> list[str]:
    """Give the known questions of every passage of an index."""
    return [text for passage in index.passages for text in known_questions(passage)]

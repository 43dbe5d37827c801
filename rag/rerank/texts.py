"""What a re-ranker reads of a passage."""

from rag.values import Passage


def passage_text(passage: Passage) -> str:
    """Give title, text and approved answer as one text."""
    return "\n".join(part for part in (passage.title, passage.text, passage.answer) if part)

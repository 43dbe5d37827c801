"""A re-ranker by a sentence-transformers CrossEncoder, by hub name or from a folder (see `rag tune`).

Reads question and passage together, so it is exact and slow: some 30 passages a question, best on a GPU. Needs the
extra `models`.
"""

from collections.abc import Sequence
from typing import Any

from rag.errors import RerankerError
from rag.rerank.texts import passage_text
from rag.values import Passage

_BATCH = 32


class CrossEncoderReranker:
    """A `Reranker` over a CrossEncoder."""

    def __init__(self, name: str, *, device: str | None = None) -> None:
        try:
            from sentence_transformers import CrossEncoder

            self._model: Any = CrossEncoder(name, device=device)
        except ImportError as error:
            raise RerankerError(
                "sentence-transformers is not installed: pip install 'congtruong[models]'"
            ) from error
        except (OSError, ValueError) as error:
            raise RerankerError(f"model {name!r} cannot be loaded: {type(error).__name__}") from error

    def score(self, question: str, passages: Sequence[Passage]) -> Sequence[float]:
        """Give one score a passage, in the given order.

        Raises:
            RerankerError: the model failed.
        """
        if not passages:
            return ()
        pairs = [(question, passage_text(passage)) for passage in passages]
        try:
            scores = self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False)
        except RuntimeError as error:
            raise RerankerError(f"cross-encoder: {type(error).__name__}") from error
        return [float(score) for score in scores]

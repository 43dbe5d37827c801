"""What can go wrong in `rag`, named for the fact. No prose for parents: that is written where they read it."""


class RagError(Exception):
    """Base of every error `rag` raises on purpose."""


class KnowledgeFormError(RagError):
    """A knowledge or SQuAD file does not have the form it should; the message says where."""


class MixedModelsError(RagError):
    """Vectors of two embedding models would have been compared."""


class EmbedderError(RagError):
    """The embedder did not give vectors (server away, wrong shape, refused)."""


class RerankerError(RagError):
    """The re-ranker did not give scores; the caller falls back to the fused order."""


class GenerationError(RagError):
    """The generator gave no usable draft; the caller falls back to the extractive answer."""


class StoreError(RagError):
    """The store of a province cannot be reached, or holds no index yet."""


class TuningError(RagError):
    """Tuning could not begin or go on: no torch, no model, or a checkpoint of another run."""

"""What can go wrong in `rag`, named for the fact. No prose for parents: that is written where they read it."""

import json
from pathlib import Path


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


def in_words(error: Exception) -> str:
    """Say what is wrong with a file in one sentence, without Python's words for it.

    >>> in_words(KeyError("context"))
    "the field 'context' is missing"
    """
    match error:
        case UnicodeDecodeError():
            said = "not UTF-8 text: save the file as UTF-8"
        case json.JSONDecodeError():
            said = f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
        case KeyError():
            said = f"the field {error.args[0]!r} is missing"
        case RecursionError():
            said = "nested too deeply"
        case TypeError() | AttributeError():
            said = "a field has the wrong type (text, list or object)"
        case OSError(filename=str() | Path() as name):
            said = f"{name}: {error.strerror}"
        case _:
            said = str(error)
    return said

"""An embedder without the branch that learned all wordings of the knowledge, for whoever asks just these."""

from rag.ports import Embedder


class Silent:
    """Embeds as the embedder beneath, and tells no matters: they learned all wordings of the knowledge."""

    def __init__(self, embedder: Embedder) -> None:
        self.model_id, self.dimensions = embedder.model_id, embedder.dimensions
        self.embed_questions, self.embed_passages = embedder.embed_questions, embedder.embed_passages

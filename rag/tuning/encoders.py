"""The two things that are tuned: a bi-encoder (one vector a text) and a cross-encoder (question and passage at once).

Both learn to prefer the right passage among hard negatives and the other passages of the batch.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.util import batch_to_device
from torch import Tensor, arange, cat, tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, normalize

from rag.evaluation.ranking import ranking_figures
from rag.tuning.examples import Example, Material
from rag.tuning.loop import Schedule, train

_SHARP = 20.0  # the scale of cosines in the contrastive loss, as multilingual-e5 and its kin were trained


class BiEncoder:
    """A sentence-transformers model that is tuned contrastively."""

    def __init__(self, name: str, *, device: str | None = None) -> None:
        self.model = SentenceTransformer(name, device=device)

    def tune(self, material: Material, schedule: Schedule, checkpoint: Path) -> bool:
        """Train on the examples; tell whether the run reached its end."""
        return train(self.model, self._loss, material.examples, schedule, checkpoint)

    def figures(self, material: Material) -> dict[str, float]:
        """Give recall and the like of the held-out questions over all passages, by the vectors alone."""
        questions = [question for question, _ in material.held_out]
        options = {"show_progress_bar": False, "normalize_embeddings": True}
        texts = np.asarray(self.model.encode_document(list(material.texts), **options))
        asked = np.asarray(self.model.encode_query(questions, **options))
        order = np.argsort(-(asked @ texts.T), axis=1)
        places = [place for _, place in material.held_out]
        return ranking_figures([_rank(row.tolist(), place) for row, place in zip(order, places, strict=True)])

    def save(self, folder: Path) -> None:
        """Write the model so that its folder can be named as an embedder."""
        self.model.save(str(folder))

    def _loss(self, batch: Sequence[Example]) -> Tensor:
        asked = self._vectors([one.question for one in batch], "query")
        right = self._vectors([one.right for one in batch], "document")
        wrong = self._vectors([text for one in batch for text in one.wrong], "document")
        scores = _SHARP * asked @ cat((right, wrong)).T
        return cross_entropy(scores, arange(len(batch), device=scores.device))

    def _vectors(self, texts: list[str], task: str) -> Tensor:
        prompts: dict[str, str] = dict(self.model.prompts or {})
        given = [f"{prompts.get(task) or ''}{text}" for text in texts]
        features = batch_to_device(self.model.preprocess(given), self.model.device)
        return normalize(self.model(features)["sentence_embedding"], dim=1)


class PairEncoder:
    """A CrossEncoder with one score, tuned to tell the right passage from hard negatives."""

    def __init__(self, name: str, *, device: str | None = None) -> None:
        self.model = CrossEncoder(name, num_labels=1, device=device)

    def tune(self, material: Material, schedule: Schedule, checkpoint: Path) -> bool:
        """Train on the examples; tell whether the run reached its end."""
        return train(self.model, self._loss, material.examples, schedule, checkpoint)

    def figures(self, material: Material) -> dict[str, float]:
        """Give recall and the like of the held-out questions among their twenty best passages by words."""
        ranks = []
        for (question, place), among in zip(material.held_out, material.candidates, strict=True):
            scores = self.model.predict(
                [(question, material.texts[at]) for at in among], show_progress_bar=False
            )
            ranks.append(_rank([among[at] for at in np.argsort(-np.asarray(scores), kind="stable")], place))
        return ranking_figures(ranks)

    def save(self, folder: Path) -> None:
        """Write the model so that its folder can be named as a re-ranker."""
        self.model.save_pretrained(str(folder))

    def _loss(self, batch: Sequence[Example]) -> Tensor:
        pairs = [(one.question, text) for one in batch for text in (one.right, *one.wrong)]
        labels = [float(text == one.right) for one in batch for text in (one.right, *one.wrong)]
        features = batch_to_device(self.model.preprocess(pairs), self.model.device)
        scores: Any = self.model(features)["scores"].view(-1)
        return binary_cross_entropy_with_logits(scores, tensor(labels, device=scores.device))


def _rank(order: Sequence[int], place: int) -> int | None:
    return order.index(place) + 1 if place in order else None

"""A second way up the model, from its seventh layer: tuned to tell what kind of message a question is.

Words that a bag of pieces holds in any order ("con bị bạn đánh", "bạn bị con đánh") are read here in theirs. The
branch has the model's own four-bit weights, each with a correction of low rank (LoRA), so it costs 1 MB and the
layers it runs; the vector that is searched with stays as it is. Learned by `python -m rag.tuning.kinds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.embedding.e5.packed import Floats

SHIPPED = Path(__file__).with_name("branch.npz")


@dataclass(frozen=True, slots=True)
class Branch:
    """Weights by name: `l7.q.down` (rank, columns), `l7.q.up` (rows, rank), `l7.aln.w` …, `look`, `out.weight` …."""

    weights: Mapping[str, Floats]
    classes: tuple[str, ...]

    @property
    def layers(self) -> list[int]:
        """Give the numbers of the layers that are run once more, lowest first."""
        return sorted(
            {int(name[1:].split(".")[0]) for name in self.weights if name[0] == "l" and "." in name}
        )

    def shares(self, rows: Floats) -> dict[str, float]:
        """Give the probability of each class for the rows that the branch made of a text (pieces, width)."""
        heard = rows @ self.weights["look"]
        weight = np.exp(heard - heard.max())
        seen = np.concatenate((weight @ rows / weight.sum(), rows.mean(axis=0)))
        logits = self.weights["out.weight"] @ seen + self.weights["out.bias"]
        raised = np.exp(logits - logits.max())
        return dict(zip(self.classes, (raised / raised.sum()).tolist(), strict=True))


@lru_cache(maxsize=1)
def load_branch() -> Branch:
    """Load the shipped branch, once a process."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        weights = {name: kept[name].astype(np.float32) for name in kept.files if name != "classes"}
        return Branch(weights, tuple(kept["classes"].tolist()))

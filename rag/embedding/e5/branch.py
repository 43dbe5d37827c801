"""Ways up the model a second time, from its seventh layer: each tuned to tell one thing of a question.

One tells what kind of message it is, one which passage of the shipped knowledge it asks for. Words that a bag of
pieces holds in any order ("con bị bạn đánh", "bạn bị con đánh") are read here in theirs. A branch has the model's own
weights, each with a correction of low rank (LoRA), so a megabyte or two are shipped; the vector that is searched with
stays as it is. Learned by `rag.tuning.kinds` and `rag.tuning.matters`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.embedding.e5.packed import Floats

KINDS = Path(__file__).with_name("kinds.npz")
MATTERS = Path(__file__).with_name("matters.npz")


@dataclass(frozen=True, slots=True)
class Branch:
    """Weights by name: `l7.q.down` (rank, columns), `l7.q.up` (rows, rank), `l7.aln.w` …, `look`, `out.weight` ….

    One of many classes has `near.weight` (classes, width) as well: its classes lie in a space, and the nearest counts.
    """

    weights: Mapping[str, Floats]
    classes: tuple[str, ...]

    @property
    def layers(self) -> list[int]:
        """Give the numbers of the layers that are run once more, lowest first."""
        return sorted({int(name[1:].split(".")[0]) for name in self.weights if _of_layer(name)})

    def without_layers(self) -> "Branch":
        """Give what reads the rows that the layers made: all that is wanted once these are in a network."""
        return replace(self, weights={name: one for name, one in self.weights.items() if not _of_layer(name)})

    def shares(self, rows: Floats) -> dict[str, float]:
        """Give the probability of each class for the rows that the branch made of a text (pieces, width)."""
        heard = rows @ self.weights["look"]
        weight = np.exp(heard - heard.max())
        seen = np.concatenate((weight @ rows / weight.sum(), rows.mean(axis=0)))
        logits = self.weights["out.weight"] @ seen + self.weights["out.bias"]
        if "near.weight" in self.weights:
            there = logits / max(float(np.linalg.norm(logits)), 1e-9)
            logits = self.weights["near.weight"] @ there + self.weights["near.bias"]
        raised = np.exp(logits - logits.max())
        return dict(zip(self.classes, (raised / raised.sum()).tolist(), strict=True))


def _of_layer(name: str) -> bool:
    return name[0] == "l" and "." in name


def load_branch(path: Path) -> Branch:
    """Load a branch."""
    with np.load(path, allow_pickle=False) as kept:
        weights = {name: kept[name].astype(np.float32) for name in kept.files if name != "classes"}
        return Branch(weights, tuple(kept["classes"].tolist()))

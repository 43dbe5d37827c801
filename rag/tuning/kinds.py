"""Learns the branch that tells what kind of message a question is: `python -m rag.tuning.kinds` (torch; half an hour).

It learns from the written examples and the knowledge's questions, each also without its marks and as one types in a
chat. What the seventh layer makes of a text is taken as it is; three layers above it get corrections of low rank (LoRA,
Hu et al. 2021) to the model's own weights, which stay. Weights are named as in `rag.embedding.e5.branch`, which runs
them; only the corrections are kept.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu, layer_norm, linear

from rag.corpus import load_knowledge
from rag.embedding.e5 import branch
from rag.embedding.e5.engine import load_engine
from rag.embedding.e5.packed import Floats, Packed
from rag.fit.intents import messages, written
from rag.fit.samples import chatty, pleading
from rag.guard.intents import CLASSES, EXAMPLES
from rag.guard.likeness import LATER
from rag.settings import RagSettings
from rag.vietnamese.forms import canonical
from rag.vietnamese.noise import without_marks

LAYERS = range(7, 10)  # those run once more; the layer before them is what the embedder tells anyway
_RANK, _RATE, _DECAY, _DROPPED, _SMOOTHED, _SEED = 16, 7e-4, 0.01, 0.1, 0.05, 11
_EPOCHS, _BATCH, _LONGEST = 7, 32, 120
_AS_WRITTEN = 0.6  # how often a text is learned as it was written, and not in another form
_MOST = 99  # wordings of one passage


@dataclass(frozen=True, slots=True)
class Sample:
    """One message: what the seventh layer makes of each form of it (pieces, width), as written first; its class."""

    forms: "tuple[np.ndarray[Any, np.dtype[np.float16]], ...]"
    label: int


def forms_of(text: str, label: str) -> list[str]:
    """Give a canonical message as written, without marks, and, where it is no greeting, as one types in a chat.

    And as a family's story that asks what to do: learned of questions or of dangers alone, such words tell of them.
    """
    forms = [text, canonical(without_marks(text))]
    forms += [] if label == "greeting" else [canonical(chatty(text)), canonical(pleading(text))]
    return list(dict.fromkeys(forms))


def samples_of(said: Sequence[tuple[str, str]]) -> list[Sample]:
    """Read messages with their classes; a very long one is learned by its beginning."""
    engine = load_engine()

    def rows(text: str) -> "np.ndarray[Any, np.dtype[np.float16]]":
        return engine.inner_rows(f"query: {text}")[:_LONGEST].astype(np.float16)

    return [Sample(tuple(map(rows, forms_of(text, label))), CLASSES.index(label)) for text, label in said]


class _Product(nn.Module):
    """A product with weights that stay as they are, and a correction of low rank that is learned."""

    def __init__(self, packed: Packed, name: str, columns: int) -> None:
        super().__init__()
        blocks = packed.blocks(f"{name}.w", columns)
        whole = (blocks.numbers.astype(np.float32) - 8) * blocks.scales[..., None]
        self.register_buffer("held", torch.from_numpy(whole.reshape(-1, columns)).bfloat16())
        self.register_buffer("bias", torch.from_numpy(packed.floats(f"{name}.b").copy()).bfloat16())
        self.down = nn.Parameter(torch.randn(_RANK, columns) / math.sqrt(columns))
        self.up = nn.Parameter(torch.zeros(len(self.held), _RANK))

    def forward(self, rows: Any) -> Any:
        narrow = linear(rows, self.down.bfloat16())
        return linear(rows, self.held, self.bias) + linear(narrow, self.up.bfloat16())


class _Level(nn.Module):
    """A layer's normalisation, which is learned on from the model's own."""

    def __init__(self, packed: Packed, name: str) -> None:
        super().__init__()
        self.w, self.b = (
            nn.Parameter(torch.from_numpy(packed.floats(f"{name}.{one}").copy())) for one in "wb"
        )
        self.epsilon = packed.sizes.epsilon

    def forward(self, rows: Any) -> Any:
        return layer_norm(rows.float(), self.w.shape, self.w, self.b, self.epsilon).bfloat16()


class _Layer(nn.Module):
    def __init__(self, packed: Packed, name: str) -> None:
        super().__init__()
        sizes = packed.sizes
        self.heads = sizes.heads
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            columns = sizes.inner if part == "fo" else sizes.width
            self.add_module(part, _Product(packed, f"{name}.{part}", columns))
        self.aln, self.oln = _Level(packed, f"{name}.aln"), _Level(packed, f"{name}.oln")
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, rows: Any, there: Any) -> Any:
        texts, pieces, width = rows.shape

        def headed(part: Any) -> Any:
            return part(rows).view(texts, pieces, self.heads, -1).transpose(1, 2)

        near = headed(self.q) @ headed(self.k).transpose(2, 3) * (width // self.heads) ** -0.5
        near = torch.softmax(near.masked_fill(~there[:, None, None], -1e4), -1)
        heard = (near @ headed(self.v)).transpose(1, 2).reshape(texts, pieces, width)
        middle = self.aln(rows + self.drop(self.ao(heard)))
        return self.oln(middle + self.drop(self.fo(gelu(self.fi(middle)))))


class Branch(nn.Module):
    """The layers of `LAYERS` and what reads their rows, as they are learned."""

    def __init__(self, packed: Packed) -> None:
        super().__init__()
        width = packed.sizes.width
        for number in LAYERS:
            self.add_module(f"l{number}", _Layer(packed, f"l{number}"))
        self.look = nn.Parameter(torch.zeros(width))
        self.out = nn.Linear(2 * width, len(CLASSES))
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, rows: Any, there: Any) -> Any:
        """Give the logit of each class (texts, classes) for rows (texts, pieces, width), of which some are there."""
        rows = rows.bfloat16()
        for layer in (one for name, one in self.named_children() if name[0] == "l"):
            rows = layer(rows, there)
        rows = rows.float()
        weight = torch.softmax((rows @ self.look).masked_fill(~there, -1e9), 1)
        mean = (rows * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        seen = torch.cat([(weight[..., None] * rows).sum(1), mean], 1)
        return self.out(self.drop(seen))


def learn(
    samples: Sequence[Sample], *, epochs: int = _EPOCHS, tell: Callable[[str], object] = lambda _: None
) -> Branch:
    """Learn a branch; equal samples in equal order give equal weights on one machine."""
    torch.manual_seed(_SEED)
    chance = np.random.default_rng(_SEED)
    net = Branch(load_engine().packed)
    weights = [one for one in net.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=_RATE, weight_decay=_DECAY)
    steps = epochs * -(-len(samples) // _BATCH)
    pace = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _RATE, total_steps=steps + 1, pct_start=0.06, anneal_strategy="linear"
    )
    each = _counts_for(samples)
    for epoch in range(epochs):
        total = 0.0
        for batch in _batches(samples, chance):
            labels = torch.tensor([sample.label for sample in batch])
            rows = _filled([_form(sample, chance) for sample in batch])
            loss = cross_entropy(net(*rows), labels, weight=each, label_smoothing=_SMOOTHED)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            pace.step()
            total += loss.item() * len(batch)
        tell(f"epoch {epoch + 1} of {epochs}: loss {total / len(samples):.3f}\n")
    net.eval()
    return net


def _counts_for(samples: Sequence[Sample]) -> Any:
    """Give what a message of each class counts: rare classes more, by the root of how rare they are."""
    many = np.bincount([sample.label for sample in samples], minlength=len(CLASSES))
    return torch.from_numpy(np.sqrt(len(samples) / len(CLASSES) / np.maximum(many, 1)).astype(np.float32))


def _form(sample: Sample, chance: np.random.Generator) -> "np.ndarray[Any, np.dtype[np.float16]]":
    written_so = chance.random() < _AS_WRITTEN
    return sample.forms[0 if written_so else chance.integers(len(sample.forms))]


def _batches(samples: Sequence[Sample], chance: np.random.Generator) -> Iterator[list[Sample]]:
    """Give batches of messages nearly as long as each other, so that little is filled up."""
    order = [samples[at] for at in chance.permutation(len(samples))]
    for at in range(0, len(order), 40 * _BATCH):
        alike = sorted(order[at : at + 40 * _BATCH], key=lambda sample: len(sample.forms[0]))
        batches = [alike[start : start + _BATCH] for start in range(0, len(alike), _BATCH)]
        yield from (batches[one] for one in chance.permutation(len(batches)))


def _filled(rows: "Sequence[np.ndarray[Any, np.dtype[np.float16]]]") -> tuple[Any, Any]:
    """Give texts of several lengths as one array, and which of its rows are there."""
    longest = max(map(len, rows))
    whole = torch.zeros(len(rows), longest, rows[0].shape[1])
    there = torch.zeros(len(rows), longest, dtype=torch.bool)
    for at, one in enumerate(rows):
        whole[at, : len(one)] = torch.from_numpy(one.astype(np.float32))
        there[at, : len(one)] = True
    return whole, there


def weights_of(net: Branch) -> dict[str, Floats]:
    """Give what was learned, named as it is shipped."""
    return {name: value.detach().numpy() for name, value in net.named_parameters()}


def save(net: Branch, path: Path) -> None:
    """Write what was learned, at half precision."""
    halves: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights_of(net).items()}
    np.savez_compressed(path, classes=np.asarray(CLASSES), **halves)


def main() -> None:
    """Learn the branch from what stands in the repository, and write it."""
    parser = argparse.ArgumentParser(prog="python -m rag.tuning.kinds")
    parser.add_argument("--out", type=Path, default=branch.SHIPPED)
    options = parser.parse_args()
    corpus = load_knowledge(RagSettings().knowledge_dir)
    said = messages(corpus, (written(EXAMPLES), written(LATER)), _MOST)
    save(learn(samples_of(said), tell=sys.stderr.write), options.out)


if __name__ == "__main__":
    main()

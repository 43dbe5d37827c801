"""Learns a branch of the embedder (`rag.embedding.e5.branch`) on texts with their classes; torch.

What the seventh layer makes of a text is taken as it is; layers above it get corrections of low rank (LoRA, Hu et al.
2021) to the model's own weights, which stay. Weights are named as the branch's are, and only the corrections are kept.
What is learned, and from what, `rag.tuning.kinds` and `rag.tuning.matters` say.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, gelu, layer_norm, linear, normalize

from rag.embedding.e5.engine import load_engine
from rag.embedding.e5.packed import Floats, Packed

_RANK, _DECAY, _DROPPED, _SEED = 16, 0.01, 0.1, 11
_BATCH, _LONGEST = 32, 120
_AS_WRITTEN = 0.6  # how often a text is learned as it was written, and not in another form
_PLACES = 5.0  # how much quicker than the layers the places of classes are learned
_FEW = 6  # pieces of a text of which none is left out

Rows = np.ndarray[Any, np.dtype[np.float16]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a branch is learned: the layers run once more, how often and how quickly, and what is left unsure.

    `near`, where it is given, learns classes as places in a space, logits being so many times their cosine: for many
    classes of few texts each. `balanced` counts
    texts of rare classes more. `left_out` is the share of pieces that a text is learned without.
    """

    layers: range
    epochs: int
    rate: float
    smoothed: float
    near: float | None = None
    balanced: bool = False
    left_out: float = 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """One text: what the seventh layer makes of each form of it (pieces, width), as written first; its class."""

    forms: tuple[Rows, ...]
    label: int


def sample_of(forms: Sequence[str], label: int) -> Sample:
    """Read a text in its forms; a very long one is learned by its beginning."""
    engine = load_engine()
    rows = (engine.read(f"query: {form}").rows[:_LONGEST].astype(np.float16) for form in forms)
    return Sample(tuple(rows), label)


class _Product(nn.Module):
    """A product with weights that stay as they are, and a correction of low rank that is learned."""

    def __init__(self, packed: Packed, name: str, columns: int) -> None:
        super().__init__()
        self.register_buffer("held", torch.from_numpy(packed.matrix(f"{name}.w", columns)).bfloat16())
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
    """The layers that are run once more and what reads their rows, as they are learned."""

    def __init__(self, packed: Packed, recipe: Recipe, classes: int) -> None:
        super().__init__()
        width = packed.sizes.width
        for number in recipe.layers:
            self.add_module(f"l{number}", _Layer(packed, f"l{number}"))
        self.look = nn.Parameter(torch.zeros(width))
        self.out = nn.Linear(2 * width, width if recipe.near else classes)
        self.drop = nn.Dropout(_DROPPED)
        self.spread = recipe.near
        if recipe.near:
            self.near = nn.Linear(width, classes)
            nn.init.normal_(self.near.weight, std=width**-0.5)
            nn.init.zeros_(self.near.bias)
            with torch.no_grad():  # a text begins as the mean of its rows
                self.out.weight.copy_(torch.cat((torch.zeros(width, width), torch.eye(width)), 1))
                self.out.weight.add_(0.01 * torch.randn_like(self.out.weight))

    def forward(self, rows: Any, there: Any) -> Any:
        """Give the logit of each class (texts, classes) for rows (texts, pieces, width), of which some are there."""
        rows = rows.bfloat16()
        for layer in (one for name, one in self.named_children() if name[0] == "l"):
            rows = layer(rows, there)
        rows = rows.float()
        weight = torch.softmax((rows @ self.look).masked_fill(~there, -1e9), 1)
        mean = (rows * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        seen = torch.cat([(weight[..., None] * rows).sum(1), mean], 1)
        told = self.out(self.drop(seen))
        if self.spread is None:
            return told
        return (
            self.spread * linear(normalize(told, dim=1), normalize(self.near.weight, dim=1)) + self.near.bias
        )


def learn(
    samples: Sequence[Sample], classes: int, recipe: Recipe, tell: Callable[[str], object] = lambda _: None
) -> Branch:
    """Learn a branch; equal samples in equal order give equal weights on one machine."""
    torch.manual_seed(_SEED)
    chance = np.random.default_rng(_SEED)
    net = Branch(load_engine().packed, recipe, classes)
    weights = [one for one in net.parameters() if one.requires_grad]
    layers = [value for name, value in net.named_parameters() if not name.startswith("near.")]
    groups: list[dict[str, Any]] = [{"params": layers, "lr": recipe.rate}]
    if recipe.near:
        groups.append({"params": list(net.near.parameters()), "lr": _PLACES * recipe.rate})
    optimiser = torch.optim.AdamW(groups, weight_decay=_DECAY)
    steps = recipe.epochs * -(-len(samples) // _BATCH)
    pace = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        [group["lr"] for group in groups],
        total_steps=steps + 1,
        pct_start=0.06,
        anneal_strategy="linear",
    )
    each = _counts_for(samples, classes) if recipe.balanced else None
    for epoch in range(recipe.epochs):
        total = 0.0
        for batch in _batches(samples, chance):
            labels = torch.tensor([sample.label for sample in batch])
            rows = filled([_form(sample, chance, recipe.left_out) for sample in batch])
            loss = cross_entropy(net(*rows), labels, weight=each, label_smoothing=recipe.smoothed)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            pace.step()
            total += loss.item() * len(batch)
        tell(f"epoch {epoch + 1} of {recipe.epochs}: loss {total / len(samples):.3f}\n")
    net.eval()
    return net


def _counts_for(samples: Sequence[Sample], classes: int) -> Any:
    """Give what a text of each class counts: rare classes more, by the root of how rare they are."""
    many = np.bincount([sample.label for sample in samples], minlength=classes)
    return torch.from_numpy(np.sqrt(len(samples) / classes / np.maximum(many, 1)).astype(np.float32))


def _form(sample: Sample, chance: np.random.Generator, left_out: float) -> Rows:
    written_so = chance.random() < _AS_WRITTEN
    rows = sample.forms[0 if written_so else chance.integers(len(sample.forms))]
    if not left_out or len(rows) <= _FEW:
        return rows
    kept = chance.random(len(rows)) >= left_out
    kept[[0, -1]] = True  # the frame
    return rows[kept]


def _batches(samples: Sequence[Sample], chance: np.random.Generator) -> Iterator[list[Sample]]:
    """Give batches of texts nearly as long as each other, so that little is filled up."""
    order = [samples[at] for at in chance.permutation(len(samples))]
    for at in range(0, len(order), 40 * _BATCH):
        alike = sorted(order[at : at + 40 * _BATCH], key=lambda sample: len(sample.forms[0]))
        batches = [alike[start : start + _BATCH] for start in range(0, len(alike), _BATCH)]
        yield from (batches[one] for one in chance.permutation(len(batches)))


def filled(rows: Sequence[Rows]) -> tuple[Any, Any]:
    """Give texts of several lengths as one array, and which of its rows are there."""
    longest = max(map(len, rows))
    whole = torch.zeros(len(rows), longest, rows[0].shape[1])
    there = torch.zeros(len(rows), longest, dtype=torch.bool)
    for at, one in enumerate(rows):
        whole[at, : len(one)] = torch.from_numpy(one.astype(np.float32))
        there[at, : len(one)] = True
    return whole, there


def weights_of(net: Branch) -> dict[str, Floats]:
    """Give what was learned, named as it is shipped; the places of classes at the length they are compared with."""
    learned = {name: value.detach() for name, value in net.named_parameters()}
    if net.spread is not None:
        learned["near.weight"] = net.spread * normalize(learned["near.weight"], dim=1)
    return {name: value.numpy() for name, value in learned.items()}


def save(net: Branch, classes: Sequence[str], path: Path) -> None:
    """Write what was learned, at half precision."""
    halves: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights_of(net).items()}
    np.savez_compressed(path, classes=np.asarray(classes), **halves)

"""Learns the weights of `rag.reading` from SQuAD files: `python -m rag.tuning.reading FILE … --out weights.npz`.

The shipped weights were learned from 5,794 public questions in Vietnamese, none of XQuAD's paragraphs among them (see
docs/retrieval-measured.md); only the weights are kept. Layers are named as in `rag.reading.network`, which runs them.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import dropout, log_softmax, pad, relu

from rag.corpus import read_contexts
from rag.reading.network import LONGEST, STEPS
from rag.reading.reader import Reader, load_reader
from rag.reading.words import SIGNS, Floats, signs_of, words_of
from rag.values import Passage

WIDTH, INNER, PAIRED = 768, 96, 24
_EPOCHS, _BATCH, _RATE, _DECAY, _DROPPED, _SEED = 6, 16, 3e-3, 0.02, 0.3, 20


@dataclass(frozen=True, slots=True)
class Sample:
    """One question with the words it is read with; `right` are answers as (first word, words more)."""

    asked: Floats
    vectors: "np.ndarray[Any, np.dtype[np.float16]]"
    signs: Floats
    right: tuple[tuple[int, int], ...]


def samples_of(reader: Reader, passages: Iterable[Passage]) -> Iterator[Sample]:
    """Read every question of passages with its passage; one whose answers stand nowhere as whole words is left out."""
    for passage in passages:
        words = words_of(passage.text)
        for question in passage.questions:
            spans = [span for answer in question.answers for span in _places(answer, passage.text)]
            if not spans:
                continue
            seen = reader.window(words, *spans[0])
            right = {_within([(one.start, one.end) for one in seen], *span) for span in spans} - {None}
            framed = reader.framed(question.text, seen)
            signs = signs_of(question.text, seen)
            kept = tuple(sorted(one for one in right if one))
            yield Sample(framed.asked, framed.vectors.astype(np.float16), signs, kept)


def _places(answer: str, text: str) -> list[tuple[int, int]]:
    whole = rf"(?<!\w){re.escape(answer.strip(' .,;:'))}(?!\w)"
    return [match.span() for match in re.finditer(whole, text, re.IGNORECASE) if match.group()]


def _within(words: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """Give the words that hold characters `start` to `end`, cut to the longest answer."""
    held = [at for at, (begins, ends) in enumerate(words) if ends > start and begins < end]
    return (held[0], min(held[-1] - held[0], LONGEST - 1)) if held else None


def learn(
    samples: Sequence[Sample], *, epochs: int = _EPOCHS, tell: Callable[[str], object] = lambda _: None
) -> dict[str, Floats]:
    """Learn the weights; equal samples in equal order give equal weights on one machine."""
    torch.manual_seed(_SEED)
    chance = np.random.default_rng(_SEED)
    layers = _layers()
    optimiser = torch.optim.AdamW(layers.parameters(), lr=_RATE, weight_decay=_DECAY)
    steps = epochs * -(-len(samples) // _BATCH)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps + 1, pct_start=0.1)
    for epoch in range(epochs):
        total = 0.0
        for batch in _batches(samples, chance):
            loss = _loss(layers, batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(layers.parameters(), 1.0)
            optimiser.step()
            pace.step()
            total += loss.item() * len(batch)
        tell(f"epoch {epoch + 1} of {epochs}: loss {total / len(samples):.3f}\n")
    return {name: value.numpy() for name, value in layers.state_dict().items()}


def _layers() -> Any:
    return nn.ModuleDict(
        {
            "p": nn.Linear(WIDTH, INNER),
            "f": nn.Linear(SIGNS, INNER),
            "q": nn.Linear(WIDTH, INNER),
            **{
                name: nn.Conv1d(INNER, INNER, 5, padding=2 * step, dilation=step)
                for name, step in STEPS.items()
            },
            "a": nn.Linear(INNER, 1),
            "b": nn.Linear(INNER, 1),
            "s1": nn.Linear(INNER, PAIRED),
            "e1": nn.Linear(INNER, PAIRED),
            "length": nn.Embedding(LONGEST, 1),
        }
    )


def _batches(samples: Sequence[Sample], chance: np.random.Generator) -> Iterator[list[Sample]]:
    """Give batches of texts nearly as long as each other, so that little is filled up."""
    order = [samples[at] for at in chance.permutation(len(samples))]
    for at in range(0, len(order), 16 * _BATCH):
        alike = sorted(order[at : at + 16 * _BATCH], key=lambda sample: len(sample.vectors))
        yield from (alike[at : at + _BATCH] for at in range(0, len(alike), _BATCH))


def _loss(layers: Any, batch: Sequence[Sample]) -> Any:
    scores = _scores(layers, batch)
    surprise = log_softmax(scores.flatten(1), dim=1)
    right = [[first * LONGEST + more for first, more in sample.right] for sample in batch]
    return -sum(torch.logsumexp(row[places], 0) for row, places in zip(surprise, right, strict=True)) / len(
        batch
    )


def _scores(layers: Any, batch: Sequence[Sample]) -> Any:
    """Score every answer of every sample (samples, words, `LONGEST`), as `rag.reading.network.scores_of` does."""
    longest = max(len(sample.vectors) for sample in batch)
    vectors, signs = torch.zeros(len(batch), longest, WIDTH), torch.zeros(len(batch), longest, SIGNS)
    there = torch.zeros(len(batch), longest, dtype=torch.bool)
    for at, sample in enumerate(batch):
        size = len(sample.vectors)
        vectors[at, :size] = torch.from_numpy(sample.vectors.astype(np.float32))
        signs[at, :size] = torch.from_numpy(sample.signs)
        there[at, :size] = True
    asked = torch.from_numpy(np.stack([sample.asked for sample in batch]))[:, None]
    level = nn.LayerNorm(WIDTH, elementwise_affine=False)
    seen = relu(
        layers["p"](_dropped(layers, level(vectors))) + layers["f"](signs) + layers["q"](level(asked))
    )
    for name in STEPS:
        held = (_dropped(layers, seen) * there[..., None]).transpose(1, 2)
        seen = seen + relu(layers[name](held).transpose(1, 2))
    seen = _dropped(layers, seen)
    begin, end = (layers[name](seen)[..., 0].masked_fill(~there, -1e4) for name in ("a", "b"))
    first, last = layers["s1"](seen) / 5, pad(layers["e1"](seen), (0, 0, 0, LONGEST - 1))
    ends = pad(end, (0, LONGEST - 1), value=-1e4).unfold(1, LONGEST, 1)
    pairs = [(first * last[:, more : more + longest]).sum(-1) for more in range(LONGEST)]
    return begin[..., None] + ends + torch.stack(pairs, -1) + layers["length"].weight[:, 0]


def _dropped(layers: Any, rows: Any) -> Any:
    return dropout(rows, _DROPPED, training=layers.training)


def main() -> None:
    """Learn from SQuAD files and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m rag.tuning.reading")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    passages = [passage for path in options.files for passage in read_contexts(path)]
    save(learn(list(samples_of(load_reader(), passages)), tell=sys.stderr.write), options.out)


def save(weights: dict[str, Floats], path: Path) -> None:
    """Write weights, at half precision."""
    halves: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez_compressed(path, **halves)


if __name__ == "__main__":
    main()

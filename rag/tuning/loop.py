"""The training loop both encoders share: shuffled batches, AdamW with warm-up, and checkpoints to go on from.

A checkpoint holds weights, optimiser, place and chance, so that an interrupted run ends in the same weights as an
undisturbed one. It is written beside and renamed, so a crash leaves the one before.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from rag.tuning.examples import Example

Loss = Callable[[Sequence[Example]], Any]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to learn; `stop_after` ends a run early (steps), to be gone on with later."""

    epochs: int = 2
    batch: int = 16
    rate: float = 2e-5
    seed: int = 20
    save_every: int = 50
    stop_after: int | None = None


def train(model: Any, loss: Loss, examples: Sequence[Example], schedule: Schedule, checkpoint: Path) -> bool:
    """Train a model in place, from its checkpoint where there is one; tell whether it ran to the end.

    Raises:
        ValueError: the checkpoint is of other examples or another schedule.
    """
    torch.manual_seed(schedule.seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=schedule.rate)
    batches = [batch for epoch in range(schedule.epochs) for batch in _batches(examples, schedule, epoch)]
    mark = f"{len(examples)} {schedule.epochs} {schedule.batch} {schedule.rate} {schedule.seed}"
    start = _resume(model, optimiser, checkpoint, mark)
    stop = min(len(batches), start + (schedule.stop_after or len(batches)))
    model.train()
    for step in range(start, stop):
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate * _share(step, len(batches))
        optimiser.zero_grad()
        loss(batches[step]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if (step + 1) % schedule.save_every == 0 or step + 1 == stop:
            _save(model, optimiser, checkpoint, mark, step + 1)
    model.eval()
    return stop == len(batches)


def _batches(examples: Sequence[Example], schedule: Schedule, epoch: int) -> list[list[Example]]:
    """Give the batches of an epoch; a text that is right for one question is in a batch once (it would be wrong)."""
    order = list(examples)
    random.Random(schedule.seed + epoch).shuffle(order)  # noqa: S311 - shuffles examples, guards nothing
    batches: list[list[Example]] = [[]]
    for example in order:
        fits = next(
            (b for b in batches[-8:] if len(b) < schedule.batch and all(example.right != o.right for o in b)),
            None,
        )
        if fits is None:
            fits = []
            batches.append(fits)
        fits.append(example)
    return [batch for batch in batches if batch]


def _share(step: int, steps: int) -> float:
    """Give the share of the full rate at a step: a tenth of the way up, then straight down."""
    warm = max(1, steps // 10)
    return (step + 1) / warm if step < warm else max(0.05, (steps - step) / max(1, steps - warm))


def _save(model: Any, optimiser: Any, checkpoint: Path, mark: str, step: int) -> None:
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    fresh = checkpoint.with_suffix(".tmp")
    state = {"mark": mark, "step": step, "model": model.state_dict(), "optimiser": optimiser.state_dict()}
    torch.save(state | {"chance": torch.get_rng_state()}, fresh)
    fresh.replace(checkpoint)


def _resume(model: Any, optimiser: Any, checkpoint: Path, mark: str) -> int:
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    if state["mark"] != mark:
        raise ValueError(f"{checkpoint} is of another run: choose another folder or remove it")
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    torch.set_rng_state(state["chance"])
    return int(state["step"])

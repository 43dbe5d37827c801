"""One tuning run: figures before, training (gone on with where it was interrupted), figures after, models saved."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.corpus import load_knowledge
from rag.errors import TuningError
from rag.settings import RagSettings
from rag.tuning.examples import Material, material


@dataclass(frozen=True, slots=True)
class TuningOptions:
    """What to tune and for how long: `bi` and `cross` are hub names or folders, either may be left out."""

    out: Path
    bi: str | None = None
    cross: str | None = None
    epochs: int = 2
    batch: int = 16
    rate: float = 2e-5
    device: str | None = None
    stop_after: int | None = None


def tune(settings: RagSettings, options: TuningOptions) -> dict[str, Any]:
    """Tune what the options name on the knowledge base; give the figures before and after of each model.

    Raises:
        TuningError: torch is not installed, a model cannot be loaded, or a checkpoint is of another run.
    """
    try:
        import torch

        from rag.tuning.encoders import BiEncoder, PairEncoder
    except ImportError as error:
        raise TuningError("torch is not installed: pip install 'congtruong[models]'") from error
    given = material(load_knowledge(settings.knowledge_dir).passages)
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    figures: dict[str, Any] = {
        "device": device,
        "examples": len(given.examples),
        "held_out": len(given.held_out),
    }
    makers = {"bi-encoder": (options.bi, BiEncoder), "cross-encoder": (options.cross, PairEncoder)}
    for kind, (name, make) in makers.items():
        if name is None:
            continue
        try:
            figures[kind] = _one(make(name, device=device), given, options, kind)
        except (OSError, ValueError) as error:
            raise TuningError(f"{kind}: {error}") from error
    (options.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def _one(encoder: Any, given: Material, options: TuningOptions, kind: str) -> dict[str, Any]:
    from rag.tuning.loop import Schedule

    options.out.mkdir(parents=True, exist_ok=True)
    schedule = Schedule(options.epochs, options.batch, options.rate, stop_after=options.stop_after)
    before = encoder.figures(given)
    started = time.perf_counter()
    finished = encoder.tune(given, schedule, options.out / f"{kind}.checkpoint")
    took = round(time.perf_counter() - started, 1)
    if finished:
        encoder.save(options.out / kind)
    after = encoder.figures(given)
    return {"before": before, "after": after, "finished": finished, "seconds": took}

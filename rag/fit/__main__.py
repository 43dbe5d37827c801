"""Fits ranker, abstention and intents, and writes their JSON files: `python -m rag.fit [ranker abstention intents]`."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from rag.build import build_embedder
from rag.corpus import load_knowledge
from rag.evaluation.ranking import auroc
from rag.fit.intents import fit_intents
from rag.fit.learning import Floats, fit_binary, fit_ranking
from rag.fit.remembered import RememberedQuestions
from rag.fit.samples import FOLDS, AbstentionSample, Fold, abstention_samples, folds, ranking_samples
from rag.guard import evidence
from rag.rerank.logistic import LogisticRanker
from rag.retrieval import features
from rag.settings import ROOT, RagSettings

NOISES = ("clean", "folded", "typos")
SHARES = {"present": 0.65, "deleted": 0.1, "impossible": 0.25}  # what parents ask; deleted labels are noisy
FIRST = (0.12, 0.1, 0.05, 0.08, 0.25, 0.25, 0.15)


def main() -> None:
    """Fit the named models, all by default."""
    parser = argparse.ArgumentParser(prog="python -m rag.fit")
    parser.add_argument("models", nargs="*", default=["ranker", "abstention", "intents"])
    chosen = parser.parse_args().models
    settings = RagSettings()
    embedder = build_embedder(settings)
    corpus = load_knowledge(settings.knowledge_dir)
    if "intents" in chosen:
        _write(
            ROOT / "rag/guard/intents.json",
            fit_intents(corpus, RememberedQuestions(embedder, settings.cache_dir)),
        )
    if "ranker" in chosen:
        both = (
            *folds(corpus.passages, embedder, settings),
            *folds(corpus.passages, embedder, settings, bare=True),
        )
        _fit_ranker(
            [replace(f, searcher=replace(f.searcher, ranker=_first_only(f.searcher.ranker))) for f in both]
        )
    if "abstention" in chosen:
        halves = list(folds(corpus.passages, embedder, settings))
        _fit_abstention(halves, [question.text for question in corpus.impossible])


def _first_only(ranker: LogisticRanker) -> LogisticRanker:
    return LogisticRanker(FIRST, ranker.weights)


def _fit_ranker(halves: Sequence[Fold]) -> None:
    samples = [list(ranking_samples(fold, NOISES)) for fold in halves]
    crossed: list[bool] = []
    for at, held_out in enumerate(
        samples
    ):  # the bare twin of a fold asks the same questions: both are held out
        weights = fit_ranking(
            [s for other, group in enumerate(samples) if other % FOLDS != at % FOLDS for s in group]
        )
        crossed.extend(int(np.argmax(s.features @ weights)) == s.right for s in held_out)
    weights = fit_ranking([sample for group in samples for sample in group])
    _write(
        ROOT / "rag/rerank/logistic.json",
        {
            "features": list(features.FEATURES),
            "first": list(FIRST),
            "weights": [round(float(weight), 4) for weight in weights],
            "provenance": "python -m rag.fit ranker; knowledge/topics questions in two folds, clean and spoilt",
            "samples": sum(map(len, samples)),
            "cross_validated_r@1_of_found": round(float(np.mean(crossed)), 4),
        },
    )


def _fit_abstention(halves: Sequence[Fold], impossible: Sequence[str]) -> None:
    ranker = _shipped_ranker()
    samples: list[list[AbstentionSample]] = []
    for at, fold in enumerate(halves):
        samples.append(
            list(
                abstention_samples(fold, impossible[at :: len(halves)], ("clean", "folded", "chatty"), ranker)
            )
        )
    areas = [_crossed(samples, at) for at in range(len(samples))]
    weights, bias = _fit_samples([sample for group in samples for sample in group])
    _write(
        ROOT / "rag/guard/abstention.json",
        {
            "features": list(evidence.FEATURES),
            "weights": [round(float(weight), 4) for weight in weights],
            "bias": round(bias, 4),
            "provenance": "python -m rag.fit abstention; right passage present or deleted, impossible questions",
            "samples": sum(map(len, samples)),
            "answered_at_half": _answered([s for group in samples for s in group], weights, bias),
            "cross_validated_auroc": {
                kind: round(float(np.mean([area[kind] for area in areas])), 4) for kind in areas[0]
            },
        },
    )


def _answered(samples: Sequence[AbstentionSample], weights: Floats, bias: float) -> dict[str, float]:
    """Give the share of each kind of sample that would be answered at a threshold of one half."""
    shares: dict[str, list[bool]] = {}
    for sample in samples:
        shares.setdefault(sample.kind, []).append(float(weights @ np.asarray(sample.evidence)) + bias > 0)
    return {kind: round(float(np.mean(group)), 4) for kind, group in shares.items()}


def _crossed(samples: Sequence[list[AbstentionSample]], at: int) -> dict[str, float]:
    weights, bias = _fit_samples([s for other, group in enumerate(samples) if other != at for s in group])
    scored = [(float(weights @ np.asarray(s.evidence)) + bias, s) for s in samples[at]]
    good = [score for score, s in scored if s.answers]
    return {
        kind: auroc(good, [score for score, s in scored if s.kind == kind]) or 0.0
        for kind in ("deleted", "impossible")
        if any(s.kind == kind for _, s in scored)
    }


def _fit_samples(
    samples: Sequence[AbstentionSample],
) -> tuple[Floats, float]:
    rows = np.asarray([sample.evidence for sample in samples], dtype=np.float64)
    labels = np.asarray([sample.answers for sample in samples], dtype=np.float64)
    count = {kind: sum(s.kind == kind for s in samples) for kind in {s.kind for s in samples}}
    share = SHARES
    weight = np.asarray([share[s.kind] / count[s.kind] for s in samples]) * len(samples)
    return fit_binary(rows, labels, weight)


def _shipped_ranker() -> LogisticRanker:
    raw = json.loads((ROOT / "rag/rerank/logistic.json").read_text(encoding="utf-8"))
    return LogisticRanker(tuple(raw["first"]), tuple(raw["weights"]))


def _write(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(path.name, {k: v for k, v in content.items() if k not in ("weights", "grams", "features", "mean")})


if __name__ == "__main__":
    main()

"""Fits ranker, behind, abstention, intents and likeness, and writes their files: `python -m rag.fit [MODEL …]`.

`behind` (who comes after the first place) also learns from SQuAD files: `python -m rag.fit behind --also FILE …`.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from rag.build import build_embedder, make_searcher
from rag.corpus import load_knowledge, read_contexts
from rag.evaluation.ranking import auroc
from rag.fit.intents import Unseen, fit_intents
from rag.fit.learning import Floats, fit_behind, fit_binary, fit_ranking
from rag.fit.likeness import fit_likeness
from rag.fit.outside import embedder_outside
from rag.fit.remembered import RememberedQuestions
from rag.fit.samples import (
    FOLDS,
    AbstentionSample,
    Fold,
    RankingSample,
    abstention_samples,
    folds,
    ranking_samples,
)
from rag.fit.silent import Silent
from rag.guard import abstention, likeness
from rag.guard.abstention import elsewhere
from rag.ports import Embedder
from rag.rerank.logistic import LogisticRanker, load_ranker
from rag.retrieval import features
from rag.settings import ROOT, RagSettings
from rag.values import Passage

NOISES = ("clean", "folded", "typos")
SHARES = {"present": 0.6, "deleted": 0.15, "impossible": 0.25}  # deleted labels are noisy
MOST = 3  # wordings asked of a passage in each fold
PARTS = 5  # of the passages, in cross-validation
ASKED_IN_VAIN, WORSE = (
    0.15,
    3.0,
)  # a guess: questions that no passage answers; a wrong answer beside a refusal
FIRST = (0.12, 0.1, 0.05, 0.08, 0.25, 0.25, 0.15, 0.4)


def main() -> None:
    """Fit the named models, all by default."""
    parser = argparse.ArgumentParser(prog="python -m rag.fit")
    parser.add_argument("models", nargs="*", default=["ranker", "abstention", "intents", "likeness"])
    parser.add_argument(
        "--also", nargs="*", type=Path, default=[], help="SQuAD files that teach `behind` too"
    )
    asked = parser.parse_args()
    chosen = asked.models
    settings = RagSettings()
    embedder = RememberedQuestions(build_embedder(settings), settings.cache_dir)
    corpus = load_knowledge(settings.knowledge_dir)
    outside = lru_cache(lambda fold: embedder_outside(fold, embedder, settings))
    unseen: Unseen | None = None
    if "intents" in chosen or "abstention" in chosen:
        content, unseen = fit_intents(corpus, embedder)
        if "intents" in chosen:
            _write(ROOT / "rag/guard/intents.json", content)
    if "likeness" in chosen:
        _keep(likeness.SHIPPED, fit_likeness(corpus, embedder))
    if "ranker" in chosen:
        both = (
            *folds(corpus.passages, embedder, settings, outside, most=MOST),
            *folds(corpus.passages, embedder, settings, outside, bare=True, most=MOST),
        )
        _fit_ranker(
            [replace(f, searcher=replace(f.searcher, ranker=_first_only(f.searcher.ranker))) for f in both]
        )
    if "behind" in chosen:
        groups = [
            *_own_groups(corpus.passages, embedder, settings, outside),
            *_foreign_groups(asked.also, settings),
        ]
        _fit_behind(groups)
    if "abstention" in chosen and unseen is not None:
        halves = list(folds(corpus.passages, embedder, settings, outside, most=MOST))
        bare = list(folds(corpus.passages, embedder, settings, outside, bare=True, most=MOST))
        untold = Silent(embedder)
        silent = list(folds(corpus.passages, untold, settings, lambda _: untold, most=MOST))
        _fit_abstention(halves, bare, silent, [question.text for question in corpus.impossible], unseen)


def _first_only(ranker: LogisticRanker) -> LogisticRanker:
    return replace(ranker, first=FIRST)


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
        json.loads((ROOT / "rag/rerank/logistic.json").read_text(encoding="utf-8"))
        | {
            "features": list(features.FEATURES),
            "first": list(FIRST),
            "weights": [round(float(weight), 4) for weight in weights],
            "provenance": "python -m rag.fit ranker; knowledge/topics questions in two folds, clean and spoilt",
            "samples": sum(map(len, samples)),
            "cross_validated_r@1_of_found": round(float(np.mean(crossed)), 4),
        },
    )


def _own_groups(
    passages: Sequence[Passage],
    embedder: RememberedQuestions,
    settings: RagSettings,
    outside: Callable[[int], Embedder],
) -> Iterator[list[RankingSample]]:
    """Give the samples of the bare index and of the full one."""
    for bare in (True, False):
        parts = folds(passages, embedder, settings, outside, bare=bare, most=MOST)
        yield [sample for fold in parts for sample in ranking_samples(fold, NOISES)]


def _foreign_groups(files: Sequence[Path], settings: RagSettings) -> Iterator[list[RankingSample]]:
    """Give the samples of SQuAD files; of them nothing is kept."""
    forgetful = settings.model_copy(update={"cache_dir": None})
    for file in files:
        contexts = read_contexts(file)
        bare = [replace(passage, questions=()) for passage in contexts]
        asked = ((q.text, at) for at, passage in enumerate(contexts) for q in passage.questions)
        searcher = make_searcher(bare, build_embedder(forgetful), forgetful)
        yield list(ranking_samples(Fold(searcher, tuple(asked)), ("clean",)))


def _fit_behind(groups: Sequence[Sequence[RankingSample]]) -> None:
    path = ROOT / "rag/rerank/logistic.json"
    shipped = json.loads(path.read_text(encoding="utf-8"))
    behind = fit_behind(groups, np.asarray(shipped["weights"]))
    _write(
        path,
        shipped
        | {
            "behind": [round(float(weight), 4) for weight in behind],
            "behind_provenance": "python -m rag.fit behind --also FILE …; the files: docs/retrieval-measured.md",
            "behind_samples": [len(group) for group in groups],
        },
    )


def _fit_abstention(
    halves: Sequence[Fold],
    bare: Sequence[Fold],
    silent: Sequence[Fold],
    impossible: Sequence[str],
    unseen: Unseen,
) -> None:
    ranker = _shipped_ranker()
    samples: list[AbstentionSample] = []
    for at, fold in enumerate(halves):
        unanswered = impossible[at :: len(halves)]
        samples += abstention_samples(fold, unanswered, ("clean", "folded", "chatty"), ranker)
    for at, fold in enumerate(bare):
        third = replace(fold, asked=fold.asked[at :: len(bare) + 1])
        samples += abstention_samples(third, impossible[at :: len(bare)], ("clean",), ranker)
    for at, fold in enumerate(silent):
        third = replace(fold, asked=fold.asked[at :: len(silent) + 1])
        samples += abstention_samples(third, impossible[at :: len(silent)], ("folded",), ranker)
    samples = [replace(s, evidence=(*s.evidence, elsewhere(unseen(s.text)))) for s in samples]
    weights, bias = _fit_samples(samples)
    crossed = _crossed(samples)
    threshold = _threshold(samples, crossed)
    _write(
        ROOT / "rag/guard/abstention.json",
        {
            "features": list(abstention.FEATURES),
            "weights": [round(float(weight), 4) for weight in weights],
            "bias": round(bias, 4),
            "usual": round(float(np.median([s.evidence[-1] for s in samples if s.kind == "present"])), 4),
            "threshold": threshold,
            "provenance": "python -m rag.fit abstention; right passage present or deleted, impossible questions",
            "samples": len(samples),
            "answered_at_threshold": {
                kind: round(float(np.mean(np.asarray(_of(kind, samples, crossed)) >= threshold)), 4)
                for kind in SHARES
            },
            "cross_validated_auroc": {
                kind: round(auroc(_of("present", samples, crossed), _of(kind, samples, crossed)) or 0.0, 4)
                for kind in ("deleted", "impossible")
            },
        },
    )


def _of(kind: str, samples: Sequence[AbstentionSample], scores: Floats) -> list[float]:
    return [float(score) for sample, score in zip(samples, scores, strict=True) if sample.kind == kind]


def _crossed(samples: Sequence[AbstentionSample]) -> Floats:
    """Give every sample's probability, from weights learned without its passage or impossible question."""
    part = np.asarray([sample.passage % PARTS for sample in samples])
    scores = np.zeros(len(samples))
    for number in range(PARTS):
        weights, bias = _fit_samples([s for s, p in zip(samples, part, strict=True) if p != number])
        rows = np.asarray([s.evidence for s, p in zip(samples, part, strict=True) if p == number])
        scores[part == number] = 1 / (1 + np.exp(-(rows @ weights + bias)))
    return scores


def _threshold(samples: Sequence[AbstentionSample], scores: Floats) -> float:
    """Give the threshold whose refusals and wrong answers cost least among what parents ask."""
    good, bad = (np.asarray(_of(kind, samples, scores)) for kind in ("present", "impossible"))
    grid = np.arange(0.1, 0.91, 0.01)
    refused = np.asarray([(good < cut).mean() for cut in grid])
    misled = np.asarray([(bad >= cut).mean() for cut in grid])
    cost = (1 - ASKED_IN_VAIN) * refused + ASKED_IN_VAIN * WORSE * misled
    return round(float(grid[int(cost.argmin())]), 2)


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
    load_ranker.cache_clear()  # it may just have been fitted
    return load_ranker()


def _write(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(path.name, {k: v for k, v in content.items() if k not in ("weights", "grams", "features", "mean")})


def _keep(path: Path, content: Mapping[str, np.ndarray]) -> None:
    np.savez_compressed(
        path, allow_pickle=False, **content
    )  # nothing inside is dated: equal fits, equal files
    print(path.name, {name: part.shape for name, part in content.items()})


if __name__ == "__main__":
    main()

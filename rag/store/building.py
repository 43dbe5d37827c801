"""Fills a new build of the store and makes it current in one statement; a failed build leaves the old one as it was.

Memory stays bounded: passages come in batches, and how often terms occur is counted in the database.
"""

import asyncio
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import asyncpg

from rag.ports import Embedder
from rag.retrieval.index import passage_sentences, passage_terms, sentence_terms
from rag.store import rows, schema
from rag.values import Passage

BATCH = 500


@dataclass(slots=True)
class Tally:
    """What a build counts as it goes: documents and terms of each field."""

    documents: Counter[str] = field(default_factory=Counter)
    lengths: Counter[str] = field(default_factory=Counter)
    digest: "hashlib.blake2b" = field(default_factory=lambda: hashlib.blake2b(digest_size=8))

    def add(self, passages: Sequence[Passage]) -> Counter[tuple[str, str]]:
        """Count a batch; give how many of its documents hold each term of each field."""
        held: Counter[tuple[str, str]] = Counter()
        for passage in passages:
            self.digest.update(repr(passage).encode())
            for name, terms in fields_of(passage):
                self.documents[name] += 1
                self.lengths[name] += len(terms)
                held.update((name, term) for term in set(terms))
        return held

    def stats(self) -> str:
        """Write the sizes of each field as JSON."""
        means = {name: self.lengths[name] / count for name, count in self.documents.items()}
        return json.dumps({name: [count, means[name]] for name, count in self.documents.items()})


async def rebuild(pool: "asyncpg.Pool", passages: Iterable[Passage], embedder: Embedder) -> str:
    """Write passages as a new build and make it current; give its version. Run it in the background.

    Raises:
        EmbedderError: vectors could not be made; the build before stays current.
    """
    async with pool.acquire() as connection:
        await connection.execute(schema.OPEN)
        number = await connection.fetchval(schema.NEW_BUILD, embedder.model_id, embedder.dimensions)
        await connection.execute(schema.tables(number, embedder.dimensions))
        tally, place = Tally(), 0
        tally.digest.update(embedder.model_id.encode())
        for batch in _batches(passages):
            held = await asyncio.to_thread(tally.add, batch)
            made = await asyncio.to_thread(rows.embedded, batch, embedder)
            await _write(connection, number, place, batch, made)
            counted = [(name, term, count) for (name, term), count in held.items()]
            await connection.copy_records_to_table(
                f"counted_{number}", schema_name="rag", columns=["field", "term", "held"], records=counted
            )
            place += len(batch)
        await connection.execute("SET maintenance_work_mem = '512MB'")
        await connection.execute(schema.finish(number), timeout=None)
        version = tally.digest.hexdigest()
        async with connection.transaction():
            await connection.execute(schema.RETIRE)
            await connection.execute(schema.PROMOTE, number, version, tally.stats())
        await _discard(connection, keep=number)
    return version


async def _write(
    connection: "asyncpg.Connection",
    number: int,
    place: int,
    batch: Sequence[Passage],
    made: Sequence[tuple[str, bytes]],
) -> None:
    records = [
        (at, p.id, rows.to_json(p), sorted(set(passage_terms(p)["folded"])), vector, blob)
        for at, (p, (vector, blob)) in enumerate(zip(batch, made, strict=True), place)
    ]
    await connection.executemany(schema.insert(number), records)


async def _discard(connection: "asyncpg.Connection", *, keep: int) -> None:
    """Drop builds that ended before the one just retired, so that readers of that one can finish."""
    older = await connection.fetch(schema.OLDER, keep)
    for record in older:
        await connection.execute(schema.drop(record["number"]))
        await connection.execute(schema.FORGET, record["number"])


def fields_of(passage: Passage) -> Iterator[tuple[str, list[str]]]:
    """Give each document a passage is filed as: its field and its terms."""
    yield from passage_terms(passage).items()
    for sentence in passage_sentences(passage):
        yield "sentence_terms", sentence_terms(sentence)


def _batches(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    stream = iter(passages)
    while batch := list(itertools.islice(stream, BATCH)):
        yield batch

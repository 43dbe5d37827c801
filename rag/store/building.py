"""Fills a new build of the store and makes it current in one statement; a failed build leaves the old one as it was.

Memory stays bounded: passages come in batches, and how often terms occur is counted in the database. Texts that the
build before holds are not embedded again.
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
from rag.retrieval.parts import held_by, parts_of
from rag.retrieval.terms import with_bigrams
from rag.store import rows, schema
from rag.store.words import FORM, as_line
from rag.values import Passage

BATCH = 500
_MOST_COUNTED = 300_000  # terms held in memory before they go to the database


@dataclass(slots=True)
class Tally:
    """What a build counts as it goes: documents of each field, their lengths, and how many hold each term."""

    documents: Counter[str] = field(default_factory=Counter)
    lengths: Counter[str] = field(default_factory=Counter)
    held: dict[str, Counter[str]] = field(default_factory=dict)
    digest: "hashlib.blake2b" = field(default_factory=lambda: hashlib.blake2b(digest_size=8))

    def add(self, passages: Sequence[Passage]) -> None:
        """Count a batch."""
        for passage in passages:
            self.digest.update(repr(passage).encode())
            for name, terms, length in held_by(passage):
                self.documents[name] += 1
                self.lengths[name] += length
                self.held.setdefault(name, Counter()).update(terms)

    def taken(self, most: int) -> list[tuple[str, str, int]]:
        """Give (field, term, documents) and forget them, where they are more than `most`; else nothing."""
        if sum(map(len, self.held.values())) <= most:
            return []
        counted = [(name, term, count) for name, held in self.held.items() for term, count in held.items()]
        self.held.clear()
        return counted

    def stats(self) -> str:
        """Write the sizes of each field as JSON."""
        means = {name: self.lengths[name] / count for name, count in self.documents.items()}
        return json.dumps({name: [count, means[name]] for name, count in self.documents.items()})


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did: passages written, of them embedded anew, and the name of the build's state."""

    version: str
    passages: int
    embedded: int


async def rebuild(pool: "asyncpg.Pool", passages: Iterable[Passage], embedder: Embedder) -> Rebuilt:
    """Write passages as a new build and make it current. Run it in the background.

    Raises:
        EmbedderError: vectors could not be made; the build before stays current.
    """
    async with pool.acquire() as connection:
        await connection.execute(schema.OPEN)
        before = await connection.fetchrow(schema.CURRENT)
        reusable = before["number"] if before and before["model_id"] == embedder.model_id else None
        number = await connection.fetchval(schema.NEW_BUILD, embedder.model_id, embedder.dimensions, FORM)
        await connection.execute(schema.tables(number, embedder.dimensions))
        tally, place, anew = Tally(), 0, 0
        tally.digest.update(embedder.model_id.encode())
        for batch in _batches(passages):
            await asyncio.to_thread(tally.add, batch)
            kept = await _kept(connection, reusable, batch)
            made = await asyncio.to_thread(rows.embedded, batch, embedder, kept)
            anew += len(batch) - len(kept)
            await _write(connection, number, place, batch, made)
            await _count(connection, number, tally.taken(_MOST_COUNTED))
            place += len(batch)
        await _count(connection, number, tally.taken(0))
        await connection.execute("SET maintenance_work_mem = '512MB'")
        await connection.execute(schema.finish(number), timeout=None)
        version = tally.digest.hexdigest()
        async with connection.transaction():
            await connection.execute(schema.RETIRE)
            await connection.execute(schema.PROMOTE, number, version, tally.stats())
        await _discard(connection, keep=number)
    return Rebuilt(version, place, anew)


async def _count(
    connection: "asyncpg.Connection", number: int, counted: Sequence[tuple[str, str, int]]
) -> None:
    if counted:
        await connection.copy_records_to_table(
            f"counted_{number}", schema_name="rag", columns=["field", "term", "held"], records=counted
        )


async def _kept(
    connection: "asyncpg.Connection", build: int | None, batch: Sequence[Passage]
) -> dict[bytes, bytes]:
    """Give the vectors that an earlier build holds for the texts of a batch, by what names those texts."""
    if build is None:
        return {}
    wanted = [rows.fingerprint(passage) for passage in batch]
    found = await connection.fetch(schema.kept(build), wanted)
    return {record["texts"]: record["vectors"] for record in found}


async def _write(
    connection: "asyncpg.Connection",
    number: int,
    place: int,
    batch: Sequence[Passage],
    made: Sequence[tuple[str, bytes]],
) -> None:
    records = [
        (
            at,
            p.id,
            rows.to_json(p),
            as_line(p),
            sorted(set(with_bigrams(parts_of(p).plain))),
            vector,
            blob,
            rows.fingerprint(p),
        )
        for at, (p, (vector, blob)) in enumerate(zip(batch, made, strict=True), place)
    ]
    await connection.executemany(schema.insert(number), records)


async def _discard(connection: "asyncpg.Connection", *, keep: int) -> None:
    """Drop builds that ended before the one just retired, so that readers of that one can finish."""
    older = await connection.fetch(schema.OLDER, keep)
    for record in older:
        await connection.execute(schema.drop(record["number"]))
        await connection.execute(schema.FORGET, record["number"])


def _batches(passages: Iterable[Passage]) -> Iterator[list[Passage]]:
    stream = iter(passages)
    while batch := list(itertools.islice(stream, BATCH)):
        yield batch

"""The store's own schema: one set of tables for each build of the index, and a row that names the current build.

Readers follow `rag.builds`; a build becomes current in one UPDATE, so nobody ever sees half an index. No migration
of the core touches this schema, and it holds public knowledge only.
"""

OPEN = """
CREATE EXTENSION IF NOT EXISTS vector;
CREATE SCHEMA IF NOT EXISTS rag;
CREATE TABLE IF NOT EXISTS rag.builds (
    number     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    model_id   text NOT NULL,
    dimensions integer NOT NULL,
    version    text NOT NULL DEFAULT '',
    state      text NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'current', 'old')),
    stats      jsonb NOT NULL DEFAULT '{}',
    form       integer NOT NULL DEFAULT 0,
    made_at    timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE rag.builds ADD COLUMN IF NOT EXISTS form integer NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX IF NOT EXISTS one_current_build ON rag.builds (state) WHERE state = 'current';
"""

NEW_BUILD = "INSERT INTO rag.builds (model_id, dimensions, form) VALUES ($1, $2, $3) RETURNING number"
CURRENT = "SELECT number, model_id, dimensions, version, stats, form FROM rag.builds WHERE state = 'current'"
CURRENT_NUMBER = "SELECT number FROM rag.builds WHERE state = 'current'"
RETIRE = "UPDATE rag.builds SET state = 'old' WHERE state = 'current'"
PROMOTE = "UPDATE rag.builds SET state = 'current', version = $2, stats = $3 WHERE number = $1"
OLDER = "SELECT number FROM rag.builds WHERE number < $1 ORDER BY number DESC OFFSET 1"
FORGET = "DELETE FROM rag.builds WHERE number = $1"

_TABLES = """
CREATE TABLE rag.passages_{n} (
    place   integer NOT NULL,
    id      text NOT NULL,
    body    json NOT NULL,
    words   text NOT NULL, -- what reading the passage yields, in the form that the build names
    terms   tsvector NOT NULL,
    vector  halfvec({dimensions}) NOT NULL,
    vectors bytea NOT NULL,
    texts   bytea NOT NULL -- names what was embedded, so that the next build need not embed it again
) WITH (toast_tuple_target = 128); -- a search visits thousands of rows for their place: they must be slim
CREATE UNLOGGED TABLE rag.counted_{n} (field text NOT NULL, term text NOT NULL, held integer NOT NULL);
"""
_FINISH = """
CREATE TABLE rag.terms_{n} AS SELECT field, term, sum(held)::integer AS held FROM rag.counted_{n} GROUP BY 1, 2;
DROP TABLE rag.counted_{n};
ALTER TABLE rag.terms_{n} ADD PRIMARY KEY (field, term);
ALTER TABLE rag.passages_{n} ADD PRIMARY KEY (place), ADD UNIQUE (id);
CREATE INDEX ON rag.passages_{n} (texts);
CREATE INDEX ON rag.passages_{n} USING gin (terms) WITH (fastupdate = off);
CREATE INDEX ON rag.passages_{n} USING hnsw (vector halfvec_ip_ops) WITH (m = 16, ef_construction = 64);
ANALYZE rag.passages_{n};
ANALYZE rag.terms_{n};
"""
_INSERT = """
INSERT INTO rag.passages_{n} VALUES ($1, $2, $3, $4, array_to_tsvector($5::text[]), $6::text::halfvec, $7, $8)"""
_NEAR_BY_WORDS = """
SELECT p.place FROM unnest($1::text[], $2::real[]) AS asked(term, weight)
JOIN rag.passages_{n} AS p ON p.terms @@ asked.term::tsquery
GROUP BY p.place ORDER BY sum(asked.weight) DESC, p.place LIMIT $3"""
_NEAR_BY_VECTOR = "SELECT place FROM rag.passages_{n} ORDER BY vector <#> $1::text::halfvec LIMIT $2"
_READ = """
SELECT place, body::text AS body, {words} AS words, vectors FROM rag.passages_{n}
WHERE {condition} ORDER BY place"""
_SAMPLED = "place IN (SELECT place FROM rag.passages_{n} ORDER BY hashint4(place) LIMIT $1)"
_KEPT = "SELECT texts, vectors FROM rag.passages_{n} WHERE texts = ANY($1::bytea[])"
_FREQUENCIES = """
SELECT t.field, t.term, t.held FROM unnest($1::text[], $2::text[]) AS asked(field, term)
JOIN rag.terms_{n} AS t USING (field, term)"""
_DROP = "DROP TABLE IF EXISTS rag.passages_{n}, rag.terms_{n}, rag.counted_{n}"


def tables(number: int, dimensions: int) -> str:
    """Give the statements that make the empty tables of a build."""
    return _TABLES.format(n=int(number), dimensions=int(dimensions))


def finish(number: int) -> str:
    """Give the statements that index a filled build."""
    return _FINISH.format(n=int(number))


def drop(number: int) -> str:
    """Give the statement that removes a build's tables."""
    return _DROP.format(n=int(number))


def near_by_words(number: int) -> str:
    """Give the query for passages by words: $1 quoted terms, $2 their weights, $3 how many."""
    return _NEAR_BY_WORDS.format(n=int(number))


def near_by_vector(number: int) -> str:
    """Give the query for passages by vector: $1 the vector as text, $2 how many."""
    return _NEAR_BY_VECTOR.format(n=int(number))


def read_places(number: int, *, words: bool) -> str:
    """Give the query for whole passages, with their words where they can be used: $1 their places."""
    return _read(number, "place = ANY($1)", words=words)


def read_ids(number: int, *, words: bool) -> str:
    """Give the query for whole passages, with their words where they can be used: $1 their ids."""
    return _read(number, "id = ANY($1)", words=words)


def read_sample(number: int) -> str:
    """Give the query for a sample of passages, the same every time: $1 how many."""
    return _read(number, _SAMPLED.format(n=int(number)), words=False)


def _read(number: int, condition: str, *, words: bool) -> str:
    return _READ.format(n=int(number), condition=condition, words="words" if words else "NULL::text")


def frequencies(number: int) -> str:
    """Give the query for how many documents hold each term: $1 fields, $2 terms, side by side."""
    return _FREQUENCIES.format(n=int(number))


def kept(number: int) -> str:
    """Give the query for vectors by what names their texts: $1 those names."""
    return _KEPT.format(n=int(number))


def insert(number: int) -> str:
    """Give the statement that writes one passage."""
    return _INSERT.format(n=int(number))

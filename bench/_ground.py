"""What several benchmarks stand on: a database that is thrown away, a key that guards nothing, percentiles.

Imports are made when they are needed: a benchmark of memory must not carry what another one loads.
"""

from __future__ import annotations

import base64
import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

KEY = base64.b64encode(b"b" * 32).decode()
"""For what a throw-away database seals."""


@contextmanager
def fresh_database(*, durable: bool = True) -> Iterator[str]:
    """The URL of a migrated, empty database on an embedded server of its own; `durable` syncs it to disk."""
    from core.db.embedded import EmbeddedPostgres
    from tests.support.postgres import migrate

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = EmbeddedPostgres(Path(folder), password="bench-only", durable=durable)  # noqa: S106 - a throw-away server
        server.start()
        try:
            migrate(server.url())
            yield server.url()
        finally:
            server.stop()


@contextmanager
def programs_ground(name: str) -> Iterator[tuple[Path, str]]:
    """A data folder, and the URL of an empty database that every program started now finds by itself."""
    from core.db.embedded import EmbeddedPostgres

    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", password="bench")  # noqa: S106 - thrown away
        server.start()
        os.environ["DATABASE_URL"] = server.url()  # noqa: TID251 - the programs read it there
        try:
            data = Path(folder) / "data"
            data.mkdir(mode=0o700)
            yield data, server.url()
        finally:
            server.stop()


def in_ms(seconds: Sequence[float], percent: int) -> float:
    """A percentile of some times, in milliseconds.

    >>> in_ms([0.1, 0.2, 0.3], 50)
    200.0
    """
    return round(statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1] * 1000, 1)

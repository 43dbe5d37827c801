"""Copies of a whole database by PostgreSQL's own programs: `pg_dump` and `pg_restore`.

A copy is one consistent moment of a running database, in the custom format. What is sealed stays sealed: without the
master key, which is not in it, nobody reads a name. This module knows no table.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

from sqlalchemy import make_url, text

from core.db.embedded import EmbeddedServerError, programs
from core.db.engine import async_url
from core.db.transaction import PlatformTx


class CopyError(Exception):
    """A copy could not be made or brought back; the message says what to do. It names no password."""


async def is_empty(tx: PlatformTx) -> bool:
    """Whether the database has no table yet."""
    statement = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    return not (await tx.session.execute(statement)).scalar_one()


async def dump(url: str, target: Path) -> int:
    """Copy the database into a new file that only its owner may read; says how many bytes it has.

    Written beside and linked, so that a file of this name is always a whole copy, and never takes another one's place.

    Raises:
        CopyError: when there is such a file, when it cannot be written, or with what `pg_dump` said.
    """
    half = _begun(target)
    try:
        await _call("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={half}")
        await _call("pg_restore", None, "--list", str(half))
        return _finished(half, target)
    finally:
        half.unlink(missing_ok=True)


async def restore(url: str, source: Path) -> None:
    """Bring a copy back into an empty database: all of it, or nothing.

    Raises:
        CopyError: with what `pg_restore` said.
    """
    name = make_url(async_url(url)).database or ""
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    await _call("pg_restore", url, *options, f"--dbname={name}", str(source))


def _begun(target: Path) -> Path:
    if target.exists():
        raise CopyError(f"{target} is there already: give the copy a name of its own.")
    half = target.with_name(f"{target.name}.part")
    try:
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise CopyError(f"{error.strerror}: {target}") from error
    return half


def _finished(half: Path, target: Path) -> int:
    try:
        with half.open("rb") as written:
            os.fsync(written.fileno())
        os.link(half, target)
    except OSError as error:
        raise CopyError(f"{error.strerror}: {target}") from error
    return target.stat().st_size


async def _call(program: str, url: str | None, *arguments: str) -> None:
    """The password travels in the environment, where other users of the machine do not see it."""
    environment = {"LC_ALL": "C"}
    if url is not None:
        named = make_url(async_url(url))
        host = named.query.get("host") or named.host
        known = {
            "PGHOST": host,
            "PGPORT": named.port,
            "PGUSER": named.username,
            "PGPASSWORD": named.password,
            "PGDATABASE": named.database,
        }
        environment |= {key: str(value) for key, value in known.items() if value}
    started = await asyncio.create_subprocess_exec(
        _program(program), *arguments, env=environment, stdout=DEVNULL, stderr=PIPE
    )
    _, said = await started.communicate()
    if started.returncode:
        raise CopyError(f"{program} did not finish: {said.decode(errors='replace').strip()[-600:]}")


def _program(name: str) -> Path:
    """PostgreSQL's program: the one beside our embedded server, else the machine's."""
    try:
        own = programs() / name
    except EmbeddedServerError:
        own = None
    found = own if own is not None and own.exists() else shutil.which(name)
    if found is None:
        raise CopyError(f"{name} is not installed (Debian: apt install postgresql-client).")
    return Path(found)

"""Whether the process lives (`/healthz`) and can work (`/readyz`: database reachable and migrated)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog
from aiohttp import web
from alembic.script import ScriptDirectory

import core
from core.db.transaction import Database
from core.errors import UnavailableError
from core.web.repository import schema_revision

log = structlog.get_logger(__name__)
MIGRATIONS = Path(core.__file__).parent.parent / "migrations"
_CHECK_SECONDS = 3.0


class ReadyCheck(Protocol):
    """Something a process needs before it can work."""

    async def __call__(self) -> Mapping[str, bool]:
        """Named facts; all of them true means ready."""
        ...


def newest_revision() -> str:
    """The revision that this code was written for."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None, "the migrations form one chain"
    return head


@dataclass(frozen=True, slots=True)
class DatabaseReady:
    """The database answers and has the schema that this code was written for."""

    database: Database
    expected: str

    async def __call__(self) -> Mapping[str, bool]:
        """`database` and `migrated`."""
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                revision = await schema_revision(self.database)
        except (UnavailableError, TimeoutError) as error:
            log.warning("database_not_ready", error=repr(error))
            return {"database": False, "migrated": False}
        return {"database": True, "migrated": revision == self.expected}


async def is_behind(database: Database) -> bool:
    """Whether the database answers and has no schema, or one from before this code; one that is away is not."""
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            revision = await schema_revision(database)
    except (UnavailableError, TimeoutError):
        return False
    chain = [one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
    return revision is None or revision in chain[1:]


async def healthz(_request: web.Request) -> web.Response:
    """GET /healthz: the process answers."""
    return web.json_response({"status": "ok"})


@dataclass(frozen=True, slots=True)
class ReadyPage:
    """GET /readyz: 200 when every check holds, 503 when not, with the facts by name."""

    checks: tuple[ReadyCheck, ...]

    async def __call__(self, _request: web.Request) -> web.Response:
        """Run the checks."""
        facts: dict[str, bool] = {}
        for check in self.checks:
            facts |= await check()
        ready = all(facts.values())
        return web.json_response(
            {"status": "ready" if ready else "not_ready", "checks": facts}, status=200 if ready else 503
        )

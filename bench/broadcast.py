"""An announcement to 5,000 guardians through a provider with a rate limit, and the same with a process killed.

The provider is an HTTP server in this process that counts per second and knows messages by their key; what sends
is a process of its own, which the second run kills with SIGKILL in the middle.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from pydantic import SecretStr

from bench._ground import KEY, fresh_database
from bench._provider import LIMIT, WINDOW, HttpChannel, Provider, provided
from core.app import Core, build_core
from core.broadcasts.domain import Audience, AudienceKind, Draft, Kind
from core.broadcasts.worker import BroadcastWorker
from core.db.notify import dsn_of
from core.guardians.domain import GuardianshipState, NewGuardian, Relation
from core.notifications.delivery import DeliveryWorker
from core.notifications.pace import Pace, QuietHours
from core.settings import CoreSettings
from core.students.domain import NewStudent
from core.values.ids import SchoolId, new_id

NAME = "broadcast"
SUMMARY = "5,000 recipients under a rate limit: how near the limit, how near the minimum time, resumed after kill -9"
_ROOT = Path(__file__).parents[1]
_PEOPLE = 5000
_BURST = 8
_REFERENCE = 1000
"""Calls of the plain loop; its time is scaled to all of them."""


def run() -> dict[str, Any]:
    """Measure on an embedded server of its own."""
    with fresh_database() as url:
        figures, reference = asyncio.run(_measure(url))
    return {
        "target": {"over_limit_percent": 1.0, "over_minimum_time_percent": 5.0, "doubles_after_kill": 0},
        "figures": figures,
        "reference": reference,
        "limits": (
            f"{_PEOPLE} guardians, {LIMIT} messages/s (the most in any {WINDOW:.0f} s), loopback HTTP provider, "
            "fsync on, everything on one machine, a limit above that of a bot account (20 to 30 a "
            "second); the reference sends the same calls from a plain loop without "
            "a database. A call in flight at the kill may be made twice; the provider knows it by its key."
        ),
    }


async def _measure(url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    core = _core(url)
    try:
        school_id = await _school(core, url)
        async with provided() as (provider, address):
            whole = await _send(core, school_id, url, address, provider)
            figures = {
                "people": len(provider.shown),
                "busiest_per_s": round(provider.busiest(), 1),
                "over_limit_percent": round(max(0.0, (provider.busiest() / LIMIT - 1) * 100), 2),
                "refused_by_provider": provider.refused,
                "seconds": round(whole, 2),
                "over_minimum_time_percent": round((whole / _minimum() - 1) * 100, 2),
            }
        async with provided() as (provider, address):
            await _send(core, school_id, url, address, provider, kill_at=_PEOPLE // 2)
            figures |= {
                "after_kill_people": len(provider.shown),
                "doubles_after_kill": len(provider.shown) - _PEOPLE,
                "calls_made_twice_after_kill": sum(provider.shown.values()) - len(provider.shown),
            }
        async with provided() as (provider, address):
            seconds = await _plain_loop(address) * _PEOPLE / _REFERENCE
            reference = {"seconds": round(seconds, 2), "minimum_seconds": _minimum()}
    finally:
        await core.database.dispose()
    return figures, reference


def _minimum() -> float:
    return (_PEOPLE - _BURST) / LIMIT


async def _send(
    core: Core, school_id: SchoolId, url: str, address: str, provider: Provider, kill_at: int = 0
) -> float:
    """Announce; seconds from the first call to the last message noted as sent."""
    async with core.database.transaction(school_id) as tx:
        draft = Draft(Kind.NOTICE, "Nghỉ lễ", "Mai nghỉ.", Audience(AudienceKind.SCHOOL))
        made = await core.broadcasts.draft(tx, draft, "bench")
        await core.broadcasts.confirm(tx, made.id, "bench")
    connection = await asyncpg.connect(dsn_of(url))
    try:
        process = await _start(url, address)
        if kill_at:
            await _shown(provider, kill_at)
            process.kill()
            await process.wait()
            process = await _start(url, address)
        await _shown(provider, _PEOPLE)
        await _settled(connection)
        ended = time.perf_counter()
        process.kill()
        await process.wait()
    finally:
        await connection.close()
    return ended - provider.calls[0]


async def _shown(provider: Provider, people: int) -> None:
    while True:
        if len(provider.shown) >= people:
            return
        await asyncio.sleep(0.01)


async def _settled(connection: asyncpg.Connection) -> None:
    """Until every message is noted as sent."""
    statement = (
        "SELECT count(*) FROM notifications WHERE channel = 'bench' AND status IN ('queued', 'sending')"
    )
    while True:
        if not await connection.fetchval(statement):
            return
        await asyncio.sleep(0.02)


async def _start(url: str, address: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.broadcast", url, address), cwd=_ROOT
    )


async def _school(core: Core, url: str) -> SchoolId:
    """A school with 5,000 guardians, each with a chat."""
    school_id = SchoolId(new_id())
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "Trường đo")
        new = [NewStudent("6A", f"Em Số {n}", date(2014, 1, 1), "male") for n in range(_PEOPLE)]
        students = await core.students.record_all(tx, new)
        entries = [NewGuardian(one.student_id, Relation.MOTHER, f"Mẹ {n}") for n, one in enumerate(students)]
        placed = (await core.guardians.record_all(tx, entries)).placed
        accounts = [await core.conversations.meet(tx, "bench", f"c{n}") for n in range(_PEOPLE)]
    connection = await asyncpg.connect(dsn_of(url))
    try:
        await connection.executemany(
            "INSERT INTO guardian_accounts (school_id, id, guardian_id, chat_account_id, level, linked_at) "
            "VALUES ($1, $2, $3, $4, 1, now())",
            [(school_id, new_id(), one.guardian_id, to.id) for one, to in zip(placed, accounts, strict=True)],
        )
        claimed = GuardianshipState.CLAIMED.value
        await connection.execute("UPDATE guardianships SET state = $1", claimed)
    finally:
        await connection.close()
    return school_id


async def _plain_loop(address: str) -> float:
    """The same calls without a database, each at its time."""
    begun = time.perf_counter()
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:

        async def call(number: int) -> None:
            async with http.post(address, data=str(number)):
                pass

        for number in range(_REFERENCE):
            due = begun + max(0, number - _BURST) / LIMIT
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(call(number))
    return time.perf_counter() - begun


def _core(url: str) -> Core:
    return build_core(
        CoreSettings(database_url=SecretStr(url), master_key=SecretStr(KEY), session_key=SecretStr(KEY))
    )


async def _work(url: str, address: str) -> None:
    """The sending process: writes messages and delivers them until it is killed."""
    core, never = _core(url), QuietHours(start=QuietHours().end)
    async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
        delivery = DeliveryWorker(
            core.database,
            url,
            core.notifications,
            core.clock,
            {"bench": HttpChannel(address, http)},
            {"bench": Pace(LIMIT, burst=_BURST)},
            quiet=never,
        )
        group.create_task(delivery.run())
        group.create_task(BroadcastWorker(core.database, url, core.broadcasts).run())


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], sys.argv[2]))

"""Keys are shown once, found by a hash, counted in the database, and gone when revoked."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.answers.keys.domain import (
    Admission,
    ApiKeyError,
    ApiKeyId,
    ApiKeyNotFoundError,
    BadApiKeyError,
    NewApiKey,
    QuotaExceededError,
)
from core.answers.keys.quota import Quota
from core.answers.service import Answers
from core.db.transaction import Database
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id


async def _issue(
    database: Database, answers: Answers, school_id: SchoolId, quota: Quota
) -> tuple[str, ApiKeyId]:
    async with database.transaction(school_id) as tx:
        issued = await answers.api_keys.issue(tx, NewApiKey("Cổng Sở", quota), "staff:1")
    return issued.secret, issued.key.id


async def _ask(
    database: Database, answers: Answers, school_id: SchoolId, secret: str
) -> Admission | QuotaExceededError:
    async with database.transaction(school_id) as tx:
        return await answers.api_keys.admit(tx, secret)


async def test_a_key_opens_its_own_school_and_no_other(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    secret, _ = await _issue(database, answers, school_id, Quota(5, 10))
    assert isinstance(await _ask(database, answers, school_id, secret), Admission)
    for wrong in (secret + "x", "", "ctk_"):
        with pytest.raises(ApiKeyError):
            await _ask(database, answers, school_id, wrong)
    with pytest.raises(ApiKeyError):
        await _ask(database, answers, SchoolId(new_id()), secret)


async def test_the_database_never_holds_the_secret(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    secret, _ = await _issue(database, answers, school_id, Quota(5, 10))
    async with database.platform() as tx:
        rows = [
            str(tuple(row))
            for table in ("api_keys", "audit_entries")
            for row in await tx.session.execute(text(f"SELECT t::text FROM {table} t"))
        ]
    assert rows
    assert not any(secret in row or secret.encode().hex() in row for row in rows)


async def test_a_revoked_key_opens_nothing_and_revoking_twice_is_harmless(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    secret, key_id = await _issue(database, answers, school_id, Quota(5, 10))
    for _ in range(2):
        async with database.transaction(school_id) as tx:
            await answers.api_keys.revoke(tx, key_id, "staff:1")
    with pytest.raises(ApiKeyError):
        await _ask(database, answers, school_id, secret)
    with pytest.raises(ApiKeyNotFoundError):
        async with database.transaction(school_id) as tx:
            await answers.api_keys.revoke(tx, ApiKeyId(new_id()), "staff:1")


async def test_the_quota_refuses_says_how_long_and_opens_again(
    database: Database, answers: Answers, school_id: SchoolId, clock: FixedClock
) -> None:
    secret, _ = await _issue(database, answers, school_id, Quota(2, 3))
    clock.advance(timedelta(seconds=20))
    first = await _ask(database, answers, school_id, secret)
    assert isinstance(first, Admission)
    assert first.headers()["RateLimit"] == '"minute";r=1;t=40'
    assert isinstance(await _ask(database, answers, school_id, secret), Admission)
    refused = await _ask(database, answers, school_id, secret)
    assert isinstance(refused, QuotaExceededError)
    assert refused.params == {"retry_after": 40, "window": "minute"}
    clock.advance(timedelta(seconds=40))
    assert isinstance(await _ask(database, answers, school_id, secret), Admission)
    by_day = await _ask(database, answers, school_id, secret)
    assert isinstance(by_day, QuotaExceededError)
    assert by_day.params["window"] == "day"
    async with database.transaction(school_id) as tx:
        (key,) = await answers.api_keys.list_keys(tx)
    assert (key.used_today, key.refused_today, key.used_month) == (3, 2, 3)
    assert key.last_used_at == clock.now()


async def test_a_burst_from_two_pools_passes_exactly_as_often_as_allowed(
    database: Database, database_url: str, answers: Answers, school_id: SchoolId
) -> None:
    from core.db.engine import make_engine

    secret, _ = await _issue(database, answers, school_id, Quota(7, 100))
    other = Database(make_engine(database_url, pool_size=5))
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_ask((database, other)[n % 2], answers, school_id, secret))
                for n in range(20)
            ]
    finally:
        await other.dispose()
    assert sum(isinstance(task.result(), Admission) for task in tasks) == 7


CHILD = """
import asyncio, base64, sys
from datetime import UTC, datetime
from uuid import UUID
from core.answers.keys.domain import Admission
from core.answers.service import make_answers
from core.audit.service import Audit
from core.db.engine import make_engine
from core.db.transaction import Database
from core.values.clock import FixedClock
from core.vault.keyring import Keyring, MasterKey

async def main(url, school, secret):
    keyring, clock = Keyring(MasterKey(b"k" * 32)), FixedClock(datetime(2026, 11, 20, 23, 50, tzinfo=UTC))
    keys, database = make_answers(keyring, clock, Audit(keyring, clock)).api_keys, Database(make_engine(url, pool_size=2))
    passed = 0
    for _ in range(15):
        async with database.transaction(UUID(school)) as tx:
            passed += isinstance(await keys.admit(tx, secret), Admission)
    await database.dispose()
    print(passed)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_share_one_quota(
    database: Database, database_url: str, answers: Answers, school_id: SchoolId
) -> None:
    secret, _ = await _issue(database, answers, school_id, Quota(20, 100))
    command = [sys.executable, "-c", CHILD, database_url, str(school_id), secret]
    processes = [
        await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE) for _ in range(2)
    ]
    said = [(await one.communicate())[0] for one in processes]
    assert [one.returncode for one in processes] == [0, 0]
    assert sum(int(one) for one in said) == 20


@pytest.mark.parametrize(
    ("name", "quota", "field"),
    [
        (" ", Quota(1, 1), "name"),
        ("a" * 81, Quota(1, 1), "name"),
        ("a", Quota(0, 1), "per_minute"),
        ("a", Quota(1, 0), "per_day"),
    ],
)
def test_a_key_that_will_not_do_says_why(name: str, quota: Quota, field: str) -> None:
    with pytest.raises(BadApiKeyError) as refused:
        NewApiKey(name, quota)
    assert refused.value.params == {"field": field}


async def test_a_burst_against_the_days_quota_passes_exactly_as_often_as_allowed(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    secret, _ = await _issue(database, answers, school_id, Quota(100, 6))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_ask(database, answers, school_id, secret)) for _ in range(20)]
    assert sum(isinstance(task.result(), Admission) for task in tasks) == 6

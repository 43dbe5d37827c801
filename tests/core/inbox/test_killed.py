"""`kill -9` of the inbox worker: nothing lost, one effect each."""

from __future__ import annotations

from tests.core.inbox.conftest import Desk
from tests.support.killing import count, kill_one_after_another, make_effect_tables, worker_process

_TOTAL = 120


async def test_killed_workers_lose_nothing_and_do_nothing_twice(desk: Desk) -> None:
    await make_effect_tables(desk.database)
    for number in range(_TOTAL):
        await desk.receive(f"{number:03}", chat=str(number % 10))
    deaths = await kill_one_after_another(
        desk.database, desk.url, "inbox", "SELECT count(*) FROM inbox_events WHERE status = 'done'", _TOTAL
    )
    assert deaths >= 3
    effects = await desk.column("SELECT what FROM effects ORDER BY n")
    assert sorted(effects) == [f"{number:03}" for number in range(_TOTAL)]
    for chat in range(10):
        mine = [what for what in effects if int(what) % 10 == chat]
        assert mine == sorted(mine)


async def test_one_of_two_processes_is_killed_and_the_other_finishes_its_work(desk: Desk) -> None:
    await make_effect_tables(desk.database)
    for number in range(_TOTAL):
        await desk.receive(f"{number:03}", chat=str(number % 10))
    done = "SELECT count(*) FROM inbox_events WHERE status = 'done'"
    async with worker_process("inbox", desk.url) as first, worker_process("inbox", desk.url):
        await desk.until("SELECT count(*) >= 30 FROM effects", [True])
        first.kill()
        await desk.until(done, [_TOTAL])
    assert await count(desk.database, "SELECT count(*) FROM effects") == _TOTAL

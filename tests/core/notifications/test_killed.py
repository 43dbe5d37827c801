"""`kill -9` of the delivery worker: nothing lost, and shown once where the channel drops a repeated dedupe key."""

from __future__ import annotations

from tests.core.notifications.conftest import PostOffice
from tests.support.killing import count, kill_one_after_another, make_effect_tables

_TOTAL = 120
_AT_ONCE = 8


async def test_killed_workers_lose_nothing_and_show_nothing_twice(office: PostOffice) -> None:
    await make_effect_tables(office.database)
    await office.enqueue(*(office.new(f"{number:03}", f"chat{number % 10}") for number in range(_TOTAL)))
    deaths = await kill_one_after_another(
        office.database,
        office.url,
        "outbox",
        "SELECT count(*) FROM notifications WHERE status = 'sent'",
        _TOTAL,
    )
    effects = await office.column("SELECT what FROM effects ORDER BY n")
    assert sorted(effects) == [f"{number:03}" for number in range(_TOTAL)]
    for chat in range(10):
        mine = [what for what in effects if int(what) % 10 == chat]
        assert mine == sorted(mine)
    # Sent again is only what was on its way, or not yet noted, when a process died.
    again = await count(office.database, "SELECT count(*) FROM calls") - _TOTAL
    assert again <= deaths * 2 * _AT_ONCE

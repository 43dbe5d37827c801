"""New conversations from one address: many may begin, not without end; those that began go on."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import aiohttp
import pytest

from bot.webchat.door import Door
from core.settings import CoreSettings
from core.values.clock import FixedClock
from core.web.problems import TooManyRequestsError
from tests.bot.support import KnownAnswers, chatting, running_bot


def entered(door: Door, address: str, most: int = 1000) -> int:
    """How many in a row may enter."""
    for count in range(most):
        try:
            door.enter(address)
        except TooManyRequestsError:
            return count
    return most


def test_a_sixth_may_come_at_once_and_the_rest_over_the_hour(clock: FixedClock) -> None:
    door = Door(clock, per_hour=60)
    assert entered(door, "192.0.2.1") == 10
    assert entered(door, "192.0.2.2") == 10
    clock.advance(timedelta(minutes=3))
    assert entered(door, "192.0.2.1") == 3
    with pytest.raises(TooManyRequestsError) as refused:
        door.enter("192.0.2.1")
    assert refused.value.params == {"retry_after": 60}


def test_the_addresses_of_one_household_count_together(clock: FixedClock) -> None:
    door = Door(clock, per_hour=60)
    assert entered(door, "2001:db8:0:1::a") == 10
    assert entered(door, "2001:db8:0:1:ffff::b") == 0
    assert entered(door, "2001:db8:0:2::a") == 10


def test_a_clock_that_was_set_back_closes_no_door_for_long(clock: FixedClock) -> None:
    door = Door(clock, per_hour=60)
    entered(door, "192.0.2.1")
    clock.advance(timedelta(days=-1))
    assert entered(door, "192.0.2.1") == 0
    clock.advance(timedelta(minutes=10))
    assert entered(door, "192.0.2.1") == 10


def test_a_flood_of_addresses_does_not_fill_the_memory(clock: FixedClock) -> None:
    door = Door(clock, per_hour=60)
    for number in range(25_000):
        door.enter(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")
    assert len(door._spent) <= 10_000


async def test_over_http_a_new_browser_is_asked_to_wait_and_an_old_one_goes_on(
    core_settings: CoreSettings, answers: KnownAnswers
) -> None:
    async with (
        running_bot(core_settings, answers, new_chats_per_hour=6) as (_, url),
        chatting(url) as first,
        chatting(url) as second,
    ):
        await first.ask("menu")
        body = {"id": str(uuid4()), "text": "menu"}
        async with second.http.post(f"{url}/chat/messages", json=body) as answer:
            assert (answer.status, (await answer.json())["code"]) == (429, "web.too_many_requests")
            assert int(answer.headers["Retry-After"]) > 500
        assert (await first.ask("menu"))["key"] == "menu.welcome"
        async with aiohttp.ClientSession() as http, http.get(f"{url}/chat") as page:
            assert page.status == 200

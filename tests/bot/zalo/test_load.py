"""Two hundred conversations at once, with every tenth call to Zalo failing and the webhook misbehaving."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict, deque

import aiohttp
import pytest

from core.settings import CoreSettings
from tests.bot.support import KnownAnswers, running_bot
from tests.support.fake_zalo import APP_ID, APP_SECRET, OA_SECRET, FakeZalo, event, fake_zalo, signed
from tests.support.faults import Fault

_AT = "1763700000000"
_PEOPLE = 200
_KINDS: tuple[Fault, ...] = ("429", -216, -230, -32, "500", "hang", "half")


def every_tenth() -> deque[Fault]:
    kinds = itertools.cycle(_KINDS)
    return deque(next(kinds) if number % 10 == 9 else 0 for number in range(20 * _PEOPLE))


async def wait_for(zalo: FakeZalo, count: int) -> None:
    async with asyncio.timeout(150):
        while len(zalo.sent) < count:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_every_reply_arrives_exactly_once_and_in_order_in_each_of_200_chats(
    core_settings: CoreSettings, answers: KnownAnswers
) -> None:
    options = {
        "zalo_app_id": APP_ID,
        "zalo_app_secret": APP_SECRET,
        "zalo_oa_secret": OA_SECRET,
        "zalo_refresh_token": "refresh-0",
        "zalo_per_second": 1000,
    }
    async with fake_zalo() as zalo:
        zalo.faults = every_tenth()
        calls = len(zalo.faults)
        async with (
            running_bot(core_settings, answers, **options, zalo_api=zalo.url, zalo_oauth=zalo.url) as (
                _,
                url,
            ),
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50)) as http,
        ):

            async def post(user: str, name: str) -> None:
                body = event("user_send_text", user, text="menu", msg_id=f"{user}-{name}")
                async with http.post(f"{url}/webhooks/zalo", data=body, headers=signed(body, _AT)) as answer:
                    assert answer.status == 200

            async with asyncio.TaskGroup() as group:
                for number in range(_PEOPLE):
                    names = ["1"] * (2 if number % 7 == 0 else 1) + (
                        ["3", "2", "3"] if number % 9 == 0 else []
                    )
                    for name in names:  # delivered twice, and out of order
                        group.create_task(post(f"u{number}", name))
            extra = 2 * len(range(0, _PEOPLE, 9))
            await wait_for(zalo, 2 * _PEOPLE + extra)
            await asyncio.sleep(1)
        failed = sum(1 for number in range(calls - len(zalo.faults)) if number % 10 == 9)
    by_chat: dict[str, list[str]] = defaultdict(list)
    for one in zalo.sent:
        by_chat[one["to"]].append(one["text"])
    assert len(by_chat) == _PEOPLE
    for number in range(_PEOPLE):
        told = by_chat[f"u{number}"]
        assert len(told) == (4 if number % 9 == 0 else 2)
        assert ["máy" in text for text in told] == [True] + [False] * (len(told) - 1)
    assert failed >= 40
    assert zalo.burnt == 0

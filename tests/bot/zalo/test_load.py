"""Two hundred conversations at once, with every tenth call to Zalo failing and the webhook misbehaving."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict, deque

import aiohttp
import pytest
from sqlalchemy import text

from bot.app import Bot
from core.settings import CoreSettings
from tests.bot.support import KnownAnswers, running_bot
from tests.support.fake_zalo import APP_ID, APP_SECRET, OA_SECRET, FakeZalo, event, fake_zalo, signed
from tests.support.faults import Fault

_AT = "1763700000000"
_PEOPLE = 200
_SAID = ("khoản thu", "menu", "con của tôi", "cài đặt thông báo")
"""What they write, by the message's name: each has an answer of its own."""
_KINDS: tuple[Fault, ...] = ("429", -216, -230, -32, "500", "hang", "half")


def every_tenth() -> deque[Fault]:
    kinds = itertools.cycle(_KINDS)
    return deque(next(kinds) if number % 10 == 9 else 0 for number in range(20 * _PEOPLE))


async def wait_for(zalo: FakeZalo, count: int) -> None:
    async with asyncio.timeout(150):
        while len(zalo.sent) < count:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.1)


async def order(bot: Bot) -> dict[bytes, list[int]]:
    """By chat, in the order in which the messages were written: as which one each arrived."""
    found: dict[bytes, list[int]] = defaultdict(list)
    async with bot.core.database.platform() as tx:
        statement = "SELECT lane, message_id FROM notifications WHERE channel = 'zalo' ORDER BY seq"
        for lane, message_id in await tx.session.execute(text(statement)):
            found[lane].append(int(message_id.removeprefix("z")))
    return found


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
                bot,
                url,
            ),
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=50)) as http,
        ):

            async def post(user: str, name: str) -> None:
                said = _SAID[int(name) % len(_SAID)]
                body = event("user_send_text", user, text=said, msg_id=f"{user}-{name}")
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
            arrived, written = [one["text"] for one in zalo.sent], await order(bot)
        failed = sum(1 for number in range(calls - len(zalo.faults)) if number % 10 == 9)
    by_chat: dict[str, list[str]] = defaultdict(list)
    for one in zalo.sent:
        by_chat[one["to"]].append(one["text"])
    assert len(by_chat) == _PEOPLE
    for number in range(_PEOPLE):
        told = by_chat[f"u{number}"]
        assert len(told) == (4 if number % 9 == 0 else 2)
        assert ["máy" in one for one in told] == [True] + [False] * (len(told) - 1)
    numbers = [number for chat in written.values() for number in chat]
    assert sorted(numbers) == list(range(1, len(arrived) + 1))  # each exactly once
    assert all(chat == sorted(chat) for chat in written.values())  # in order
    assert failed >= 40
    assert zalo.burnt == 0

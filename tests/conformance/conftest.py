"""One bot with every channel, for the whole suite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.app import Bot
from core.logs import configure_logs
from core.notifications.domain import NewNotification, Notification, NotificationStatus, Recipient
from core.sample.school import SCHOOL_ID
from tests.bot.support import KnownAnswers, running_bot, settings_for
from tests.conformance.peers import Peer, Posted, TelegramPeer, Told, WebPeer, ZaloBotPeer, ZaloPeer
from tests.support import fake_zalo, fake_zalobot, postgres
from tests.support import telegram as telegrams
from tests.support.fake_sms import TOKEN as SMS_TOKEN
from tests.support.fake_sms import FakeSms, fake_sms

_COMING = text(
    "SELECT source || ': ' || coalesce(failure, '') FROM inbox_events WHERE status IN ('queued', 'working')"
)


@dataclass(slots=True)
class World:
    """The bot, its answers, and the servers of all channels."""

    bot: Bot
    url: str
    answers: KnownAnswers
    http: aiohttp.ClientSession
    sms: FakeSms
    peers: dict[str, Peer] = field(default_factory=dict)

    async def post(self, posted: Posted) -> int:
        """Give the bot what a channel's server would; returns the HTTP status."""
        async with self.http.post(
            f"{self.url}{posted.path}", data=posted.body, headers=posted.headers
        ) as answer:
            await answer.read()
            return answer.status

    async def until(self, peer: Peer, chat: str, true: Callable[[list[Told]], bool]) -> list[Told]:
        """Wait until what the person was told is so."""
        async with asyncio.timeout(25):
            while not true(told := await peer.told(chat)):  # noqa: ASYNC110 - the peer tells nobody
                await asyncio.sleep(0.05)
        return told

    async def enqueue(self, *new: NewNotification) -> None:
        async with self.bot.core.database.transaction(SCHOOL_ID) as tx:
            await self.bot.core.notifications.enqueue(tx, *new)

    async def notifications(self, recipient: Recipient) -> tuple[Notification, ...]:
        async with self.bot.core.database.transaction(SCHOOL_ID) as tx:
            return await self.bot.core.notifications.list_recent(tx, recipient)

    async def settle(self, *recipients: Recipient) -> None:
        """Wait until nothing is on its way in, and nothing out to these."""
        report: list[str] = []
        try:
            async with asyncio.timeout(25):
                while (report := await self._underway(recipients)) != []:  # noqa: ASYNC110 - the outbox tells nobody
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"still on its way: {report}")

    async def _underway(self, recipients: tuple[Recipient, ...]) -> list[str]:
        async with self.bot.core.database.transaction(SCHOOL_ID) as tx:
            coming = list((await tx.session.execute(_COMING)).scalars())
            going = [await self.bot.core.notifications.list_recent(tx, one) for one in recipients]
        return coming + [
            f"{one.key}: {one.status.value} {one.failure}"
            for some in going
            for one in some
            if one.status in {NotificationStatus.QUEUED, NotificationStatus.SENDING}
        ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    postgres_server: postgres.TestServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("peers")
    key = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
    async with AsyncExitStack() as stack:
        database_url = await stack.enter_async_context(postgres_server.clone("conformance"))
        wire = await stack.enter_async_context(telegrams.telegram(folder))
        zalo = await stack.enter_async_context(fake_zalo.fake_zalo())
        zalobot = await stack.enter_async_context(fake_zalobot.fake_zalobot())
        sms = await stack.enter_async_context(fake_sms())
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        configure_logs("WARNING")
        answers = KnownAnswers()
        options = {
            "telegram_token": telegrams.TOKEN,
            "telegram_secret": telegrams.SECRET,
            "telegram_api": wire.url,
            "telegram_mode": "webhook",
            "zalo_app_id": fake_zalo.APP_ID,
            "zalo_app_secret": fake_zalo.APP_SECRET,
            "zalo_oa_secret": fake_zalo.OA_SECRET,
            "zalo_refresh_token": "refresh-0",
            "zalo_api": zalo.url,
            "zalo_business_api": zalo.url,
            "zalo_oauth": zalo.url,
            "zalo_templates": {
                "checkin.arrived": {"id": "t1", "fields": {"ten": "given_name", "luc": "time"}}
            },
            "zalo_bot_token": fake_zalobot.TOKEN,
            "zalo_bot_secret": fake_zalobot.SECRET,
            "zalo_bot_api": zalobot.url,
            "zalo_bot_mode": "webhook",
            "sms_url": sms.url,
            "sms_token": SMS_TOKEN,
            "sms_brand": "TRUONG MAU",
            "sms_ok_field": "code",
            "sms_ok_values": ("100",),
            "sms_for": ("broadcast.", "handover."),
        }
        bot, url = await stack.enter_async_context(
            running_bot(settings_for(database_url, key), answers, **options)
        )
        made = World(bot, url, answers, http, sms)
        peers: tuple[Peer, ...] = (
            WebPeer(url, http), TelegramPeer(wire), ZaloPeer(zalo), ZaloBotPeer(zalobot)
        )  # fmt: skip
        made.peers.update({peer.name: peer for peer in peers})
        yield made


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["webchat", "telegram", "zalo", "zalobot"]
)
async def peer(request: pytest.FixtureRequest, world: World) -> Peer:
    return world.peers[request.param]

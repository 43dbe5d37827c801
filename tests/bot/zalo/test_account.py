"""The Zalo account against the fake server: signatures, windows, tokens, faults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from typing_extensions import override

from bot.app import Bot
from bot.intents import Intent, Topic
from bot.messages import Button, Rendered
from bot.router import route
from bot.settings import BotSettings
from bot.voice import Voice
from bot.zalo.client import ZaloClient, button_message
from bot.zalo.receive import incoming_of, receive
from bot.zalo.send import ZaloChannel
from bot.zalo.signature import ZaloSecret
from bot.zalo.tokens import ZaloTokens
from core.conversations.domain import ChannelToken, FlowState
from core.conversations.service import Conversations
from core.conversations.tokens.service import ChannelTokens
from core.db.transaction import Database
from core.inbox.domain import InboxEvent
from core.notifications.domain import NewNotification, Outgoing, Recipient, Urgency
from core.notifications.ports import GiveUp, RetryLater, WaitForPerson
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.values.clock import FixedClock
from core.values.ids import InboxId, NotificationId, SchoolId, new_id
from core.values.phone import Phone
from core.vault.keyring import Keyring
from tests.bot.support import KnownAnswers, running_bot
from tests.support.fake_zalo import APP_ID, APP_SECRET, OA_SECRET, FakeZalo, event, signed

AT = "1763700000000"


@asynccontextmanager
async def zalo_bot(
    settings: CoreSettings, answers: KnownAnswers, zalo: FakeZalo
) -> AsyncIterator[tuple[Bot, str]]:
    async with running_bot(
        settings,
        answers,
        zalo_app_id=APP_ID,
        zalo_app_secret=APP_SECRET,
        zalo_oa_secret=OA_SECRET,
        zalo_refresh_token="refresh-0",
        zalo_api=zalo.url,
        zalo_oauth=zalo.url,
    ) as running:
        yield running


async def sent(zalo: FakeZalo, count: int) -> None:
    async with asyncio.timeout(30):
        while len(zalo.sent) < count:  # noqa: ASYNC110 - the server has no event per count
            await asyncio.sleep(0.02)


async def test_a_signed_event_is_answered_once_however_often_it_is_delivered(
    core_settings: CoreSettings, answers: KnownAnswers, zalo: FakeZalo, http: aiohttp.ClientSession
) -> None:
    async with zalo_bot(core_settings, answers, zalo) as (_, url):
        body = event("user_send_text", text="mất học bạ")
        for _ in range(3):
            async with http.post(f"{url}/webhooks/zalo", data=body, headers=signed(body, AT)) as answer:
                assert answer.status == 200
        await sent(zalo, 2)
        body = event("user_send_text", text="menu", msg_id="m2")
        async with http.post(f"{url}/webhooks/zalo", data=body, headers=signed(body, AT)) as answer:
            assert answer.status == 200
        await sent(zalo, 3)
    assert len(answers.asked) == 1
    assert zalo.sent[1]["text"].startswith("Gửi đơn về trường.")
    buttons = zalo.sent[2]["attachment"]["payload"]["buttons"]
    assert buttons[0] == {"title": "Hỏi đáp", "type": "oa.query.show", "payload": "#menu.ask"}
    assert (zalo.refreshes, zalo.burnt) == (1, 0)


async def test_the_probe_is_answered_the_timestamp_may_be_in_the_header_and_forgeries_are_refused(
    core_settings: CoreSettings, answers: KnownAnswers, zalo: FakeZalo, http: aiohttp.ClientSession
) -> None:
    async with zalo_bot(core_settings, answers, zalo) as (bot, url):
        body = event("user_send_text", text="menu")
        by_header = signed(body, "42") | {"X-ZEvent-Timestamp": "42"}
        for data, headers, status in (
            (b"{}", {}, 200),
            (b"{", {}, 400),
            (b"[]", {}, 400),
            (body, {}, 401),
            (body, signed(body, "42"), 401),
            (body + b" ", signed(body, AT), 401),
            (body, by_header, 200),
            (event("user_seen_message"), signed(event("user_seen_message"), AT), 200),
            (event("brand_new_event"), signed(event("brand_new_event"), AT), 200),
        ):
            async with http.post(f"{url}/webhooks/zalo", data=data, headers=headers) as answer:
                assert answer.status == status
        await sent(zalo, 2)
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            assert await bot.core.inbox.list_parked(tx) == ()
    assert len(zalo.sent) == 2


async def test_after_faults_every_reply_still_arrives_once_and_in_order(
    core_settings: CoreSettings, answers: KnownAnswers, zalo: FakeZalo, http: aiohttp.ClientSession
) -> None:
    zalo.faults.extend(["500", -32, 0, -216])
    async with zalo_bot(core_settings, answers, zalo) as (_, url):
        body = event("user_send_text", text="mất học bạ")
        async with http.post(f"{url}/webhooks/zalo", data=body, headers=signed(body, AT)) as answer:
            assert answer.status == 200
        await sent(zalo, 2)
    assert ["máy" in one["text"] for one in zalo.sent] == [True, False]


async def test_a_reply_behind_a_window_that_must_be_open_is_tried_again(
    core_settings: CoreSettings, answers: KnownAnswers, zalo: FakeZalo, http: aiohttp.ClientSession
) -> None:
    zalo.faults.extend([-230])
    async with zalo_bot(core_settings, answers, zalo) as (_, url):
        body = event("user_send_text", text="mất học bạ")
        async with http.post(f"{url}/webhooks/zalo", data=body, headers=signed(body, AT)) as answer:
            assert answer.status == 200
        await sent(zalo, 2)
    assert ["máy" in one["text"] for one in zalo.sent] == [True, False]


async def test_news_behind_a_closed_window_go_out_when_the_person_writes_again(
    core_settings: CoreSettings, answers: KnownAnswers, zalo: FakeZalo, http: aiohttp.ClientSession
) -> None:
    zalo.faults.extend([-230])
    news = NewNotification(
        Recipient("zalo", "u1"),
        "fees.due_soon",
        {"title": "Khoản A", "amount": 1000},
        "n1",
        Urgency.EMERGENCY,
    )
    async with zalo_bot(core_settings, answers, zalo) as (bot, url):
        async with bot.core.database.transaction(SCHOOL_ID) as tx:
            await bot.core.notifications.enqueue(tx, news)
        async with asyncio.timeout(20):
            while True:
                async with bot.core.database.transaction(SCHOOL_ID) as tx:
                    (kept,) = await bot.core.notifications.list_recent(tx, news.recipient)
                if kept.failure:
                    break
                await asyncio.sleep(0.02)
        assert kept.failure == "wait:zalo_window_closed"
        body = event("user_send_text", text="menu")
        async with http.post(f"{url}/webhooks/zalo", data=body, headers=signed(body, AT)) as answer:
            assert answer.status == 200
        await sent(zalo, 3)
    assert sum("Khoản A" in one["text"] for one in zalo.sent) == 1


def tokens_of(
    database: Database, school_id: SchoolId, keyring: Keyring, clock: FixedClock, zalo: FakeZalo,
    http: aiohttp.ClientSession,
) -> ZaloTokens:  # fmt: skip
    return ZaloTokens(
        database=database,
        school_id=school_id,
        stored=ChannelTokens(keyring, clock),
        clock=clock,
        http=http,
        oauth=zalo.url,
        app_id=APP_ID,
        app_secret=APP_SECRET,
        first=ChannelToken("", "refresh-0", datetime(2026, 1, 1, tzinfo=UTC)),
    )


async def test_many_processes_that_refresh_at_once_spend_one_refresh_token(
    database: Database,
    school_id: SchoolId,
    keyring: Keyring,
    clock: FixedClock,
    zalo: FakeZalo,
    http: aiohttp.ClientSession,
) -> None:
    tokens = tokens_of(database, school_id, keyring, clock, zalo, http)
    for number in (1, 2):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(tokens.access()) for _ in range(8)]
        assert {task.result() for task in tasks} == {f"access-{number}"}
        assert (zalo.refreshes, zalo.burnt) == (number, 0)
        clock.advance(timedelta(hours=25))


class Words(Voice):
    """Says one sentence with two buttons."""

    @override
    async def say(self, outgoing: Outgoing) -> Rendered:
        return Rendered("Chọn nhé", (Button("a", "Một"), Button("b", "Hai")))


@pytest.mark.parametrize(
    ("faults", "raised", "reason"),
    [
        (["half"], RetryLater, "zalo_unreachable"),
        (["hang"], RetryLater, "zalo_unreachable"),
        ([-32], RetryLater, "zalo_rate"),
        ([-211], RetryLater, "zalo_211"),
        ([-234], RetryLater, "zalo_234"),
        ([-213], GiveUp, "zalo_213"),
        ([-227], GiveUp, "zalo_227"),
        ([-232], WaitForPerson, "zalo_window_closed"),
        (["429"], RetryLater, "zalo_rate"),
        ([-216, -216], RetryLater, "zalo_token"),
    ],
)
async def test_what_zalo_says_becomes_later_or_never(  # noqa: PLR0917 - fixtures
    database: Database,
    school_id: SchoolId,
    keyring: Keyring,
    clock: FixedClock,
    zalo: FakeZalo,
    http: aiohttp.ClientSession,
    faults: list[int | str],
    raised: type[Exception],
    reason: str,
) -> None:
    zalo.faults.extend(faults)
    tokens = tokens_of(database, school_id, keyring, clock, zalo, http)
    words = Words(database, Conversations(keyring, clock))
    channel = ZaloChannel(ZaloClient(http, zalo.url, timeout_seconds=0.5), tokens, words, clock)
    recipient = Recipient("zalo", "u1")
    outgoing = Outgoing(
        NotificationId(new_id()), school_id, recipient, "k", {}, "d", Urgency.NORMAL, 1, clock.now()
    )
    with pytest.raises(raised) as caught:
        await channel.deliver(outgoing)
    assert str(caught.value) == reason
    zalo.faults.extend([-201])
    await asyncio.sleep(0)
    before = len(zalo.sent)
    assert (await channel.deliver(outgoing)).message_id
    assert zalo.sent[before]["text"].startswith("Chọn nhé\n\n1. Một\n2. Hai")


def test_the_official_formula_and_shapes() -> None:
    secret = ZaloSecret("1", "s")
    assert secret.accepts("MAC=".lower() + secret.mac(b"{}", "2"), b"{}", "", "2")
    assert not secret.accepts("", b"{}", "2")
    assert button_message("x" * 3000, (Button("a", "b"),))["text"] == "x" * 2000


@pytest.mark.parametrize("proves", [False, True])
def test_a_number_shared_over_zalo_is_evidence_only_where_the_school_says_so(proves: bool) -> None:
    """Whether people can edit it in Zalo's form is not documented; without it the school's code is asked for."""
    given = {"event_name": "user_submit_info", "sender": {"id": "u1"}, "info": {"phone": "84900000001"}}
    incoming = incoming_of(given, b"x")
    assert incoming is not None
    event = InboxEvent(
        id=InboxId(new_id()),
        school_id=SCHOOL_ID,
        source=incoming.source,
        external_id=incoming.external_id,
        ordering_key=incoming.ordering_key,
        payload=incoming.payload,
        attempt=1,
        received_at=datetime(2026, 11, 21, tzinfo=UTC),
        lease=new_id(),
    )
    message = receive(event, phone_proves=proves)
    assert message is not None
    assert (message.phone == Phone.parse("0900000001")) is proves
    assert route(message, FlowState()) == Intent(Topic.LINK)
    assert BotSettings().zalo_phone_proves is False

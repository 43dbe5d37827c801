"""Every route of the bot, with every channel attached: who has no right to it learns nothing and leaves no trace.

The list of routes is the application's own: one that stands in no table here fails. Each guarded route is asked
without a credential, with made-up ones, with those of another school, another chat, another purpose, used or too old,
and with the right one, so the test also sees that the guard lets the right one in.
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import orjson
import pytest
from PIL import Image
from sqlalchemy import text

from bot.app import Bot
from bot.channels import attach_all
from bot.pictures import Pictures
from bot.settings import BotSettings
from bot.verify_page.routes import TICKET_HEADER
from core.answers.keys.domain import NewApiKey
from core.app import build_core
from core.guardians.tickets.service import Purpose
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.web.server import serving
from tests.bot.support import KnownAnswers, load_sample
from tests.support.fake_zalo import APP_ID, APP_SECRET, OA_SECRET, event, signed

OPEN: Mapping[str, str] = {
    "GET /": "sends on to the chat",
    "GET /chat": "the page; gives a browser a chat of its own",
    "GET /chat/{name}": "the page's script and style",
    "GET /verify": "the page; it can do nothing without a ticket",
    "GET /verify/{name}": "the page's script and style",
    "GET /healthz": "for the operator's monitoring",
    "GET /readyz": "for the operator's monitoring",
    "GET /metrics": "for the operator's monitoring; no personal data",
    "GET /api/v1": "the document",
    "GET /api/v1/": "the document",
    "GET /api/v1/api.css": "the document",
    "GET /api/v1/openapi.json": "the document",
}
REFUSED = {401, 403, 404, 410, 422}
SECRET = "a-secret-of-the-webhook"
PUBLIC = "https://bot.example"


@dataclass(frozen=True)
class Try:
    """One request: what it brings, and whether that is right."""

    who: str
    path: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    right: bool = False


@dataclass
class World:
    """The bot of one school beside another school in the same database."""

    bot: Bot
    clock: FixedClock
    url: str
    http: aiohttp.ClientSession
    routes: frozenset[str]
    elsewhere: SchoolId

    async def ticket(self, purpose: Purpose, school_id: SchoolId = SCHOOL_ID) -> str:
        core = self.bot.core
        async with core.database.transaction(school_id) as tx:
            account = await core.conversations.meet(tx, "webchat", f"chat-{new_id()}")
            ticket = await core.guardians.tickets.issue(tx, account.id, purpose)
        assert ticket is not None
        return ticket

    async def api_key(self, school_id: SchoolId) -> str:
        core = self.bot.core
        async with core.database.transaction(school_id) as tx:
            return (await core.answers.api_keys.issue(tx, NewApiKey("Thử"), "x")).secret

    async def cookie(self) -> str:
        async with self.http.get(f"{self.url}/chat") as page:
            return f"congtruong_chat={page.cookies['congtruong_chat'].value}"

    async def traces(self) -> list[object]:
        """Everything that a stranger could leave behind, in every school."""
        tables = (
            "inbox_events",
            "guardian_cases",
            "chat_accounts",
            "chat_lines",
            "guardianship_steps",
            "notifications",
        )
        async with self.bot.core.database.platform() as tx:
            asked = [await tx.session.execute(text(f"SELECT count(*) FROM {one}")) for one in tables]
            return [one.scalar() for one in asked]

    async def ask(self, method: str, path: str, one: Try) -> int:
        """The status; of a stream only its beginning is read."""
        request = self.http.request(
            method, self.url + path, headers=one.headers, data=one.body or None, allow_redirects=False
        )
        async with request as answer:
            return answer.status


Tries = Callable[[World], Awaitable[list[Try]]]


async def _chat(world: World) -> list[Try]:
    def told(cookie: str) -> dict[str, str]:
        return {"Content-Type": "application/json"} | ({"Cookie": cookie} if cookie else {})

    body = b'{"id": "%s", "text": "xin ch\xc3\xa0o"}' % str(new_id()).encode()
    mine = await world.cookie()
    return [
        Try("nobody", headers=told(""), body=body),
        Try("a made-up cookie", headers=told("congtruong_chat=abc"), body=body),
        Try("another name", headers=told("congtruong_staff=" + "x" * 43), body=body),
        Try("the own cookie", headers=told(mine), body=body, right=True),
    ]


async def _frame(world: World) -> list[Try]:
    def with_ticket(ticket: str) -> dict[str, str]:
        return {"Content-Type": "image/jpeg"} | ({TICKET_HEADER: ticket} if ticket else {})

    jpeg = _jpeg()
    tickets = await _tickets(world)
    return [Try(who, headers=with_ticket(one), body=jpeg, right=right) for who, one, right in tickets]


async def _submit(world: World) -> list[Try]:
    tickets = await _tickets(world)
    headers = {"Content-Type": "application/json"}
    typed = {"full_name": "Vũ Thị Thử", "number": "099184000778", "born_on": "1984-05-06"}
    child = {"full_name": "Trần Văn Không Có", "class_name": "3A"}
    return [
        Try(
            who,
            headers=headers,
            body=orjson.dumps({"ticket": one, "typed": typed, "child_typed": child}),
            right=right,
        )
        for who, one, right in tickets
    ]


async def _tickets(world: World) -> list[tuple[str, str, bool]]:
    late = await world.ticket(Purpose.PAGE)
    world.clock.advance(timedelta(minutes=16))
    used = await world.ticket(Purpose.PAGE)
    async with world.bot.core.database.transaction(SCHOOL_ID) as tx:
        assert await world.bot.core.guardians.tickets.use(tx, used, Purpose.PAGE)
    return [
        ("nobody", "", False),
        ("a made-up ticket", "A" * 43, False),
        ("of another school", await world.ticket(Purpose.PAGE, world.elsewhere), False),
        ("for the kiosk", await world.ticket(Purpose.KIOSK), False),
        ("too old", late, False),
        ("used", used, False),
        ("a good one", await world.ticket(Purpose.PAGE), True),
    ]


def _secret_header(name: str, body: bytes) -> Tries:
    async def tries(_world: World) -> list[Try]:
        def with_secret(secret: str) -> dict[str, str]:
            return {"Content-Type": "application/json"} | ({name: secret} if secret else {})

        return [
            Try("nobody", headers=with_secret(""), body=body),
            Try("a made-up secret", headers=with_secret("x" * len(SECRET)), body=body),
            Try("a beginning", headers=with_secret(SECRET[:-1]), body=body),
            Try("the right one", headers=with_secret(SECRET), body=body, right=True),
        ]

    return tries


async def _zalo(_world: World) -> list[Try]:
    at = "1763700000000"
    body, other = event("user_send_text", text="xin chào"), event("user_send_text", text="khác")
    plain = {"Content-Type": "application/json"}
    return [
        Try("nobody", headers=plain, body=body),
        Try("a made-up signature", headers=plain | {"X-ZEvent-Signature": "mac=" + "0" * 64}, body=body),
        Try("of another body", headers=signed(other, at), body=body),
        Try("signed", headers=signed(body, at), body=body, right=True),
    ]


async def _signed_in(_world: World) -> list[Try]:
    return [
        Try("nobody"),
        Try("a made-up state", "/webhooks/zalo/signed-in?state=abcd&code=1&oa_id=2"),
    ]


async def _picture(world: World) -> list[Try]:
    def place(school_id: SchoolId) -> str:
        made = Pictures(world.bot.core.keyring, school_id, PUBLIC).address_of("mẫu")
        return made.removeprefix(PUBLIC)

    mine = place(SCHOOL_ID)
    return [
        Try("made up", "/pictures/" + "A" * 60 + ".png"),
        Try("changed", mine.replace(mine[20:24], "AAAA")),
        Try("of another school", place(world.elsewhere)),
        Try("ours", mine, right=True),
    ]


async def _api(world: World) -> list[Try]:
    body = b'{"question": "h\xe1\xbb\x8dc b\xe1\xba\xa1 l\xc3\xa0 g\xc3\xac?"}'

    def bearer(key: str) -> dict[str, str]:
        return {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})

    mine = await world.api_key(SCHOOL_ID)
    return [
        Try("nobody", headers=bearer(""), body=body),
        Try("a made-up key", headers=bearer("ct_" + "x" * 40), body=body),
        Try("a beginning", headers=bearer(mine[:-1]), body=body),
        Try("of another school", headers=bearer(await world.api_key(world.elsewhere)), body=body),
        Try("a key of the school", headers=bearer(mine), body=body, right=True),
    ]


_UPDATE = b'{"update_id": 7, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "from": {"id": 5, "is_bot": false, "first_name": "T"}, "text": "xin"}}'
GUARDED: Mapping[str, Tries] = {
    "POST /chat/messages": _chat,
    "GET /chat/lines/all": _chat,
    "GET /chat/lines/stream": _chat,
    "POST /verify/frame": _frame,
    "POST /verify/submit": _submit,
    "POST /webhooks/telegram": _secret_header("X-Telegram-Bot-Api-Secret-Token", _UPDATE),
    "POST /webhooks/zalobot": _secret_header("X-Bot-Api-Secret-Token", b'{"ok": true, "result": {}}'),
    "POST /webhooks/zalo": _zalo,
    "GET /webhooks/zalo/signed-in": _signed_in,
    "GET /pictures/{token}.png": _picture,
    "POST /api/v1/answers": _api,
}
NOBODY_HERE = {"GET /webhooks/zalo/signed-in"}
"""Where the right credential comes from another program; `tests/bot/zalo/test_sign_in.py` has the whole way."""


def _jpeg() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (320, 240), "white").save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
async def world(
    core_settings: CoreSettings, answers: KnownAnswers, clock: FixedClock
) -> AsyncIterator[World]:
    settings = BotSettings(
        port=0,
        telegram_token="1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        telegram_secret=SECRET,
        telegram_mode="webhook",
        zalo_app_id=APP_ID,
        zalo_app_secret=APP_SECRET,
        zalo_oa_secret=OA_SECRET,
        zalo_bot_token="t",
        zalo_bot_secret=SECRET,
        zalo_bot_mode="webhook",
        api_key_required=True,
    )
    bot = Bot(build_core(core_settings, clock), settings, answers)
    elsewhere = SchoolId(new_id())
    await load_sample(bot.core)
    await load_sample(bot.core, elsewhere)
    async with _served(bot) as (url, routes), aiohttp.ClientSession() as http:
        yield World(bot, clock, url, http, routes, elsewhere)
    await bot.core.database.dispose()


@asynccontextmanager
async def _served(bot: Bot) -> AsyncIterator[tuple[str, frozenset[str]]]:
    async with attach_all(bot.core, bot.settings, SCHOOL_ID, bot.voice()) as channels:
        app = bot.web_app(SCHOOL_ID, channels)
        routes = frozenset(
            f"{one.method} {one.resource.canonical if one.resource else ''}"
            for one in app.router.routes()
            if one.method != "HEAD"
        )
        async with serving(app) as url:
            yield url, routes


async def test_every_route_of_the_bot_stands_in_one_of_the_tables(world: World) -> None:
    assert world.routes == set(OPEN) | set(GUARDED)
    assert not set(OPEN) & set(GUARDED)


async def test_a_guarded_route_takes_the_right_credential_and_no_other_and_refusal_leaves_no_trace(
    world: World,
) -> None:
    wrong, tried = [], 0
    for route, tries in GUARDED.items():
        method, _, address = route.partition(" ")
        found = await tries(world)
        assert any(one.right for one in found) != (route in NOBODY_HERE), route
        for one in found:
            before = await world.traces()
            status = await world.ask(method, one.path or address, one)
            left = await world.traces() != before
            tried += 1
            if one.right == (status in REFUSED) or status >= 500 or (left and not one.right):
                wrong.append((route, one.who, status, left))
    assert wrong == []
    assert tried >= 40


async def test_a_browser_reads_its_own_chat_only(world: World) -> None:
    mine, others = await world.cookie(), ""
    async with aiohttp.ClientSession() as another, another.get(f"{world.url}/chat") as page:
        others = f"congtruong_chat={page.cookies['congtruong_chat'].value}"
    assert mine != others
    headers = {"Content-Type": "application/json", "Cookie": mine}
    body = (
        b'{"id": "%s", "text": "chuy\xe1\xbb\x87n ri\xc3\xaang c\xe1\xbb\xa7a t\xc3\xb4i"}'
        % str(new_id()).encode()
    )
    async with world.http.post(f"{world.url}/chat/messages", data=body, headers=headers) as answer:
        assert answer.status == 202
    read = {}
    async with aiohttp.ClientSession() as fresh:
        for who, cookie in (("mine", mine), ("another's", others)):
            async with fresh.get(f"{world.url}/chat/lines/all", headers={"Cookie": cookie}) as answer:
                read[who] = await answer.text()
    assert "chuyện riêng" in read["mine"]
    assert "chuyện riêng" not in read["another's"]


def test_open_routes_have_reasons() -> None:
    assert all(len(reason) > 10 for reason in OPEN.values())

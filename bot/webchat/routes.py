"""HTTP of the web chat. A message is recorded in the inbox before it is answered 202; replies come over SSE.

The browser's cookie is a random secret; its hash is the chat id, so the database never holds what would let
somebody else into a chat. Nothing here decides what to answer.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import orjson
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.messages import InboundMessage
from bot.webchat.door import Door
from bot.webchat.page import static_file
from bot.webchat.session import caller_print
from core.conversations.domain import ChatAccount, ChatLine, LineOrigin
from core.conversations.lines import CHANNEL, ChatLines
from core.conversations.service import Conversations
from core.db.bell import Bell
from core.db.transaction import Database
from core.errors import ForbiddenError
from core.inbox.domain import InboxEvent, Incoming
from core.inbox.service import Inbox
from core.values.ids import SchoolId
from core.web.caller import address_of
from core.web.problems import UnsupportedMediaTypeError, body_error
from core.web.sse import EventStream, event_stream, news_or_stop

COOKIE = "congtruong_chat"
_COOKIE_AGE = 180 * 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
TEXT_MAX = 4000


class Posted(BaseModel):
    """What the page posts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[UUID, Field(description="Made by the page; posting it again changes nothing.")]
    text: Annotated[str, Field(max_length=TEXT_MAX)] = ""
    choice: Annotated[str, Field(max_length=64)] = ""
    link_code: Annotated[str, Field(max_length=32)] = ""


@dataclass(frozen=True, slots=True)
class WebChat:
    """The routes of the web chat for one school."""

    database: Database
    school_id: SchoolId
    inbox: Inbox
    conversations: Conversations
    lines: ChatLines
    bell: Bell
    door: Door
    secure_cookies: bool = False
    embedded: bool = False
    behind_proxy: bool = False

    def routes(self) -> tuple[web.RouteDef, ...]:
        """Page, its files, post, history, stream."""
        return (
            web.get("/", self.to_page),
            web.get("/chat", self.page),
            web.get("/chat/{name:[a-z.]+}", static_file),
            web.post("/chat/messages", self.post),
            web.get("/chat/lines/all", self.history),
            web.get("/chat/lines/stream", self.stream),
        )

    async def to_page(self, _request: web.Request) -> web.StreamResponse:
        """GET /: to the chat."""
        raise web.HTTPFound("/chat")

    async def page(self, request: web.Request) -> web.StreamResponse:
        """GET /chat: the page, and its session: new for a browser that has none, else kept for another half year."""
        response = await static_file(request, "chat.html")
        response.set_cookie(
            COOKIE,
            _token(request) or secrets.token_urlsafe(32),
            max_age=_COOKIE_AGE,
            httponly=True,
            secure=self.secure_cookies or self.embedded,
            samesite="None" if self.embedded else "Lax",
        )
        return response

    async def post(self, request: web.Request) -> web.StreamResponse:
        """POST /chat/messages: record the message and show it; 202 when it is safe.

        Raises:
            ForbiddenError, UnsupportedMediaTypeError, InvalidBodyError: what is wrong with it.
            TooManyRequestsError: when too many new conversations began at this address.
        """
        chat_id = _chat_id(request)
        if request.content_type != "application/json":
            raise UnsupportedMediaTypeError
        try:
            posted = Posted.model_validate_json(await request.read())
        except ValidationError as error:
            raise body_error(error) from None
        if not (posted.text.strip() or posted.choice or posted.link_code):
            raise web.HTTPBadRequest
        origin = caller_print(
            self.lines.keyring.for_school(self.school_id), request, behind_proxy=self.behind_proxy
        )
        payload = {"chat_id": chat_id, "origin": origin, **posted.model_dump(mode="json")}
        external_id = sha256(f"{chat_id}:{posted.id}".encode()).hexdigest()  # stored in the clear
        async with self.database.transaction(self.school_id) as tx:
            account = await self.conversations.find_account(tx, CHANNEL, chat_id)
            if account is None:
                self.door.enter(address_of(request, behind_proxy=self.behind_proxy))
                account = await self.conversations.meet(tx, CHANNEL, chat_id)
            recorded = await self.inbox.record(tx, Incoming(CHANNEL, external_id, chat_id, payload))
            if posted.text and not recorded.duplicate:
                body = {"text": posted.text, "id": str(posted.id)}
                await self.lines.append(tx, account.id, LineOrigin.GUARDIAN, str(posted.id), body)
        return web.json_response({"id": str(posted.id), "duplicate": recorded.duplicate}, status=202)

    async def history(self, request: web.Request) -> web.StreamResponse:
        """GET /chat/lines/all: what the page shows after a reload."""
        account = await self._account(_chat_id(request))
        lines = await self._lines(account, None) if account else ()
        return _json({"lines": [_shown(line) for line in lines]})

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """GET /chat/lines/stream: lines as they come; `Last-Event-ID` or `?after=` says from where."""
        chat_id = _chat_id(request)
        after = _cursor(request.headers.get("Last-Event-ID") or request.query.get("after"))
        key = self.lines.wake_key(self.school_id, chat_id)
        with self.bell.waiting_for(key) as woken:
            async with event_stream(request) as stream:
                await self._feed(stream, chat_id, after, woken)
            return stream.response

    async def _feed(self, stream: EventStream, chat_id: str, after: UUID, woken: asyncio.Event) -> None:
        account: ChatAccount | None = None
        await stream.send("ready", "{}")
        while stream.open:
            woken.clear()
            account = account or await self._account(chat_id)
            for line in await self._lines(account, after) if account else ():
                await stream.send("line", orjson.dumps(_shown(line)).decode(), str(line.id))
                after = line.id
            await news_or_stop(woken, stream.stopping)
            if not woken.is_set() and stream.open:
                await stream.beat()

    async def _account(self, chat_id: str) -> ChatAccount | None:
        async with self.database.transaction(self.school_id) as tx:
            return await self.conversations.find_account(tx, CHANNEL, chat_id)

    async def _lines(self, account: ChatAccount, after: UUID | None) -> tuple[ChatLine, ...]:
        async with self.database.transaction(self.school_id) as tx:
            return await self.lines.list_lines(tx, account.id, after=after)


def receive(event: InboxEvent) -> InboundMessage:
    """The message of a recorded post."""
    payload: Mapping[str, Any] = event.payload
    return InboundMessage(
        channel=CHANNEL,
        chat_id=payload["chat_id"],
        message_id=payload["id"],
        text=payload["text"],
        choice=payload["choice"],
        link_code=payload["link_code"],
        origin=payload.get("origin", ""),
    )


def _token(request: web.Request) -> str | None:
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def _chat_id(request: web.Request) -> str:
    token = _token(request)
    if token is None:
        raise ForbiddenError
    return sha256(token.encode()).hexdigest()


def _cursor(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        return UUID(int=0)


def _shown(line: ChatLine) -> dict[str, Any]:
    return {**line.body, "line": str(line.id), "from": line.origin.value, "at": line.said_at.isoformat()}


def _json(value: Any) -> web.Response:
    return web.Response(body=orjson.dumps(value), content_type="application/json")

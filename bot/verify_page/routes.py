"""HTTP of the card page. What it answers says nothing about the roll, not by words and not by the time it takes.

The one-time ticket stands behind the `#` of the address, so no server or proxy ever logs it; the page sends it in
a body or a header. Results go to the chat that the ticket belongs to, never to the page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from pydantic import ValidationError

from bot.flows.approvals import ApprovalFlow
from bot.verify_page.frames import MAX_BYTES, FrameError, read_frame
from bot.verify_page.submission import Submission, read
from core.app import Core
from core.db.transaction import Tx
from core.errors import CoreError
from core.guardians import notices
from core.guardians.evidence import Evidence, ProofOutcome
from core.guardians.strangers import warned
from core.guardians.tickets.service import Purpose, Tickets
from core.notifications.domain import NewNotification
from core.values.clock import school_date
from core.values.ids import ChatAccountId, SchoolId, new_id
from core.web.caller import address_of, header
from core.web.problems import UnsupportedMediaTypeError, body_error

PATH = "/verify"
TICKET_HEADER = "X-Verify-Ticket"
ANSWER_AFTER = 0.6
"""Every submission is answered so many seconds after it came, whatever it found."""
_FOLDER = Path(__file__).parent / "static"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_FILES = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


class TicketGoneError(CoreError):
    """The link is unknown, used or too old: the chat gives a new one."""

    code = "verify.ticket_gone"
    http_status = 410


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The card page of one school (trang quét thẻ)."""

    core: Core = field(repr=False)
    school_id: SchoolId
    behind_proxy: bool = False
    answer_after: float = ANSWER_AFTER
    decoding: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2), repr=False)

    def routes(self) -> tuple[web.RouteDef, ...]:
        """Page, its files, frames, submission."""
        return (
            web.get(PATH, self.page),
            web.get(f"{PATH}/{{name:[a-z.]+}}", self.page),
            web.post(f"{PATH}/frame", self.frame),
            web.post(f"{PATH}/submit", self.submit),
        )

    async def page(self, request: web.Request) -> web.StreamResponse:
        """GET: the page, which alone may ask for the camera."""
        name = request.match_info.get("name", "verify.html")
        body = _FILES.get(name)
        if body is None:
            raise web.HTTPNotFound
        headers = {"Permissions-Policy": "camera=(self), microphone=(), geolocation=()"}
        return web.Response(
            body=body, content_type=_TYPES[Path(name).suffix], charset="utf-8", headers=headers
        )

    async def frame(self, request: web.Request) -> web.StreamResponse:
        """POST a JPEG: its QR text, back to whoever holds the ticket; nothing of the picture stays.

        Raises:
            TicketGoneError: without a good ticket.
        """
        if request.content_type != "image/jpeg":
            raise UnsupportedMediaTypeError
        async with self.core.database.transaction(self.school_id) as tx:
            if not await self._tickets.look(tx, header(request, TICKET_HEADER), Purpose.PAGE):
                raise TicketGoneError
        jpeg = await request.read()
        if len(jpeg) > MAX_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_BYTES, len(jpeg))
        async with self.decoding:
            try:
                text = await asyncio.to_thread(read_frame, jpeg)
            except FrameError:
                raise web.HTTPBadRequest from None
        return web.json_response({"text": text})

    async def submit(self, request: web.Request) -> web.StreamResponse:
        """POST what was scanned or typed: always 202 for a good ticket, always after the same time.

        Raises:
            TicketGoneError: when the ticket is not good any more.
            NotACardError, ChildsCardError: when a text is no card of a guardian; the ticket stays good.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.answer_after
        if request.content_type != "application/json":
            raise UnsupportedMediaTypeError
        try:
            submission = Submission.model_validate_json(await request.read())
        except ValidationError as error:
            raise body_error(error) from None
        means, identity, child = read(submission, school_date(self.core.clock.now()))
        async with self.core.database.transaction(self.school_id) as tx:
            account_id = await self._tickets.use(tx, submission.ticket.get_secret_value(), Purpose.PAGE)
            if account_id is None:
                raise TicketGoneError
            address = address_of(request, behind_proxy=self.behind_proxy)
            evidence = Evidence(means, account_id, identity, child, f"chat:{account_id}", "page", address)
            await self._judge(tx, account_id, evidence)
        await asyncio.sleep(max(0.0, deadline - loop.time()))
        return web.json_response({"received": True}, status=202)

    async def _judge(self, tx: Tx, account_id: ChatAccountId, evidence: Evidence) -> None:
        proven = await self.core.guardians.apply_evidence(tx, evidence)
        to = await self.core.conversations.recipient_of(tx, account_id)
        once = f"page:{new_id()}"
        notice = notices.of_proof(to, proven, once)
        others = await warned(self.core.guardians, tx, account_id, proven.joined, f"{once}:other")
        alerts: tuple[NewNotification, ...] = ()
        if proven.outcome is ProofOutcome.FOR_STAFF:
            alerts = await ApprovalFlow(self.core.handovers.chats, self.core.guardians).alerts(tx, account_id)
        await self.core.notifications.enqueue(tx, notice, *others, *alerts)

    @property
    def _tickets(self) -> Tickets:
        return Tickets(self.core.keyring, self.core.clock)

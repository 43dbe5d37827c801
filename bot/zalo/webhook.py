"""Takes Zalo's events in: recorded, then 200, well within the two seconds that Zalo waits."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.intake import Intake
from bot.zalo.receive import file_of, incoming_of
from bot.zalo.signature import ZaloSecret
from core.errors import UnauthenticatedError
from core.web.caller import header
from core.web.problems import MalformedJsonError

PATH = "/webhooks/zalo"
SIGNATURE_HEADER = "X-ZEvent-Signature"
TIMESTAMP_HEADER = "X-ZEvent-Timestamp"


@dataclass(frozen=True, slots=True)
class ZaloIntake:
    """Records the events of one school's official account."""

    intake: Intake
    secret: ZaloSecret

    async def webhook(self, request: web.Request) -> web.Response:
        """POST /webhooks/zalo.

        Raises:
            MalformedJsonError: when the body is no event.
            UnauthenticatedError: when the signature does not fit the raw body.
        """
        raw = await request.read()
        try:
            event = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise MalformedJsonError from None
        if not isinstance(event, dict):
            raise MalformedJsonError
        if not event:
            return web.Response()  # Zalo's probe of the address, unsigned; it does nothing
        stamps = (header(request, TIMESTAMP_HEADER), str(event.get("timestamp", "")))
        if not self.secret.accepts(header(request, SIGNATURE_HEADER), raw, *stamps):
            raise UnauthenticatedError
        incoming = incoming_of(event, raw)
        if incoming is not None:
            await self.intake.record(incoming, file_of(event))
        return web.Response()

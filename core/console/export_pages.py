"""The pages behind the link for "xem dữ liệu của tôi": no sign-in, good for a day and twenty openings."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from core.console.desk import Desk
from core.rights.pdf import as_pdf


@dataclass(frozen=True, slots=True)
class ExportPages:
    """Shows a guardian what is kept (trang dữ liệu của tôi)."""

    desk: Desk

    def routes(self) -> tuple[web.AbstractRouteDef, ...]:
        """The routes; the token in the address is what opens them."""
        return (
            web.get("/my-data/{token}", self.show),
            web.get("/my-data/{token}/du-lieu.json", self.json),
            web.get("/my-data/{token}/du-lieu.pdf", self.pdf),
        )

    async def show(self, request: web.Request) -> web.StreamResponse:
        """GET: what can be downloaded."""
        data = await self._data(request)
        return self.desk.page("my_data.html", token=request.match_info["token"], data=data)

    async def json(self, request: web.Request) -> web.StreamResponse:
        """GET: for programs."""
        body = orjson.dumps(await self._data(request), option=orjson.OPT_INDENT_2)
        return _file(body, "application/json", "du-lieu.json")

    async def pdf(self, request: web.Request) -> web.StreamResponse:
        """GET: for people; drawn in a thread."""
        body = await asyncio.to_thread(as_pdf, await self._data(request))
        return _file(body, "application/pdf", "du-lieu.pdf")

    async def _data(self, request: web.Request) -> dict[str, Any]:
        async with self.desk.database.platform() as tx:
            token = request.match_info["token"]
            school_id, student_id, account_id = await self.desk.rights.opened(tx, token)
        async with self.desk.database.transaction(school_id) as own:
            return await self.desk.exports.of(own, student_id, account_id)


def _file(body: bytes, content_type: str, name: str) -> web.Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=body, content_type=content_type, headers=headers)

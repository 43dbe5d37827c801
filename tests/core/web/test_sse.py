"""A stream of events over real HTTP: a sentence arrives whole, whatever separators stand in it."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from core.web.server import WebParts, make_app, serving
from core.web.sse import event_stream

SAID = '{"text": "dòng một\u2028dòng hai\u0085dòng ba\x0cdòng bốn"}'


async def _stream(request: web.Request) -> web.StreamResponse:
    async with event_stream(request) as stream:
        await stream.send("line", SAID, "1")
        await stream.send("two", "a\nb\r\nc")
    return stream.response


async def test_only_line_ends_of_the_protocol_break_what_is_said() -> None:
    app = make_app(WebParts(routes=(web.get("/stream", _stream),)))
    async with serving(app) as url, aiohttp.ClientSession() as http, http.get(f"{url}/stream") as answer:
        first, second, _ = (await answer.text()).split("\n\n")
    assert first.split("\n") == ["event: line", "id: 1", f"data: {SAID}"]
    assert second.split("\n") == ["event: two", "data: a", "data: b", "data: c"]

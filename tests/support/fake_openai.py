"""An OpenAI-compatible chat server of our own on loopback, which can behave well or badly in every way we met.

It speaks real HTTP with server-sent events; `behave` is set by the test, `requests` keeps what reached it.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class FakeOpenAi:
    """What the server will do next, and what it was asked."""

    written: dict[str, Any] = field(default_factory=dict)
    behave: str = "right"
    usage: tuple[int, int] | None = (1_000, 100)
    requests: list[dict[str, Any]] = field(default_factory=list)
    base_url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(await request.json())
        if self.behave in ("429", "500"):
            return web.json_response({"error": {"message": "no"}}, status=int(self.behave))
        if self.behave == "html":
            return web.Response(text="<html>login</html>", content_type="text/html")
        if self.behave == "late":
            await asyncio.sleep(2)
        return await self._stream(request)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        if self.behave == "thinking":  # as a small model does: headers at once, the first word much later
            await asyncio.sleep(0.4)
        text = "not json at all" if self.behave == "prose" else json.dumps(self.written, ensure_ascii=False)
        if self.behave == "fenced":
            text = f"```json\n{text}\n```"
        if self.behave == "cut":  # at the token limit; the end still says "stop", as a real one did
            text = text[:-9]
        pieces = [text[at : at + 20] for at in range(0, len(text), 20)]
        if self.behave == "half":
            pieces = pieces[: len(pieces) // 2]
        for piece in pieces:
            await self._send(
                response, {"delta": {"role": "assistant", "content": piece}, "finish_reason": None}
            )
        if self.behave == "half":
            assert request.transport is not None
            request.transport.close()
            return response
        await self._send(response, {"delta": {}, "finish_reason": "stop"})
        if self.usage:
            prompt, completion = self.usage
            told = {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            }
            await self._event(response, {"choices": [], "usage": told})
        await response.write(b"data: [DONE]\n\n")
        return response

    async def _send(self, response: web.StreamResponse, choice: dict[str, Any]) -> None:
        await self._event(response, {"choices": [{"index": 0, **choice}]})

    async def _event(self, response: web.StreamResponse, more: dict[str, Any]) -> None:
        event = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "thu", **more}
        await response.write(f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode())


@asynccontextmanager
async def fake_openai() -> AsyncIterator[FakeOpenAi]:
    """Run the server on a free loopback port until the test is done."""
    fake = FakeOpenAi()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", fake.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        fake.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        yield fake
    finally:
        await runner.cleanup()

"""What can go wrong between us and somebody else's server, injected at will."""

from __future__ import annotations

import asyncio

from aiohttp import web

HANG_SECONDS = 2.0
Fault = int | str
"""0 for none, an error code of the service, or "500", "half", "hang"."""


async def broken(request: web.Request, fault: Fault) -> web.StreamResponse | None:
    """The answer of a server that broke before it did anything; None when the fault is none of these."""
    if fault == "500":
        return web.Response(status=500, text="<html>upstream</html>")
    if fault == "hang":
        await asyncio.sleep(HANG_SECONDS)
        return web.Response(status=504)
    if fault == "half":
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"error":0,"da')
        assert request.transport is not None
        request.transport.close()
        return response
    return None

"""Makes an application with everything around the routes, and serves it on loopback or wherever told."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from core.web.door import listen
from core.web.health import ReadyCheck, ReadyPage, healthz
from core.web.metrics import Metrics
from core.web.middleware import ErrorPage, ResponseHeaders, adds_headers, body_limit, observed, problems
from core.web.openapi import Api
from core.web.sse import STOPPING

_SHUTDOWN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class WebParts:
    """What an application is made of."""

    max_body_bytes: int = 2 * 1024 * 1024
    apis: tuple[Api, ...] = ()
    routes: tuple[web.AbstractRouteDef, ...] = ()
    ready_checks: tuple[ReadyCheck, ...] = ()
    metrics: Metrics = field(default_factory=Metrics)
    frame_ancestors: tuple[str, ...] = ()
    error_page: ErrorPage | None = None


def make_app(parts: WebParts) -> web.Application:
    """An application with request ids, problems, headers, limits, log, health and metrics.

    Example:
        app = make_app(WebParts(apis=(api,), routes=(web.get("/", page),)))
    """
    app = web.Application(
        middlewares=[
            observed(parts.metrics),
            problems(parts.error_page),
            body_limit(parts.max_body_bytes),
        ],
        client_max_size=parts.max_body_bytes,
    )
    app[STOPPING] = asyncio.Event()
    app.on_shutdown.append(_say_stopping)
    app.on_response_prepare.append(adds_headers(ResponseHeaders(parts.frame_ancestors)))
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", ReadyPage(parts.ready_checks).__call__)
    app.router.add_get("/metrics", parts.metrics.page)
    for api in parts.apis:
        app.add_routes(api.routes())
    app.add_routes(parts.routes)
    return app


@asynccontextmanager
async def serving(app: web.Application, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve while the block runs; yields the base URL with the port that was really taken."""
    runner = web.AppRunner(app, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    assert runner.server is not None, "it was just set up"
    listening = None
    try:
        listening = await listen(runner.server, host, port)
        taken = listening.sockets[0].getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        # What was built until now lives as long as the program: looking through it again and again for garbage
        # would hold up some answer by a tenth of a second each time.
        gc.collect()
        gc.freeze()
        yield f"http://{shown}:{taken}"
    finally:
        gc.unfreeze()
        if listening is not None:
            listening.close()
        await runner.cleanup()


async def _say_stopping(app: web.Application) -> None:
    app[STOPPING].set()

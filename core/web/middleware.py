"""What happens around every request, from the outside in: id and log, problems, body limit.

The log names method, route template, status and time; never the path itself, the query or the caller.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from core.db.faults import is_passing
from core.errors import CoreError, UnavailableError
from core.values.ids import new_id
from core.web.metrics import Metrics, route_name
from core.web.problems import (
    BodyTooLargeError,
    Problem,
    SlowBodyError,
    UnsupportedMediaTypeError,
    problem_of,
)

log = structlog.get_logger("web")

REQUEST_ID = web.RequestKey("request_id", str)
REQUEST_ID_HEADER = "X-Request-Id"
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)
_LONG_DIGITS = re.compile(r"[0-9]{9}", re.ASCII)
_NO_CHARACTER = "22021"
"""What PostgreSQL says of a NUL in a text (character_not_in_repertoire)."""
_COME_AGAIN = 5
_OUR_FAULT = 500
BODY_SECONDS = 120.0
"""So long a body may take: two megabytes on a slow mobile line."""

ResponseSignal = Callable[[web.Request, web.StreamResponse], Awaitable[None]]
ErrorPage = Callable[[web.Request, Problem], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class ResponseHeaders:
    """The headers that every response gets unless its handler set its own."""

    frame_ancestors: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)

    def all(self) -> dict[str, str]:
        """Name to value."""
        ancestors = " ".join(self.frame_ancestors) or "'none'"
        policy = (
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
            f"form-action 'self'; frame-ancestors {ancestors}"
        )
        headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
        if not self.frame_ancestors:
            headers["X-Frame-Options"] = "DENY"
        return headers | dict(self.extra)


def request_id_of(given: str | None) -> str:
    """The caller's request id when it is a sane one and cannot be a person's number; else a fresh one."""
    if given and _SANE_ID.fullmatch(given) and not _LONG_DIGITS.search(given):
        return given
    return str(new_id())


def observed(metrics: Metrics) -> Middleware:
    """Gives the request its id, times it, counts it and writes the one line of the access log."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        request_id = request[REQUEST_ID] = request_id_of(request.headers.get(REQUEST_ID_HEADER))
        started, status = time.perf_counter(), 499
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id),
            metrics.running.track_inprogress(),
        ):
            try:
                response = await handler(request)
                status = response.status
            except web.HTTPException as answer:
                status = answer.status
                raise
            finally:
                seconds, route = time.perf_counter() - started, route_name(request)
                metrics.observe(request.method, route, status, seconds)
                log.info(
                    "request",
                    method=request.method,
                    route=route,
                    status=status,
                    ms=round(seconds * 1000, 1),
                )
        return response

    return middleware


def problems(error_page: ErrorPage | None) -> Middleware:
    """Turns every error into problem+json, or into a page where the application has pages."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRedirection:
            raise
        except Exception as raised:
            error = _told(raised)
            problem = problem_of(error, request[REQUEST_ID])
            if is_passing(raised):
                log.warning("database_away", route=route_name(request), error=type(raised).__name__)
            elif not isinstance(error, (CoreError, web.HTTPError)) or problem.status == _OUR_FAULT:
                log.exception("unhandled_error", route=route_name(request))
            if error_page is not None and _wants_page(request):
                return await error_page(request, problem)
            return problem.as_response()

    return middleware


def adds_headers(headers: ResponseHeaders) -> ResponseSignal:
    """Adds the security headers and the request id to every response, redirects and streams too."""
    prepared = headers.all()

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        if isinstance(request.match_info.route.resource, web.StaticResource):
            response.headers.setdefault(
                "Cache-Control", "no-cache"
            )  # ours, nobody's data: asked after, sent once
        for name, value in prepared.items():
            response.headers.setdefault(name, value)
        response.headers[REQUEST_ID_HEADER] = request.get(REQUEST_ID, "")

    return add


def body_limit(most: int) -> Middleware:
    """Refuses a body before reading any of it: announced over the limit, or packed; and one that never ends."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if (request.content_length or 0) > most:
            raise BodyTooLargeError(most_bytes=most)
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMediaTypeError
        until = asyncio.timeout(BODY_SECONDS)

        def ended() -> None:
            with suppress(RuntimeError):  # the answer was there before the end of the body
                until.reschedule(None)

        try:
            async with until:
                request.content.on_eof(ended)
                return await handler(request)
        except TimeoutError:
            if until.expired():
                raise SlowBodyError from None
            raise

    return middleware


def _told(raised: Exception) -> Exception:
    """What is told instead: whose fault it is, and whether it passes."""
    if _is_no_text(raised):
        return web.HTTPBadRequest()
    if is_passing(raised):
        return UnavailableError(retry_after=_COME_AGAIN)
    return raised


def _is_no_text(error: Exception) -> bool:
    """Whether something of the request was used as text that is none: a header's bytes, or a NUL for the database."""
    if isinstance(error, UnicodeEncodeError):
        return error.reason == "surrogates not allowed"
    return getattr(getattr(error, "orig", None), "sqlstate", "") == _NO_CHARACTER


def _wants_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")

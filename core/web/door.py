"""The protocol under the application: how long a connection may wait, and what answers bytes that are no request.

aiohttp writes what it could not read into its log and back to the sender, in a form of its own; such a line may be
a session's cookie with one odd byte. Here it is a problem like any other, and the log says which rule it broke.
"""

from __future__ import annotations

import asyncio
import errno
import resource
from typing import Any

import structlog
from aiohttp import web
from typing_extensions import override

from core.settings import SettingsError
from core.values.ids import new_id
from core.web.problems import problem_of

log = structlog.get_logger("web")
IDLE_SECONDS = 180.0
"""A connection without a whole request head is closed then; longer than reverse proxies keep one (Caddy: 120 s)."""
LINGERING_SECONDS = 2.0
"""How long the rest of a refused body is read, so that its sender sees the refusal and not a broken connection."""
_BACKLOG = 128
_MOST_FILES = 65_536
_CLOSED = {
    errno.EADDRINUSE: "đang có chương trình khác dùng (another program has it)",
    errno.EACCES: "không được phép dùng (not permitted; below 1024 only root may)",
    errno.EADDRNOTAVAIL: "không phải của máy này (not an address of this machine)",
}


class Door(web.RequestHandler):
    """One connection."""

    __slots__ = ()

    @override
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what never reached the application."""
        del message  # it quotes what was sent
        if request.writer.output_size > 0:
            raise ConnectionError("an answer was begun; another cannot be sent")
        log.info("no_request", status=status, error=type(exc).__name__)
        known = {400: web.HTTPBadRequest, 504: web.HTTPGatewayTimeout}.get(
            status, web.HTTPInternalServerError
        )
        response = problem_of(known(), str(new_id())).as_response()
        response.force_close()
        return response


async def listen(server: web.Server, host: str, port: int) -> asyncio.Server:
    """Take connections for an application; `server` is what its runner made.

    Raises:
        SettingsError: where nobody can listen there, as when another program does.
    """
    _allow_many_files()
    loop = asyncio.get_running_loop()

    settings: dict[str, Any] = {
        "access_log": None,  # ours names no path and no caller
        "keepalive_timeout": IDLE_SECONDS,
        "lingering_time": LINGERING_SECONDS,
        "auto_decompress": False,
    }

    def door() -> Door:
        return Door(server, loop=loop, **settings)

    try:
        return await loop.create_server(door, host, port, backlog=_BACKLOG)
    except OSError as error:
        why = _CLOSED.get(error.errno or 0, "không dùng được (cannot be used)")
        raise SettingsError(
            f"Địa chỉ {host}:{port} {why}. Chọn cổng khác: --port SỐ (choose another: --port NUMBER)."
        ) from error


def _allow_many_files() -> None:
    """As many open files as the system lets us have: a thousand idle connections must not use up the usual 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

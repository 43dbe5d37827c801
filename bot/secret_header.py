"""Takes a webhook's body in where the platform vouches for it with a shared secret in a header."""

from __future__ import annotations

import hmac
from typing import Any

import orjson
from aiohttp import web

from core.errors import UnauthenticatedError
from core.web import caller
from core.web.problems import MalformedJsonError


async def vouched_body(request: web.Request, header: str, secret: str) -> dict[str, Any]:
    """The JSON object of a request that carries the secret; without a secret of ours nobody is believed.

    Raises:
        UnauthenticatedError: without the secret that was given to the platform.
        MalformedJsonError: when the body is no JSON object.
    """
    given = caller.header(request, header)
    if not secret or not hmac.compare_digest(given.encode(), secret.encode()):
        raise UnauthenticatedError
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        raise MalformedJsonError from None
    if not isinstance(body, dict):
        raise MalformedJsonError
    return body

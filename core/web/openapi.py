"""Routes declared once: the models that validate a request also make the OpenAPI 3.1 document.

A service lists its operations on an `Api`; the document, the readable page and the checks follow from them.
This does not cover pages for people, streams or file uploads: those are plain aiohttp routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from core.web.document import describe
from core.web.operation import Call, Examples, NoBody, Operation
from core.web.page import STYLE, readable

__all__ = ["Api", "Call", "Examples", "NoBody", "Operation", "SecurityScheme"]


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """How a caller proves who it is, as the document tells it."""

    name: str
    scheme: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Api:
    """A set of operations under one prefix, with its document and its page.

    Example:
        api = Api("Cổng Trường core", "/api/v1", operations=(Operation("POST", "/check-ins", …),))
        make_app(WebParts(apis=(api,)))
    """

    title: str
    prefix: str
    operations: tuple[Operation[Any], ...]
    version: str = "1"
    description: str = ""
    security_schemes: tuple[SecurityScheme, ...] = ()
    servers: tuple[str, ...] = ()

    def routes(self) -> tuple[web.RouteDef, ...]:
        """The routes of the operations, of the document and of the page."""
        document = self.document()
        dumped = orjson.dumps(document, option=orjson.OPT_INDENT_2)
        html, style = readable(document), STYLE.read_text("utf-8")

        async def as_json(_request: web.Request) -> web.Response:
            return web.Response(body=dumped, content_type="application/json")

        async def as_page(_request: web.Request) -> web.Response:
            return web.Response(text=html, content_type="text/html")

        async def as_style(_request: web.Request) -> web.Response:
            return web.Response(text=style, content_type="text/css")

        async def to_page(_request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{self.prefix}/")

        own = (web.route(one.method, self.prefix + one.path, one.answer) for one in self.operations)
        return (
            *own,
            web.get(f"{self.prefix}/openapi.json", as_json),
            web.get(f"{self.prefix}/", as_page),
            web.get(f"{self.prefix}/api.css", as_style),
            web.get(self.prefix, to_page),
        )

    def document(self) -> dict[str, Any]:
        """The OpenAPI 3.1 document."""
        schemes = {one.name: dict(one.scheme) for one in self.security_schemes}
        info = {"title": self.title, "version": self.version, "description": self.description}
        return describe(info, self.prefix, self.operations, schemes, self.servers)

"""One declared operation: its models validate the request, and the OpenAPI document is made from the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from aiohttp import web
from pydantic import BaseModel, ValidationError

from core.errors import CoreError
from core.web.problems import UnsupportedMediaTypeError, body_error

Body = TypeVar("Body", bound=BaseModel)


class NoBody(BaseModel):
    """The request of an operation that takes none."""


@dataclass(frozen=True, slots=True)
class Call(Generic[Body]):
    """One call of an operation: the request as it came, the exact body bytes, and the validated body."""

    request: web.Request
    raw: bytes
    body: Body


@dataclass(frozen=True, slots=True)
class Examples:
    """What the document shows: named bodies and answers, and the headers that come with an answer."""

    bodies: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation(Generic[Body]):
    """One address and method, with everything that is known about it."""

    method: str
    path: str
    summary: str
    handler: Callable[[Call[Body]], Awaitable[BaseModel | web.StreamResponse]]
    response: type[BaseModel]
    body: type[Body] | None = None
    status: int = 200
    description: str = ""
    tag: str = ""
    errors: tuple[type[CoreError], ...] = ()
    security: str | None = None
    before_body: Callable[[web.Request, bytes], Awaitable[None]] | None = None
    """Runs on the raw bytes before they are parsed (a signature is judged before a body is believed)."""
    examples: Examples = field(default_factory=Examples)
    event_stream: str = ""
    """What the same answer looks like as server-sent events, where it can be had so."""

    @property
    def takes_body(self) -> bool:
        """Whether a JSON body is asked for."""
        return self.body is not None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Validate, call, and write the response model as JSON; a handler may also write its own response.

        Raises:
            CoreError: what is wrong with the body, or what the handler says.
        """
        raw = await request.read() if self.takes_body or request.can_read_body else b""
        if self.before_body is not None:
            await self.before_body(request, raw)
        result = await self.handler(Call(request, raw, self._parse(request, raw)))
        if isinstance(result, web.StreamResponse):
            return result
        return web.Response(body=_dump(result), status=self.status, content_type="application/json")

    def _parse(self, request: web.Request, raw: bytes) -> Body:
        if self.body is None:
            return cast("Body", NoBody())
        if request.content_type != "application/json":
            raise UnsupportedMediaTypeError
        try:
            return self.body.model_validate_json(raw)
        except ValidationError as error:
            raise body_error(error) from None  # pydantic's message repeats what it saw


def _dump(model: BaseModel) -> bytes:
    return model.model_dump_json().encode()

"""Errors over HTTP as problem+json (RFC 9457), the same form whatever went wrong.

A problem carries a code and never a sentence of an exception: what is unknown becomes `web.internal` with
the request id, and the details stay in the log. What people read is made from the code where people are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import web
from pydantic import ValidationError
from typing_extensions import override

from core.errors import CoreError

CONTENT_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:congtruong:problem:"
_MOST_ERRORS = 20
_HTTP_CODES = {
    400: "web.bad_request",
    401: "core.unauthenticated",
    403: "core.forbidden",
    404: "web.not_found",
    405: "web.method_not_allowed",
    411: "web.length_required",
    413: "web.body_too_large",
    415: "web.unsupported_media_type",
    417: "web.expectation_failed",
    429: "web.too_many_requests",
}


class MalformedJsonError(CoreError):
    """The body is not JSON."""

    code = "web.malformed_json"
    http_status = 400


class UnsupportedMediaTypeError(CoreError):
    """The body is not of the content type that this address takes."""

    code = "web.unsupported_media_type"
    http_status = 415


class BodyTooLargeError(CoreError):
    """The body is longer than we read."""

    code = "web.body_too_large"
    http_status = 413


class SlowBodyError(CoreError):
    """The body did not come to its end in the time that we wait for one."""

    code = "web.slow_body"
    http_status = 408
    retryable = True


class TooManyRequestsError(CoreError):
    """The caller asks more often than it may; `retry_after` is in seconds."""

    code = "web.too_many_requests"
    http_status = 429
    retryable = True


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing that is wrong with a body: where (JSON pointer) and which rule; never the value itself."""

    pointer: str
    code: str
    detail: str

    def as_json(self) -> dict[str, str]:
        """The member of the problem's `errors`."""
        return {"pointer": self.pointer, "code": self.code, "detail": self.detail}


class InvalidBodyError(CoreError):
    """The body is JSON but not what this address takes."""

    code = "web.invalid_body"
    http_status = 422

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        super().__init__()
        self.faults = faults

    @override
    def __repr__(self) -> str:
        return f"InvalidBodyError(faults={len(self.faults)})"


@dataclass(frozen=True, slots=True)
class Problem:
    """What a client is told about a request that failed."""

    status: int
    code: str
    request_id: str
    retryable: bool = False
    params: Mapping[str, str | int] = field(default_factory=dict)
    faults: tuple[FieldFault, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457, and ours: `code`, `request_id`, `retryable`, `params`, `errors`."""
        members: dict[str, Any] = {
            "type": _TYPE_PREFIX + self.code,
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "request_id": self.request_id,
            "retryable": self.retryable,
        }
        if self.params:
            members["params"] = dict(self.params)
        if self.faults:
            members["errors"] = [fault.as_json() for fault in self.faults]
        return members

    def as_response(self) -> web.Response:
        """The response to send."""
        return web.Response(
            body=orjson.dumps(self.as_json()),
            status=self.status,
            content_type=CONTENT_TYPE,
            headers=self.headers,
        )


def problem_of(error: Exception, request_id: str) -> Problem:
    """The problem that tells of `error`; an unknown one reveals nothing but the request id."""
    if isinstance(error, CoreError):
        faults = error.faults if isinstance(error, InvalidBodyError) else ()
        wait = error.params.get("retry_after")
        headers = {} if wait is None else {"Retry-After": str(wait)}
        headers |= getattr(error, "headers", {})  # such as a quota's, or the challenge of a 401
        return Problem(
            error.http_status, error.code, request_id, error.retryable, error.params, faults, headers
        )
    if isinstance(error, web.HTTPError):
        code = _HTTP_CODES.get(error.status, f"web.http_{error.status}")
        kept = {name: error.headers[name] for name in ("Allow", "Retry-After") if name in error.headers}
        return Problem(error.status, code, request_id, retryable=error.status >= 500, headers=kept)
    return Problem(500, "web.internal", request_id, retryable=True)


def body_error(error: ValidationError) -> CoreError:
    """The error of a body that pydantic refused; the values it saw are left behind."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found and found[0]["type"] == "json_invalid":
        return MalformedJsonError()
    faults = (
        FieldFault("".join(f"/{_escape(part)}" for part in one["loc"]), one["type"], one["msg"])
        for one in found[:_MOST_ERRORS]
    )
    return InvalidBodyError(tuple(faults))


def _escape(part: int | str) -> str:
    """One reference token of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")

"""One exchange with the core over HTTP: what is believed of an answer, and what its date teaches.

An answer is believed only when it looks like the core's own: JSON of the contract for success, problem+json
(RFC 9457) for a refusal. Anything else (a captive portal, a proxy's page) counts as no answer, so that it can
neither park a report nor pretend to have taken it.
"""

from __future__ import annotations

import json
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel, ValidationError
from yarl import URL

from kiosk.clock import CoreTime
from kiosk.errors import NonsenseError, RefusedError, UnreachableError

TIMEOUT_SECONDS = 5.0
MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""A roster of 3,000 pupils with three templates each takes about 4 MB; more is no answer of ours."""
_SLOWEST_LESSON = timedelta(seconds=2)
_BELIEVED_YEARS = range(2025, 2100)
"""A core whose clock has no battery teaches nothing; and no time may lie beyond what can be counted."""
CERTIFICATE_TIME = "certificate_time"
_OUT_OF_TIME = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
_RETRYABLE = frozenset({408, 425, 429})
_M = TypeVar("_M", bound=BaseModel)


async def send(  # noqa: PLR0913 - the parts of one exchange; bundling them would only rename them
    http: aiohttp.ClientSession,
    time: CoreTime,
    method: str,
    url: URL,
    body: bytes,
    headers: dict[str, str],
    *,
    patience: float = TIMEOUT_SECONDS,
) -> bytes:
    """One HTTP exchange; learns the core's time from an answer of its own, a refusal too, and from no portal's.

    Raises:
        RefusedError: for a 4xx that is the core's own.
        UnreachableError: when nothing, a 5xx or nonsense came back.
    """
    sent_at = time.machine.now()
    all_headers = {"Content-Type": "application/json", **headers}
    timeout = aiohttp.ClientTimeout(total=patience)
    try:
        async with http.request(
            method, url, data=body, headers=all_headers, timeout=timeout, allow_redirects=False
        ) as answer:
            content = await _all_of(answer.content)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise UnreachableError(_why(error)) from error
    received_at, date = time.machine.now(), answer.headers.get("Date")
    try:
        good = _judge(answer.status, answer.content_type, content)
    except RefusedError:
        _learn_time(time, date, sent_at, received_at)
        raise
    _learn_time(time, date, sent_at, received_at)
    return good


def _why(error: Exception) -> str:
    """The kind of a failure; a certificate that does not fit the machine's time is named: the clock is to be set."""
    failed = getattr(error, "certificate_error", None)
    out_of_time = isinstance(failed, ssl.SSLCertVerificationError) and failed.verify_code in _OUT_OF_TIME
    return CERTIFICATE_TIME if out_of_time else type(error).__name__


async def _all_of(stream: aiohttp.StreamReader) -> bytes:
    """The body, up to what an answer of ours can be."""
    content = bytearray()
    async for block in stream.iter_chunked(1 << 16):
        content += block
        if len(content) > MAX_ANSWER_BYTES:
            raise NonsenseError("too long")
    return bytes(content)


def _judge(status: int, content_type: str, content: bytes) -> bytes:
    if 200 <= status < 300:
        if content_type != "application/json":
            raise NonsenseError(f"{status} {content_type}")
        return content
    if not 400 <= status < 500 or status in _RETRYABLE:
        raise UnreachableError(str(status))
    if content_type != "application/problem+json":
        raise NonsenseError(f"{status} {content_type}")
    raise RefusedError(status, _reason(content))


def _reason(content: bytes) -> str:
    """The problem's code; never its free text, which may repeat what we sent."""
    try:
        problem: Any = json.loads(content)
        named = problem.get("code") or problem.get("type") or ""
        return str(named).rsplit("/", 1)[-1][:80]
    except (ValueError, AttributeError):
        return "unreadable_problem"


def _learn_time(time: CoreTime, date: str | None, sent_at: datetime, received_at: datetime) -> None:
    if date is None:
        return
    try:
        said = parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, OverflowError):
        return
    if said.year not in _BELIEVED_YEARS:
        return
    if not timedelta(0) <= received_at - sent_at <= _SLOWEST_LESSON:
        # Held open on purpose, or a slow way: which half of the journey took the time is not known; or our clock was
        # set meanwhile.
        return
    # The header is cut to the second: the middle of that second is the best guess (RFC 9110, 5.6.7).
    time.learn(said + timedelta(milliseconds=500), sent_at=sent_at, received_at=received_at)


def parse(model: type[_M], content: bytes) -> _M:
    """Read an answer of the contract.

    Raises:
        NonsenseError: when it is not one.
    """
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise NonsenseError(f"not a {model.__name__}") from error

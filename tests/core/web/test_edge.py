"""What comes over a raw connection and is no good request: answered in the house's form, and kept out of the log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from core.web import door, middleware
from core.web.server import WebParts, make_app, serving
from tests.core.web.support import capturing_logs
from tests.core.web.test_server import API, ROUTES, SECRET

END = b"Connection: close\r\n\r\n"
SAID = SECRET.encode()


@pytest.fixture
async def at() -> AsyncIterator[URL]:
    async with serving(make_app(WebParts(max_body_bytes=100_000, apis=(API,), routes=ROUTES))) as url:
        yield URL(url)


async def told(at: URL, sent: bytes) -> tuple[int, bytes]:
    """The status and the body of the answer to these bytes, once the server has closed."""
    reader, writer = await asyncio.open_connection(at.host, at.port)
    writer.write(sent)
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return int(head.split()[1]), body


def get(*lines: bytes, path: bytes = b"/healthz") -> bytes:
    return b"\r\n".join((b"GET " + path + b" HTTP/1.1", b"Host: x", *lines, END))


def post(body: bytes, *lines: bytes) -> bytes:
    length = b"Content-Length: %d" % len(body)
    kind = b"Content-Type: application/json"
    return b"\r\n".join((b"POST /api/v1/double HTTP/1.1", b"Host: x", kind, *lines, length, END)) + body


CASES = {
    "a header too long": (get(b"X-A: " + SAID * 1000), 400, "web.bad_request"),
    "a path too long": (get(path=b"/people/" + SAID * 1000), 400, "web.bad_request"),
    "a cookie with an odd byte": (get(b"Cookie: session=" + SAID + b"\x01"), 400, "web.bad_request"),
    "too many headers": (get(*(b"X-%d: " % one + SAID for one in range(200))), 400, "web.bad_request"),
    "two lengths": (post(b'{"number": 1}', b"Content-Length: " + SAID), 400, "web.bad_request"),
    "no number as length": (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -" + SAID + b"\r\n\r\n",
        400,
        "web.bad_request",
    ),
    "no host": (b"GET /" + SAID + b" HTTP/1.1\r\n\r\n", 400, "web.bad_request"),
    "no method": (SAID + b" / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "web.bad_request"),
    "not HTTP": (b"\x16\x03\x01\x02" + SAID + b"\r\n\r\n", 400, "web.bad_request"),
    "a packed body": (post(b"\x1f\x8b" + SAID, b"Content-Encoding: gzip"), 415, "web.unsupported_media_type"),
    "NaN": (post(b'{"number": NaN}'), 422, "web.invalid_body"),
    "no finite number": (post(b'{"number": 1e400}'), 422, "web.invalid_body"),
    "a number of 5,000 digits": (post(b'{"number": %s}' % (SAID * 400)), 400, "web.malformed_json"),
    "half a character": (post(rb'{"number": 1, "citizen": "\ud800"}'), 400, "web.malformed_json"),
    "bytes that are no text": (post(b'{"number": 1, "citizen": "\xff"}'), 400, "web.malformed_json"),
    "50,000 brackets": (post(b"[" * 50_000), 400, "web.malformed_json"),
    "nothing": (post(b""), 400, "web.malformed_json"),
    "a NUL in a path": (get(path=b"/%00" + SAID), 404, "web.not_found"),
}


@pytest.mark.parametrize(("sent", "status", "code"), CASES.values(), ids=CASES.keys())
async def test_what_is_no_good_request_is_a_problem_and_is_not_repeated(
    at: URL, sent: bytes, status: int, code: str
) -> None:
    with capturing_logs() as logs:
        found, body = await told(at, sent)
    assert (found, json.loads(body)["code"]) == (status, code)
    assert SAID not in body
    assert SECRET not in logs.text
    assert "Traceback" not in logs.text


async def test_a_body_that_never_ends_is_told_so_and_a_long_answer_is_not(
    at: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "BODY_SECONDS", 0.2)
    assert (await told(at, post(b'{"number": 1}')[:-3]))[0] == 408
    async with aiohttp.ClientSession() as http, http.get(at / "stream") as response:
        await asyncio.sleep(0.3)
        assert (await response.content.readline()) == b"event: said\n"


async def test_a_body_that_ends_after_its_answer_is_no_error(at: URL) -> None:
    with capturing_logs() as logs:
        reader, writer = await asyncio.open_connection(at.host, at.port)
        writer.write(b"POST /moved HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        assert (await reader.readline()).startswith(b"HTTP/1.1 405")
        writer.write(b"cd" + get())
        await reader.read()
        writer.close()
    assert [one for one in logs.events if one["level"] == "error"] == []


async def test_who_connects_and_says_nothing_or_half_a_head_is_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "IDLE_SECONDS", 0.2)
    async with serving(make_app(WebParts())) as url:
        base = URL(url)
        for sent in (b"", b"GET /healthz HTTP/1.1\r\nHost"):
            reader, writer = await asyncio.open_connection(base.host, base.port)
            writer.write(sent)
            async with asyncio.timeout(5):
                assert await reader.read() == b""
            writer.close()


async def test_a_thousand_who_only_hold_the_line_keep_nobody_out(at: URL) -> None:
    held = [(await asyncio.open_connection(at.host, at.port))[1] for _ in range(1000)]
    async with aiohttp.ClientSession() as http, http.get(at / "healthz") as response:
        assert response.status == 200
    for writer in held:
        writer.close()

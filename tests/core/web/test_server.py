"""The ground floor over real HTTP: errors, ids, limits, health, figures, log."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Annotated

import aiohttp
import pytest
from aiohttp import web
from pydantic import BaseModel, Field, SecretStr
from yarl import URL

from core.db.engine import make_engine
from core.db.transaction import Database
from core.errors import ConflictError
from core.web.health import DatabaseReady, newest_revision
from core.web.openapi import Api, Call, Operation
from core.web.server import WebParts, make_app, serving
from core.web.sse import event_stream
from tests.core.web.support import capturing_logs

SECRET = "001315012345"


class Asked(BaseModel):
    number: Annotated[int, Field(ge=0)]
    citizen: SecretStr | None = None


class Doubled(BaseModel):
    number: int


async def double(call: Call[Asked]) -> Doubled:
    if call.body.number == 13:
        raise ConflictError(number=13)
    if call.body.number == 66:
        raise RuntimeError(f"broke on {SECRET} of Nguyễn Văn A")
    return Doubled(number=call.body.number * 2)


async def odd(request: web.Request) -> web.Response:
    """A handler that takes a header for text."""
    return web.Response(text=request.headers["X-Odd"])


API = Api(
    "Test",
    "/api/v1",
    (Operation("POST", "/double", "Doubles.", double, Doubled, body=Asked, errors=(ConflictError,)),),
)


async def moved(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/healthz")


async def stream(request: web.Request) -> web.StreamResponse:
    async with event_stream(request) as events:
        await events.send("said", "một\nhai")
        await events.stopping.wait()
    return events.response


ROUTES = (
    web.get("/odd", odd),
    web.get("/moved", moved),
    web.get("/stream", stream),
    web.get("/people/{who}", moved),
)


@pytest.fixture
async def base() -> AsyncIterator[str]:
    app = make_app(WebParts(max_body_bytes=100_000, apis=(API,), routes=ROUTES))
    async with serving(app) as url:
        yield url


@pytest.fixture
async def http(base: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(base) as session:
        yield session


async def the_problem(response: aiohttp.ClientResponse, status: int, code: str) -> dict[str, object]:
    assert response.status == status
    assert response.content_type == "application/problem+json"
    problem = json.loads(await response.text())
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["type"].endswith(code)
    assert problem["request_id"] == response.headers["X-Request-Id"]
    return problem


async def test_a_valid_body_is_answered(http: aiohttp.ClientSession) -> None:
    async with http.post("/api/v1/double", json={"number": 4}) as response:
        assert response.status == 200
        assert await response.json() == {"number": 8}
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"{'a':1}", b"[" * 5000, b'{"number": NaN'])
async def test_malformed_json_is_a_problem(http: aiohttp.ClientSession, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post("/api/v1/double", data=body, headers=headers) as response:
        await the_problem(response, 400, "web.malformed_json")


async def test_a_wrong_type_is_named_but_never_repeated(http: aiohttp.ClientSession) -> None:
    body = {"number": "x" + SECRET, "citizen": [SECRET]}
    async with http.post("/api/v1/double", json=body) as response:
        problem = await the_problem(response, 422, "web.invalid_body")
        errors = problem["errors"]
        assert isinstance(errors, list)
        assert [one["pointer"] for one in errors] == ["/number", "/citizen"]
        assert SECRET not in await response.text()


async def test_another_content_type_is_refused(http: aiohttp.ClientSession) -> None:
    async with http.post("/api/v1/double", data={"number": 4}) as response:
        await the_problem(response, 415, "web.unsupported_media_type")


async def test_ten_megabytes_are_refused_with_and_without_an_announced_length(
    http: aiohttp.ClientSession,
) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post("/api/v1/double", data=io.BytesIO(b" " * 10_000_000), headers=headers) as response:
        await the_problem(response, 413, "web.body_too_large")

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 100_000

    async with http.post("/api/v1/double", data=pieces(), headers=headers) as response:
        await the_problem(response, 413, "web.body_too_large")


async def test_unknown_paths_and_methods_are_problems(http: aiohttp.ClientSession) -> None:
    async with http.get("/nothing/here") as response:
        await the_problem(response, 404, "web.not_found")
    async with http.delete("/api/v1/double") as response:
        await the_problem(response, 405, "web.method_not_allowed")
        assert response.headers["Allow"] == "POST"


async def test_a_core_error_keeps_its_code_and_its_params(http: aiohttp.ClientSession) -> None:
    async with http.post("/api/v1/double", json={"number": 13}) as response:
        problem = await the_problem(response, 409, "core.conflict")
        assert problem["params"] == {"number": 13}


async def test_an_unknown_error_reveals_only_the_request_id_and_is_masked_in_the_log(
    http: aiohttp.ClientSession,
) -> None:
    headers = {"X-Request-Id": "request-0001"}
    with capturing_logs("INFO") as log:
        async with http.post(
            "/api/v1/double?phone=0912345678", json={"number": 66}, headers=headers
        ) as response:
            problem = await the_problem(response, 500, "web.internal")
            assert problem["request_id"] == "request-0001"
            assert "broke" not in await response.text()
            assert "Traceback" not in await response.text()
    assert {line["event"] for line in log.events} == {"unhandled_error", "request"}
    assert all(line["request_id"] == "request-0001" for line in log.events)
    assert "Traceback" in log.text
    assert SECRET not in log.text
    assert "0912345678" not in log.text


@pytest.mark.parametrize("given", ["short", "has space in it", "x" * 65, "001315012345", "id-0912345678"])
async def test_an_insane_request_id_is_replaced(http: aiohttp.ClientSession, given: str) -> None:
    async with http.get("/healthz", headers={"X-Request-Id": given}) as response:
        assert response.headers["X-Request-Id"] != given


async def test_redirects_pass_with_the_security_headers(http: aiohttp.ClientSession) -> None:
    async with http.get("/moved", allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_figures_count_by_route_template_and_never_by_path(http: aiohttp.ClientSession) -> None:
    async with http.get("/people/nguyen-van-a", allow_redirects=False) as response:
        assert response.status == 302
    async with http.get("/metrics") as response:
        text = await response.text()
    assert 'http_requests_total{method="GET",route="/people/{who}",status="302"} 1.0' in text
    assert "nguyen-van-a" not in text


async def test_a_stream_ends_when_the_server_stops() -> None:
    app = make_app(WebParts(routes=ROUTES))
    async with aiohttp.ClientSession() as http:
        async with serving(app) as url:
            response = await http.get(f"{url}/stream")
            assert (
                await response.content.readuntil(b"\n\n") == "event: said\ndata: một\ndata: hai\n\n".encode()
            )
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert await response.content.read() == b""


async def test_a_widget_may_be_framed_where_it_is_allowed() -> None:
    app = make_app(WebParts(frame_ancestors=("https://school.example",)))
    async with serving(app) as url, aiohttp.ClientSession() as http, http.get(f"{url}/healthz") as response:
        assert "frame-ancestors https://school.example" in response.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in response.headers


async def test_ready_means_that_the_database_answers_and_is_migrated(database: Database) -> None:
    lost = Database(make_engine("postgresql://nobody:x@127.0.0.1:1/nothing"))
    for opened, revision, status, facts in (
        (database, newest_revision(), 200, {"database": True, "migrated": True}),
        (database, "9999", 503, {"database": True, "migrated": False}),
        (lost, newest_revision(), 503, {"database": False, "migrated": False}),
    ):
        app = make_app(WebParts(ready_checks=(DatabaseReady(opened, revision),)))
        async with (
            serving(app) as url,
            aiohttp.ClientSession() as http,
            http.get(f"{url}/readyz") as response,
        ):
            assert response.status == status
            assert (await response.json())["checks"] == facts
    await lost.dispose()


async def test_bytes_that_are_no_text_are_the_callers_fault(base: str) -> None:
    at = URL(base)
    reader, writer = await asyncio.open_connection(at.host, at.port)
    writer.write(b"GET /odd HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Odd: \xe9\xff\r\n\r\n")
    answer = (await reader.read()).decode()
    writer.close()
    assert answer.startswith("HTTP/1.1 400 ")
    assert '"code":"web.bad_request"' in answer

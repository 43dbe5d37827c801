"""The document is made from the models that validate, and reads as a page."""

from __future__ import annotations

import base64
import json

import aiohttp
import pytest
from pydantic import BaseModel, SecretStr

from core.app import build_core
from core.settings import CoreSettings
from core.web.openapi import Api
from core.web.server import WebParts, make_app, serving
from core.web_app import make_web_app
from tests.core.web.test_server import API

KEY = SecretStr(base64.b64encode(bytes(32)).decode())


async def test_the_document_tells_of_body_answers_and_errors() -> None:
    async with serving(make_app(WebParts(apis=(API,)))) as url, aiohttp.ClientSession(url) as http:
        async with http.get("/api/v1/openapi.json") as response:
            document = await response.json()
        async with http.get("/api/v1") as response:
            page = await response.text()
            assert response.url.path == "/api/v1/"
        async with http.get("/api/v1/api.css") as response:
            assert (response.status, response.content_type) == (200, "text/css")
    assert document["openapi"] == "3.1.0"
    operation = document["paths"]["/api/v1/double"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Asked"
    }
    assert set(operation["responses"]) == {"200", "400", "409", "413", "415", "422"}
    assert document["components"]["schemas"]["Asked"]["properties"]["number"]["minimum"] == 0
    assert "POST /api/v1/double" in page
    assert "<script" not in page


def test_every_reference_of_the_document_points_at_something() -> None:
    document = API.document()

    def references(node: object) -> list[str]:
        if isinstance(node, dict):
            found = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return found + [one for value in node.values() for one in references(value)]
        return [one for item in node for one in references(item)] if isinstance(node, list) else []

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document)
    assert set(references(document)) <= known


def test_every_example_of_the_cores_document_is_taken_by_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[type[BaseModel]] = []

    def keep(made: Api) -> dict[str, object]:
        bodies.extend(one.body for one in made.operations if one.body is not None)
        return described(made)

    described = Api.document
    monkeypatch.setattr(Api, "document", keep)
    settings = CoreSettings(
        database_url=SecretStr("postgresql://x@127.0.0.1:1/x"), master_key=KEY, session_key=KEY
    )
    make_web_app(build_core(settings))
    shown = 0
    for body in bodies:
        for example in body.model_json_schema().get("examples", ()):
            body.model_validate_json(json.dumps(example))
            shown += 1
    assert shown >= 2

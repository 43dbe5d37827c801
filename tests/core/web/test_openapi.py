"""The document is made from the models that validate, and reads as a page."""

from __future__ import annotations

import aiohttp

from core.web.server import WebParts, make_app, serving
from tests.core.web.test_server import API


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

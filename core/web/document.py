"""Builds the OpenAPI 3.1 document from declared operations. Pure: data in, data out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from core.web.operation import Operation
from core.web.problems import (
    CONTENT_TYPE,
    BodyTooLargeError,
    InvalidBodyError,
    MalformedJsonError,
    UnsupportedMediaTypeError,
)

_REF = "#/components/schemas/{model}"
_BODY_ERRORS = (MalformedJsonError, BodyTooLargeError, UnsupportedMediaTypeError, InvalidBodyError)
_MODES: tuple[Literal["validation"], Literal["serialization"]] = ("validation", "serialization")

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "code", "request_id", "retryable"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:congtruong:problem:web.malformed_json"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable and machine-readable."},
        "request_id": {"type": "string", "description": "Quote it to whoever runs the server."},
        "retryable": {"type": "boolean", "description": "The same request may pass later."},
        "params": {"type": "object", "additionalProperties": {"type": ["string", "integer"]}},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer into the body (RFC 6901)."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def describe(
    info: Mapping[str, str],
    prefix: str,
    operations: Iterable[Operation[Any]],
    security_schemes: Mapping[str, Any],
    servers: Iterable[str],
) -> dict[str, Any]:
    """The whole document."""
    listed = tuple(operations)
    schemas = _Schemas(listed)
    paths: dict[str, dict[str, Any]] = {}
    for one in listed:
        paths.setdefault(prefix + one.path, {})[one.method.lower()] = _operation(one, schemas)
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": dict(info),
        "paths": paths,
        "components": {"schemas": {"Problem": PROBLEM_SCHEMA} | schemas.definitions},
    }
    if security_schemes:
        document["components"]["securitySchemes"] = dict(security_schemes)
    urls = [{"url": url} for url in servers]
    return document | ({"servers": urls} if urls else {})


class _Schemas:
    """The schemas of all models, generated together so that equal names do not clash."""

    def __init__(self, operations: tuple[Operation[Any], ...]) -> None:
        wanted: list[tuple[type[BaseModel], Literal["validation", "serialization"]]] = [
            (one.body, _MODES[0]) for one in operations if one.body is not None
        ]
        wanted += [(one.response, _MODES[1]) for one in operations]
        self._refs, made = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
        self.definitions: dict[str, Any] = made.get("$defs", {})

    def of_body(self, body: type[BaseModel]) -> dict[str, Any]:
        return self._refs[body, _MODES[0]]

    def of_response(self, operation: Operation[Any]) -> dict[str, Any]:
        return self._refs[operation.response, _MODES[1]]


def _operation(one: Operation[Any], schemas: _Schemas) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": _operation_id(one),
        "summary": one.summary,
        "responses": _responses(one, schemas),
    }
    if one.description:
        made["description"] = one.description
    if one.tag:
        made["tags"] = [one.tag]
    if one.security:
        made["security"] = [{one.security: []}]
    names = re.findall(r"\{(\w+)", one.path)
    if names:
        made["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    if one.body is not None:
        schema = schemas.of_body(one.body)
        media = {"schema": schema} | _named(one.examples.bodies)
        made["requestBody"] = {"required": True, "content": {"application/json": media}}
    return made


def _responses(one: Operation[Any], schemas: _Schemas) -> dict[str, Any]:
    good: dict[str, Any] = {
        "description": HTTPStatus(one.status).phrase,
        "content": {"application/json": {"schema": schemas.of_response(one)} | _named(one.examples.answers)},
    }
    if one.event_stream:
        good["content"]["text/event-stream"] = {"schema": {"type": "string"}, "example": one.event_stream}
    if one.examples.headers:
        good["headers"] = {
            name: {"description": about, "schema": {"type": "string"}}
            for name, about in one.examples.headers.items()
        }
    made: dict[str, Any] = {str(one.status): good}
    codes: dict[int, list[str]] = {}
    for error in (*(_BODY_ERRORS if one.takes_body else ()), *one.errors):
        codes.setdefault(error.http_status, []).append(error.code)
    for status, names in sorted(codes.items()):
        made[str(status)] = {
            "description": "Codes: " + ", ".join(f"`{name}`" for name in dict.fromkeys(names)),
            "content": {CONTENT_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}},
        }
    return made


def _named(examples: Mapping[str, Any]) -> dict[str, Any]:
    return {"examples": {name: {"value": value} for name, value in examples.items()}} if examples else {}


def _operation_id(one: Operation[Any]) -> str:
    words = re.findall(r"\w+", one.path)
    return "_".join([one.method.lower(), *words])

"""A kiosk of the tests: a real key, real signatures, real HTTP."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.contracts.signing import RequestToSign, sign
from core.values.clock import Clock


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any


@dataclass
class TestKiosk:
    """Enrols and signs like a real kiosk."""

    __test__ = False
    http: aiohttp.ClientSession
    clock: Clock
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    device_id: str = ""

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    async def enrol(self, code: str, public_key: str | None = None) -> Answer:
        body = {"code": code, "public_key": public_key or self.public_key, "name": "kiosk"}
        async with self.http.post("/api/v1/devices/enrol", json=body) as response:
            answer = Answer(response.status, json.loads(await response.text()), response.headers)
        if answer.status == 201:
            self.device_id = answer.body["device_id"]
        return answer

    async def post(
        self,
        path: str,
        body: object,
        *,
        at: datetime | None = None,
        device_id: str | None = None,
        key: Ed25519PrivateKey | None = None,
        headers: dict[str, str] | None = None,
        sent: bytes | None = None,
    ) -> Answer:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        head = sign(
            key or self.key,
            RequestToSign("POST", path, raw),
            device_id=device_id or self.device_id,
            at=at or self.clock.now(),
            nonce=uuid.uuid4().hex,
        )
        all_headers = {"Content-Type": "application/json"} | head.as_headers() | (headers or {})
        async with self.http.post(path, data=sent or raw, headers=all_headers) as response:
            return Answer(response.status, json.loads(await response.text()), response.headers)

    async def get(self, path: str) -> Answer:
        head = sign(
            self.key,
            RequestToSign("GET", path, b""),
            device_id=self.device_id,
            at=self.clock.now(),
            nonce=uuid.uuid4().hex,
        )
        async with self.http.get(path, headers=head.as_headers()) as response:
            return Answer(response.status, json.loads(await response.text()), response.headers)

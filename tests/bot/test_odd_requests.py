"""Bytes that are no text, where a request should say who it is: refused as wrong, never a fault of ours."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from yarl import URL

from core.settings import CoreSettings
from tests.bot.support import KnownAnswers, running_bot

ODD = "\xe9\xff".encode("latin-1")
CHANNELS = {
    "telegram_token": "123456789:" + "synthetic-token-for-the-emulator-only"[:35],
    "telegram_secret": "tests-only_secret",
    "telegram_mode": "webhook",
    "zalo_app_id": "1",
    "zalo_app_secret": "app",
    "zalo_oa_secret": "oa",
    "zalo_bot_token": "token-of-tests",
    "zalo_bot_secret": "zalobot-secret",
    "zalo_bot_mode": "webhook",
    "api_key_required": True,
}


@pytest.fixture
async def url(core_settings: CoreSettings, answers: KnownAnswers) -> AsyncIterator[str]:
    async with running_bot(core_settings, answers, **CHANNELS) as (_, url):
        yield url


async def status_of(
    url: str, method: str, path: str, header: bytes, kind: bytes = b"application/json"
) -> int:
    """The status of a request whose header holds any bytes; no client library would send it."""
    at, body = URL(url), b'{"update_id": 1}'
    reader, writer = await asyncio.open_connection(at.host, at.port)
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n".encode()
    writer.write(head + b"Content-Type: " + kind + b"\r\n" + header + b"\r\n\r\n" + body)
    first = await reader.readline()
    writer.close()
    return int(first.split()[1])


async def test_a_header_that_is_no_text_opens_nothing_and_breaks_nothing(url: str) -> None:
    asked = {
        ("POST", "/webhooks/telegram", b"X-Telegram-Bot-Api-Secret-Token: "): 401,
        ("POST", "/webhooks/zalo", b"X-ZEvent-Signature: mac="): 401,
        ("POST", "/webhooks/zalobot", b"X-Bot-Api-Secret-Token: "): 401,
        ("POST", "/api/v1/answers", b"Authorization: Bearer "): 401,
        ("POST", "/api/v1/answers", b"Authorization: "): 401,
        ("GET", "/chat", b"User-Agent: "): 200,
        ("GET", "/chat/lines/all", b"Cookie: congtruong_chat="): 403,
    }
    got = {one: await status_of(url, *one[:2], one[2] + ODD) for one in asked}
    assert got == asked
    assert await status_of(url, "POST", "/verify/frame", b"X-Verify-Ticket: " + ODD, b"image/jpeg") == 410

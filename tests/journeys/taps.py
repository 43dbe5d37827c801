"""Touching emulated cards to a kiosk's reader, and waiting for what its screen says."""

from __future__ import annotations

import asyncio
import json

import aiohttp


async def tap(kiosk: str, person: int, trick: str = "none") -> None:
    """Touch the card of one of the kiosk's listed people."""
    body = {"person": person, "trick": trick}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{kiosk}/demo/tap", json=body, headers={"Origin": kiosk}) as response,
    ):
        assert response.status == 200


async def shown(kiosk: str, screen: str) -> None:
    """Wait until the kiosk shows a screen whose name begins so."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as http, http.get(f"{kiosk}/events") as page:
        async for line in page.content:
            said = line.decode().removeprefix("data: ")
            if said.startswith('{"view"') and json.loads(said)["view"]["screen"].startswith(screen):
                return
    raise AssertionError(f"the kiosk never showed {screen}")

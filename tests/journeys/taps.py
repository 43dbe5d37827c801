"""Touching emulated cards to a kiosk's reader."""

from __future__ import annotations

import aiohttp


async def tap(kiosk: str, person: int, trick: str = "none") -> None:
    """Touch the card of one of the kiosk's listed people."""
    body = {"person": person, "trick": trick}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{kiosk}/demo/tap", json=body, headers={"Origin": kiosk}) as response,
    ):
        assert response.status == 200

"""Debian's Chromium, headless, as real pages meet it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

EXECUTABLE = Path("/usr/bin/chromium")
INSTALLED = EXECUTABLE.exists()
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser; skips with its reason where Chromium is not installed."""
    if not INSTALLED:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(EXECUTABLE), args=list(QUIET))
        try:
            yield browser
        finally:
            await browser.close()

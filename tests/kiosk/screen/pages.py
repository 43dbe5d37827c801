"""The page of a kiosk opened in a real Chromium, and how a test drives it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kiosk.screen.view import View, view_of
from kiosk.session.places import Session

playwright = pytest.importorskip("playwright.async_api")
expect = playwright.expect
CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
BROWSER = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium (.ci/run installs it)"),
    pytest.mark.filterwarnings("default::ResourceWarning"),
]


@asynccontextmanager
async def opened(
    url: str, width: int = 1280, height: int = 800, panel: bool = True, still: bool = False
) -> AsyncIterator:
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGS)
        try:
            motion = "reduce" if still else "no-preference"
            page = await browser.new_page(viewport={"width": width, "height": height}, reduced_motion=motion)
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda said: errors.append(said.text) if _is_ours(said) else None)
            if not panel:
                await page.route(
                    "**/demo/people", lambda route: route.fulfill(json={"people": [], "tricks": []})
                )
            await page.goto(url)
            await page.wait_for_selector("body[data-screen]")
            if not panel:
                await page.evaluate(
                    "new Promise(r=>setTimeout(()=>{document.getElementById('demo').hidden=true;"
                    "document.body.classList.remove('with-demo');r()},300))"
                )
            yield page
            assert errors == []
        finally:
            await browser.close()


def _is_ours(said) -> bool:
    """A console error that is the page's fault, not that of a kiosk which the test stopped."""
    return said.type == "error" and "net::ERR_" not in said.text


async def until(page, screen: str) -> None:
    await page.wait_for_selector(f'body[data-screen="{screen}"]', timeout=8000)


DRAWN = "[view.visit, view.screen, view.mode, view.title, view.text, view.hint, view.way, view.name]"


async def show(kiosk, page, session: Session) -> View:
    """Show a state; returns when the page has drawn it."""
    view = view_of(session, 0.0)
    kiosk.board.show(view)
    wanted = [view.visit, view.screen, view.mode, view.title, view.text, view.hint, view.way, view.name]
    while await page.evaluate(DRAWN) != wanted:  # noqa: ASYNC110 - the page tells nobody
        await asyncio.sleep(0.01)
    return view


async def text_of(page) -> str:
    return await page.inner_text("#stage")


async def tap(page, index: int, trick: str = "none") -> None:
    await page.select_option("#trick", trick)
    await page.click(f'[data-tap="{index}"]')

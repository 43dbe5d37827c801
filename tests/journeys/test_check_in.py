"""A pupil taps at the gate; staff see it, the guardian is told."""

from __future__ import annotations

import asyncio
import time

import pytest

from core.demo.processes import free_port
from core.sample.school import DEMO_LINK_CODE
from tests.journeys.conftest import Village
from tests.journeys.parent import Parent, parent_at
from tests.journeys.taps import shown, tap

pytestmark = pytest.mark.slow
CHILD, OTHER_CHILD = 0, 5
"""Places in the demo's list of cards: both are children of the demo guardian."""


async def linked(parent: Parent) -> None:
    await parent.say(link_code=DEMO_LINK_CODE.shown)
    await parent.sees("Nguyễn Thị Ánh", "lớp 3A", "Từ nay em báo", "như gia đình đã đồng ý")


async def test_a_tap_reaches_the_guardians_chat_at_once_and_only_once_and_a_strangers_does_not(
    village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    core, bot = await village.core(), await village.bot()
    kiosk = await village.kiosk(core.url)
    async with parent_at(bot.url) as parent:
        await linked(parent)
        await tap(kiosk.url, OTHER_CHILD, "stranger")
        await shown(kiosk.url, "verdict_needs_staff")
        started = time.perf_counter()
        await tap(kiosk.url, CHILD)
        notice = await parent.sees("Ánh", "Cổng chính")
        with capsys.disabled():
            print(f"\nfrom the tap to the guardian's chat: {1000 * (parent.when(notice) - started):.0f} ms")
        assert not parent.holding("Hà", "Cổng chính")
        await tap(kiosk.url, OTHER_CHILD)
        await parent.sees("Hà", "Cổng chính")
        assert len(parent.holding("Ánh", "Cổng chính")) == 1


async def test_a_core_killed_at_the_gate_loses_no_check_in_and_tells_nobody_twice(village: Village) -> None:
    port = free_port()
    core, bot = await village.core(port), await village.bot()
    kiosk = await village.kiosk(core.url)
    async with parent_at(bot.url) as parent:
        await linked(parent)
        await tap(kiosk.url, CHILD)
        await asyncio.sleep(0.4)
        await village.kill(core)
        await village.core(port)
        await parent.sees("Ánh", "Cổng chính")
        # Reports go one after the other: when this one has come, the one before has been sent for the last time.
        await tap(kiosk.url, OTHER_CHILD)
        await parent.sees("Hà", "Cổng chính")
        assert len(parent.holding("Ánh", "Cổng chính")) == 1


async def test_a_bot_that_is_down_tells_the_guardian_when_it_is_back(village: Village) -> None:
    port = free_port()
    core, bot = await village.core(), await village.bot(port)
    kiosk = await village.kiosk(core.url)
    async with parent_at(bot.url) as parent:
        await linked(parent)
        cookies = {cookie.key: cookie.value for cookie in parent.http.cookie_jar}
        await village.kill(bot)
    await tap(kiosk.url, CHILD)
    await shown(kiosk.url, "verdict_accepted")
    back = await village.bot(port)
    async with parent_at(back.url, cookies) as parent:
        await parent.sees("Ánh", "Cổng chính")
        assert len(parent.holding("Ánh", "Cổng chính")) == 1

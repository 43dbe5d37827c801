"""On a day without school a parent who asks for the arrival reads that, beside what is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.flows.checkins import CheckInsFlow
from bot.intents import Topic
from bot.schooldays import is_day_off
from core.settings import CoreSettings
from core.values.clock import FixedClock
from tests.bot.support import LINK_CODE
from tests.bot.talk import talking


@pytest.mark.parametrize(
    ("on", "off"),
    [
        (date(2026, 11, 20), False),
        (date(2026, 11, 21), False),
        (date(2026, 11, 22), True),
        (date(2026, 9, 2), True),
    ],
)
def test_only_sundays_and_fixed_holidays_are_known_to_be_off(on: date, off: bool) -> None:
    """On Saturdays many schools teach, whatever days the office works."""
    assert is_day_off(on) is off


async def test_on_a_sunday_the_parent_reads_that_there_are_no_lessons_and_what_is_recorded(
    core_settings: CoreSettings,
) -> None:
    async with talking(core_settings) as talk:
        flows = talk.pipeline.flows
        flow = flows[Topic.CHECKINS]
        assert isinstance(flow, CheckInsFlow)
        assert isinstance(flows, dict)

        async def asked_on(day: int) -> str:
            clock = FixedClock(datetime(2026, 11, day, 1, tzinfo=UTC))
            flows[Topic.CHECKINS] = replace(flow, check_ins=replace(flow.check_ins, clock=clock))
            (said,) = await talk.say("con tôi tới trường chưa")
            assert said.key == "checkins.today"
            return talk.last().text

        await talk.say(link_code=LINK_CODE)
        saturday, sunday = await asked_on(21), await asked_on(22)
        assert ("không có giờ học" in saturday, "chưa có lượt" in saturday) == (False, True)
        assert ("Chủ Nhật 22/11" in sunday, "chưa có lượt" in sunday) == (True, True)

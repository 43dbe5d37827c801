"""On a day without school a parent who asks for the arrival reads that, and when the next lessons are."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.checkins import CheckInsFlow
from bot.intents import Topic
from bot.schooldays import is_day_off, next_school_day
from core.settings import CoreSettings
from core.values.clock import FixedClock
from tests.bot.support import LINK_CODE
from tests.bot.talk import talking


@pytest.mark.parametrize(
    ("on", "days", "off"),
    [
        (date(2026, 11, 20), 5, False),
        (date(2026, 11, 21), 5, True),
        (date(2026, 11, 21), 6, False),
        (date(2026, 11, 22), 6, True),
        (date(2026, 11, 22), 7, False),
        (date(2026, 9, 2), 7, True),
    ],
)
def test_weekends_and_fixed_holidays_are_off(on: date, days: int, off: bool) -> None:
    assert is_day_off(on, days) is off


@given(st.dates(date(2025, 1, 1), date(2040, 1, 1)), st.integers(5, 7))
def test_the_next_school_day_is_the_first_that_is_not_off(on: date, days: int) -> None:
    following = next_school_day(on, days)
    assert on < following
    assert not is_day_off(following, days)
    between = (on + timedelta(days=n) for n in range(1, (following - on).days))
    assert all(is_day_off(one, days) for one in between)


async def test_on_a_sunday_the_parent_reads_that_there_is_no_school_and_when_next(
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
        sunday, monday = await asked_on(22), await asked_on(23)
        assert ("Chủ Nhật 22/11" in sunday, "thứ Hai 23/11" in sunday) == (True, True)
        assert ("chưa có lượt" in sunday, "chưa có lượt" in monday) == (False, True)

"""A question about days of lessons is answered by the school's own calendar, or, where that is silent, as if there were none."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.checkins import CheckInsFlow
from bot.folding import fold
from bot.intents import Topic
from bot.schooldays import AGAIN, OFF, ON, asked, folded, holiday_of, read_day, read_days
from core.checkins.absence.domain import Excused
from core.sample.school import SCHOOL_ID
from core.schools.calendar.domain import NewSpan, SpanKind
from core.settings import CoreSettings
from core.values.clock import FixedClock
from tests.bot.support import LINK_CODE
from tests.bot.talk import Talk, talking
from tests.bot.test_handover import always_open

MONDAY = date(2026, 11, 23)
TET = NewSpan(SpanKind.OFF, "Nghỉ Tết Đinh Mùi", date(2027, 2, 3), date(2027, 2, 12))
STORM = NewSpan(SpanKind.OFF, "Nghỉ bão", date(2026, 11, 24), date(2026, 11, 25))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mai có học không", ON),
        ("Mai con có đi học không ạ", ON),
        ("thứ bảy này các cháu có học ko ạ", ON),
        ("cô ơi mai được nghỉ không", ON),
        ("ngày 20/11 có được nghỉ không ạ", ON),
        ("mai nghỉ hay học ạ", ON),
        ("hôm nay trường nghỉ à", ON),
        ("is there school tomorrow?", ON),
        ("khi nào con đi học lại ạ", AGAIN),
        ("đi học lại khi nào", AGAIN),
        ("lịch nghỉ Tết của trường ạ", OFF),
        ("tết nghỉ mấy ngày ạ", OFF),
        ("bao giờ nghỉ hè", OFF),
        ("hôm nay con có đi học không", ""),
        ("hôm nay con đi học chưa", ""),
        ("bé Mai có đi học không", ""),
        ("em Mai có đi học không ạ", ""),
        ("em mai có đi học không ạ", ON),
        ("bé bị thủy đậu nghỉ mấy hôm thì được đi học lại", ""),
        ("con nghỉ học 1 năm khi nào đi học lại được", ""),
        ("mai con ốm có được nghỉ không cần giấy không", ""),
        ("mai có kiểm tra không", ""),
        ("mai cho cháu nghỉ học nhé", ""),
        ("khi nào được nghỉ phép", ""),
        ("lịch nghỉ tết và lịch thi học kỳ ở đâu", ""),
    ],
)
def test_only_a_sentence_that_asks_nothing_else_is_a_question_about_days(text: str, kind: str) -> None:
    assert asked(folded(text)) == kind


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mai cháu ốm em xin cho cháu nghỉ ạ", (24, 24)),
        ("xin cho cháu nghỉ mai", (24, 24)),
        ("xin phép cho con nghỉ thứ 5", (26, 26)),
        ("xin cho cháu nghỉ từ thứ 3 đến hết thứ 5", (24, 26)),
        ("hôm nay và ngày mai cháu xin nghỉ", (23, 24)),
        ("xin cho con nghỉ ngày 25/11", (25, 25)),
        ("mai, 24/11 em xin cho cháu nghỉ", (24, 24)),
        ("cho cháu Mai nghỉ học ạ", None),
        ("em Mai bị sốt xin nghỉ hôm nay ạ", (23, 23)),
        ("em Mai lớp 3A xin nghỉ hôm nay ạ", (23, 23)),
        ("Mai bị sốt, em xin cho nghỉ hôm nay", (23, 23)),
        ("xin nghỉ 2 ngày từ mai", None),
        ("xin nghỉ thứ 3 với thứ 6", None),
        ("xin nghỉ ngày 31/11", None),
        ("xin cho con nghỉ thứ 2", None),
        ("cháu An lớp 6/1 xin nghỉ ạ", None),
        ("xin nghỉ ngày 1/6", None),
    ],
)
def test_the_days_of_a_note_are_read_only_where_they_are_certain(
    text: str, days: tuple[int, int] | None
) -> None:
    found = read_days(folded(text), MONDAY)
    assert (tuple(day.day for day in found) if found else None) == days


def test_whose_own_child_is_called_mai_needs_only_the_capital() -> None:
    assert read_days(folded("Mai xin nghỉ thứ 5 ạ", own=True), MONDAY) == (date(2026, 11, 26),) * 2
    assert read_days(folded("Mai cháu nghỉ ạ", own=True), MONDAY) == (date(2026, 11, 24),) * 2


@given(st.text(max_size=200), st.dates(date(2024, 1, 1), date(2035, 1, 1)))
def test_reading_days_fails_on_nothing_that_can_be_typed(text: str, today: date) -> None:
    folded = fold(text)
    asked(folded)
    holiday_of(folded)
    read_day(folded, today, is_bare=True)
    days = read_days(folded, today)
    assert days is None or days[0] <= days[1]


@given(st.dates(MONDAY - timedelta(days=50), MONDAY + timedelta(days=50)))
def test_a_date_is_read_as_it_was_written(day: date) -> None:
    assert read_days(fold(f"xin cho con nghỉ ngày {day.day}/{day.month}"), MONDAY) == (day, day)


@dataclass
class Asking:
    """A linked guardian, and a school that writes its calendar."""

    talk: Talk
    clock: FixedClock

    async def write(self, *spans: NewSpan) -> None:
        core = self.talk.bot.core
        async with core.database.transaction(SCHOOL_ID) as tx:
            for span in spans:
                await replace(core.calendars, clock=self.clock).add(tx, span, "staff:x")

    async def ask(self, text: str) -> tuple[str, str]:
        (said,) = (await self.talk.say(text))[-1:]
        return said.key, self.talk.last().text


@pytest.fixture
async def asking(core_settings: CoreSettings) -> AsyncIterator[Asking]:
    clock = FixedClock(datetime(2026, 11, 23, 14, tzinfo=UTC))
    async with talking(core_settings) as talk:
        flow = talk.pipeline.flows[Topic.CHECKINS]
        assert isinstance(flow, CheckInsFlow)
        flows: dict[Topic, Any] = {
            **talk.pipeline.flows,
            Topic.CHECKINS: replace(flow, check_ins=replace(flow.check_ins, clock=clock)),
        }
        talk.pipeline = replace(talk.pipeline, clock=clock, flows=flows)
        talk.worker = replace(talk.worker, handlers=dict.fromkeys(talk.worker.handlers, talk.pipeline.handle))
        await always_open(talk.bot, closed=True)
        await talk.say(link_code=LINK_CODE)
        yield Asking(talk, clock)


async def test_a_school_that_wrote_nothing_is_no_source_and_the_question_goes_on_as_before(
    asking: Asking,
) -> None:
    for text in ("mai có học không ạ", "khi nào đi học lại", "lịch nghỉ tết"):
        key, _ = await asking.ask(text)
        assert not key.startswith("days."), text


async def test_the_calendar_answers_what_it_knows_and_nothing_else(asking: Asking) -> None:
    await asking.write(STORM, TET)
    said: list[tuple[str, Callable[[str], bool]]] = [
        (
            "mai có học không ạ",
            lambda text: "ngày mai, thứ Ba 24/11" in text and "Nghỉ bão" in text and "thứ Năm 26/11" in text,
        ),
        ("thứ 5 có học không", lambda text: "thứ Năm 26/11 theo lịch của trường có học bình thường" in text),
        (
            "lịch nghỉ Tết ạ",
            lambda text: "03/02/2027 đến hết thứ Sáu 12/02/2027" in text and "bão" not in text,
        ),
        ("lịch nghỉ của trường", lambda text: "bão" in text and "Tết" in text),
    ]
    for text, right in said:
        key, answer = await asking.ask(text)
        assert key.startswith("days."), text
        assert right(answer), answer
    for text in ("bao giờ nghỉ hè", "thứ 7 có học không", "lịch nghỉ tết của học sinh hà nội"):
        key, _ = await asking.ask(text)
        assert not key.startswith("days."), text
    asking.clock.advance(timedelta(days=1))
    assert await asking.ask("khi nào đi học lại") == (
        "days.again",
        "Theo lịch của trường, thứ Năm 26/11 con đi học lại ạ.",
    )


async def test_on_a_day_off_the_parent_who_asks_for_the_arrival_reads_why_and_when_lessons_go_on(
    asking: Asking,
) -> None:
    _, monday = await asking.ask("con tôi tới trường chưa")
    assert "không có giờ học" not in monday
    asking.clock.advance(timedelta(days=6))
    _, sunday = await asking.ask("con tôi tới trường chưa")
    assert "Chủ Nhật 29/11, theo lịch chung không có giờ học" in sunday
    assert ("chưa có lượt" in sunday, "đi học lại" in sunday) == (True, False), (
        "nobody said when lessons go on"
    )
    await asking.write(replace(STORM, first_on=date(2026, 11, 29), last_on=date(2026, 11, 30)))
    _, storm = await asking.ask("con tôi tới trường chưa")
    assert "(Nghỉ bão)" in storm
    assert "đi học lại thứ Ba 01/12" in storm


async def test_leave_for_a_day_off_is_passed_on_and_the_parent_reads_that_there_are_no_lessons(
    asking: Asking,
) -> None:
    await asking.write(STORM)
    key, off = await asking.ask("mai xin cho bé Ánh nghỉ ạ")
    assert (key, "thứ Ba 24/11 theo lịch của trường không có giờ học (Nghỉ bão)" in off) == (
        "handover.absence",
        True,
    )
    core = asking.talk.bot.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        excused = await core.leaves.excused(tx, date(2026, 11, 24))
    assert list(excused.values()) == [Excused.SURELY]


async def test_the_days_of_a_note_are_kept_until_the_guardian_of_two_says_which_child_it_is(
    asking: Asking,
) -> None:
    key, _ = await asking.ask("thứ 5 này con em xin nghỉ ạ")
    assert key == "leave.which"
    await asking.talk.say(choice="leave:2")
    core = asking.talk.bot.core
    async with core.database.transaction(SCHOOL_ID) as tx:
        excused = await core.leaves.excused(tx, date(2026, 11, 26))
        (student_id,) = excused
        assert excused[student_id] is Excused.SURELY
        assert (await core.students.get(tx, student_id)).given_name == "Hà"
        assert await core.leaves.excused(tx, date(2026, 11, 27)) == {}

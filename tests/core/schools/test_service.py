"""The register of schools."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from core.db.transaction import Database
from core.schools.domain import DayTimes, SchoolNotFoundError, SchoolSettingsError
from core.schools.service import Schools
from core.values.clock import FixedClock
from core.values.ids import SchoolId


async def test_a_school_is_registered_once_and_keeps_its_first_name(
    database: Database, school_id: SchoolId, clock: FixedClock
) -> None:
    schools = Schools(clock)
    async with database.transaction(school_id) as tx:
        added = await schools.add(tx, "  Trường   Hoa Phượng ")
        assert await schools.add(tx, "Tên khác") == added
    assert added.name == "Trường Hoa Phượng"
    async with database.platform() as platform:
        assert await schools.list_schools(platform) == (added,)


async def test_the_times_of_the_day_can_be_changed(
    database: Database, school_id: SchoolId, clock: FixedClock
) -> None:
    schools, day = Schools(clock), DayTimes(time(5, 30), time(6, 45), time(6, 50))
    async with database.transaction(school_id) as tx:
        await schools.add(tx, "Trường Hoa Phượng")
        assert (await schools.set_day(tx, day)).day == day


async def test_a_school_that_was_never_registered_is_not_found(
    database: Database, school_id: SchoolId, clock: FixedClock
) -> None:
    async with database.transaction(school_id) as tx:
        assert await Schools(clock).find(tx) is None
        with pytest.raises(SchoolNotFoundError):
            await Schools(clock).set_day(tx, DayTimes())


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
async def test_a_school_needs_a_usable_name(
    database: Database, school_id: SchoolId, clock: FixedClock, name: str
) -> None:
    async with database.transaction(school_id) as tx:
        with pytest.raises(SchoolSettingsError):
            await Schools(clock).add(tx, name)


def test_times_out_of_order_or_with_a_zone_are_refused() -> None:
    with pytest.raises(SchoolSettingsError):
        DayTimes(time(8), time(7), time(9))
    with pytest.raises(SchoolSettingsError):
        DayTimes(starts=time(7, tzinfo=UTC))


def test_who_comes_at_the_last_second_is_not_late_and_the_day_is_that_of_viet_nam() -> None:
    day = DayTimes()
    assert day.late_at(date(2026, 11, 21)) == datetime(2026, 11, 21, 0, 15, tzinfo=UTC)
    assert not day.is_late(datetime(2026, 11, 21, 0, 15, tzinfo=UTC))
    assert day.is_late(datetime(2026, 11, 21, 0, 15, 1, tzinfo=UTC))

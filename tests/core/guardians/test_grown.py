"""A pupil of eighteen speaks for itself: in an own chat, from the birthday on, and guardians do not any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from core.app import Core, build_core
from core.consents.domain import NewConsent, Purpose, Standing
from core.guardians.domain import CodeStrength, Level, NewGuardian, Relation
from core.guardians.lapses import Lapses
from core.sample.school import SCHOOL_ID
from core.students.domain import NewStudent
from core.values.clock import FixedClock, school_date
from tests.bot.support import settings_for

NAME = "Trần Văn Lớn"


@pytest.fixture
async def core(database_url: str, clock: FixedClock, master_key_text: str) -> AsyncIterator[Core]:
    made = build_core(settings_for(database_url, master_key_text), clock)
    async with made.database.transaction(SCHOOL_ID) as tx:
        await made.schools.add(tx, "THPT Mẫu")
    yield made
    await made.database.dispose()


async def test_from_the_birthday_on_the_own_chat_speaks_and_the_mothers_does_not(
    core: Core, clock: FixedClock
) -> None:
    today = school_date(clock.now())
    born_on = date(today.year - 18, today.month, today.day) + timedelta(days=1)
    guardians = core.guardians
    async with core.database.transaction(SCHOOL_ID) as tx:
        pupil = (await core.students.record(tx, NewStudent("12A", NAME, born_on, "male"))).student_id
        entries = [
            NewGuardian(pupil, Relation.MOTHER, "Lê Thị Hoa"),
            NewGuardian(pupil, Relation.SELF, NAME),
        ]
        placed = (await guardians.record_all(tx, entries)).placed
        chats = []
        for one, chat in zip(placed, ("mother", "own"), strict=True):
            account = (await core.conversations.meet(tx, "webchat", chat)).id
            code = await guardians.issue_link_code(tx, one.guardian_id, CodeStrength.HANDED_OVER)
            await guardians.link(tx, account, code.value)
            chats.append(account)
        mother, own = chats
        assert [one.level for one in await guardians.children_of(tx, mother)] == [Level.VERIFIED]
        assert await guardians.children_of(tx, own) == ()
        told = Purpose.ATTENDANCE_MESSAGES
        hers = NewConsent(pupil, told, True, f"chat:{mother}", placed[0].guardian_id)
        await core.consents.record(tx, hers)

        clock.advance(timedelta(days=1))
        assert await guardians.children_of(tx, mother) == ()
        assert [one.level for one in await guardians.children_of(tx, own)] == [Level.VERIFIED]
        assert await guardians.guardians_behind(tx, own, pupil) == (None,)
        assert (await core.consents.standings(tx, (pupil,)))[pupil][told] is Standing.NOT_ASKED
        await core.consents.record(tx, NewConsent(pupil, told, True, f"chat:{own}"))
        assert (await core.consents.own(tx, pupil, told, (None,)))[None] is Standing.GIVEN
        shown = await core.exports.of(tx, pupil, own)
        assert shown["pupil"]["full_name"] == NAME
        ended = await Lapses(guardians, core.notifications).once(tx)
        assert dict(ended) == {"came_of_age": 1}
        assert [one.level for one in await guardians.children_of(tx, own)] == [Level.VERIFIED]

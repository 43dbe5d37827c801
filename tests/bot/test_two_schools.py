"""Two schools on one database, each with a bot of its own: neither answers nor sends for the other."""

from __future__ import annotations

from core.app import build_core
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.values.ids import SchoolId, new_id
from tests.bot.support import KnownAnswers, chatting, running_bot


async def test_each_bot_answers_its_own_school_alone(core_settings: CoreSettings) -> None:
    """What a school published is known to its own bot; its token reaches nobody of another school."""
    other, core = SchoolId(new_id()), build_core(core_settings)
    async with core.database.transaction(other) as tx:
        await core.schools.add(tx, "Trường khác")
    await core.database.dispose()
    first, second = KnownAnswers(), KnownAnswers()
    async with (
        running_bot(core_settings, first, school_id=SCHOOL_ID) as (_, first_url),
        running_bot(core_settings, second, school_id=other) as (_, second_url),
        chatting(first_url) as here,
        chatting(second_url) as there,
    ):
        for number in range(4):
            assert (await here.ask(f"học bạ {number}"))["key"] == "ask.answer"
            assert (await there.ask(f"học bạ của trường khác {number}"))["key"] == "ask.answer"
    assert [one.text for one in first.asked] == [f"học bạ {number}" for number in range(4)]
    assert [one.text for one in second.asked] == [f"học bạ của trường khác {number}" for number in range(4)]

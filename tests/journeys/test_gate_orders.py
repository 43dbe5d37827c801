"""Staff's chat and the machine at the gate: started again, renewed, told from afar that something is broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.sample.school import SCHOOL_ID
from kiosk.session.events import ReaderNoticed
from kiosk.updates.shelf import Shelf
from tests.bot.support import settings_for
from tests.journeys.test_driven_gate import School, school_with
from tests.kiosk.support.waiting import eventually
from tests.kiosk.updates.conftest import publisher
from tests.kiosk.updates.publishing import NEW, Publisher

__all__ = ["publisher"]


@pytest.fixture
async def school(
    database_url: str, master_key_text: str, tmp_path: Path, publisher: Publisher
) -> AsyncIterator[School]:
    settings = settings_for(database_url, master_key_text)
    source = {"update_source": str(publisher.out), "update_key": publisher.public}
    async with school_with(settings, tmp_path / "school", **source) as made:
        yield made


def restarts(school: School) -> bool:
    return school.kiosk._restart.is_set()


async def test_a_restart_is_ordered_done_and_said(school: School) -> None:
    await school.staff.say("khởi động lại cổng")
    assert "khởi động lại" in (await school.staff.reply("gate.done"))["text"]
    await eventually(lambda: restarts(school))


async def test_an_update_is_ordered_taken_and_said_and_the_kiosk_restarts_on_trial(
    school: School, publisher: Publisher
) -> None:
    publisher.publish(NEW)
    await school.staff.say(f"cập nhật cổng {NEW}")
    said = (await school.staff.reply("gate.done", within=60))["text"]
    assert NEW in said
    assert "chạy thử" in said
    await eventually(lambda: restarts(school))
    assert Shelf(school.kiosk.settings.data_dir).choice().trial


async def test_more_turns_are_asked_for_from_the_chat(school: School) -> None:
    await school.staff.say("quay mặt 2 hướng")
    await school.staff.reply("gate.done")
    assert school.kiosk.staff.turns == 2


async def test_an_unplugged_reader_is_on_the_screen_in_the_state_and_told_to_the_chat(school: School) -> None:
    runner = school.kiosk.runner
    assert runner is not None
    assert await runner.ask(ReaderNoticed(there=False))
    view = school.kiosk.board.view
    assert view is not None
    assert (view.title, view.tone) == ("reader_away.title", "wait")
    client = school.kiosk._client
    assert client is not None
    await client.heartbeat(0, school.kiosk.troubles())
    # A trouble wakes nobody: when this runs at night, the chat hears it in the morning.
    async with school.core.database.transaction(SCHOOL_ID) as tx:
        recent = await school.core.notifications.list_recent(tx)
    assert [one.params["code"] for one in recent if one.key == "gate.trouble"] == ["reader_unplugged"]
    await school.staff.say("tình trạng cổng")
    assert "không thấy đầu đọc thẻ" in (await school.staff.reply("gate.state"))["text"]
    assert await runner.ask(ReaderNoticed(there=True))
    await school.staff.say("tình trạng cổng")
    assert "đầu đọc" not in (await school.staff.reply("gate.state"))["text"]

"""Durable work whose connection is cut before each of its statements, and after each of its commits, is done once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import text

from core.broadcasts.domain import Audience, AudienceKind, Draft, Kind
from core.broadcasts.worker import BroadcastWorker
from core.exams.sheet import Defaults, parse_exam_sheet
from core.guardians.lapses import Lapses
from core.guardians.worker import LapseWorker
from core.keys.checking import Checking
from core.keys.rotation import Rotation
from core.notifications.domain import NewNotification, Recipient
from core.preferences.domain import Kind as News
from core.preferences.domain import Mode, Preference
from core.rights.domain import Kind as Asked
from core.rights.domain import NewRequest, RequestAnsweredError, Status
from core.rights.forgetting import Forgetting
from core.students.roll.parse import parse_roll
from core.values.clock import school_date
from tests.core.checkins.conftest import Gate, core, gate
from tests.support.cutting import cut_everywhere

__all__ = ["core", "gate"]
CHAT = Recipient("webchat", "chat-1")
Work = Callable[[], Awaitable[object]]
Ends = Callable[[], Awaitable[None]]


async def numbers(gate: Gate, *statements: str) -> list[int]:
    async with gate.core.database.transaction(gate.school_id) as tx:
        return [int((await tx.session.execute(text(one))).scalar_one()) for one in statements]


async def digest(gate: Gate) -> tuple[Work, Ends]:
    digests, database = gate.core.digests, gate.core.database
    async with database.transaction(gate.school_id) as tx:
        await digests.preferences.choose(tx, (CHAT,), Preference(News.NEWS, Mode.DIGEST, time(18, 0)))
        new = [NewNotification(CHAT, "broadcast.notice", {"n": n}, f"n{n}") for n in range(3)]
        await gate.core.notifications.enqueue(tx, *new)
    gate.clock.advance(timedelta(days=1))

    async def ends() -> None:
        (one,) = [one for one in await gate.messages() if one.key == "digest.daily"]
        assert len(one.params["items"]) == 3

    return digests.once, ends


async def lapse(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        await core.students.leave(tx, gate.student_id, school_date(gate.clock.now()))
    worker = LapseWorker(core.database, core.schools, Lapses(core.guardians, core.notifications))

    async def ends() -> None:
        over = "SELECT count(*) FROM guardianship_steps WHERE event = 'left_school'"
        assert await numbers(gate, over) == [1]

    return worker.once, ends


async def forgetting(gate: Gate) -> tuple[Work, Ends]:
    await gate.send()
    gate.clock.advance(timedelta(days=3 * 366))
    await gate.send()

    async def ends() -> None:
        assert await numbers(gate, "SELECT count(*) FROM check_ins") == [1]

    return Forgetting(gate.core.database, gate.clock, batch=1).once, ends


async def erasure(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        account = await core.conversations.meet(tx, "webchat", "chat-1")
        await core.conversations.open_turn(tx, "webchat", "chat-1", "m1", "xin chào")
        asked = NewRequest(Asked.DELETE, gate.student_id, "staff:x", account.id, "xoá")
        request = await core.rights.open(tx, asked)

    async def work() -> None:
        async with core.database.transaction(gate.school_id) as tx:
            try:
                await core.rights.answer(tx, request.id, Status.DONE, "Đã xoá.", "staff:x")
            except RequestAnsweredError:
                return

    async def ends() -> None:
        done = "SELECT count(*) FROM audit_entries WHERE action = 'rights.done'"
        said = "SELECT count(*) FROM chat_turns"
        assert await numbers(gate, done, said) == [1, 0]

    return work, ends


async def rotation(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core

    async def work() -> None:
        await Rotation(core.database, core.data_keys, batch=50).rotate(gate.school_id)

    async def ends() -> None:
        assert (await Checking(core.database, core.data_keys).check(gate.school_id)).unreadable == {}
        assert await numbers(
            gate,
            "SELECT count(*) FROM vault_keys WHERE indexing AND school_id <> '00000000-0000-0000-0000-000000000000'",
        ) == [1]
        assert (await gate.send())["display_name"] == "An"

    return work, ends


async def exam_list(gate: Gate) -> tuple[Work, Ends]:
    core, exam = gate.core, Defaults("Toán", date(2026, 12, 1), time(7, 30), time(9, 0))
    lines = "SBD;Họ và tên;Lớp;Phòng thi\n1;Nguyễn Minh An;6A;P1\n"

    async def work() -> None:
        async with core.database.transaction(gate.school_id) as tx:
            await core.exam_lists.apply(tx, parse_exam_sheet(lines.encode(), exam), "staff:x")

    async def ends() -> None:
        told = "SELECT count(*) FROM audit_entries WHERE action = 'exams.list_imported'"
        seats = ("SELECT count(*) FROM exam_candidates", "SELECT count(*) FROM exam_sessions")
        assert await numbers(gate, *seats, told) == [1, 1, 1]

    return work, ends


async def roll(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    head = "Lớp;Họ và tên;Ngày sinh;Giới tính;Họ tên mẹ;Điện thoại mẹ"
    lines = f"{head}\n6A;Lý Thị Bông;03/04/2015;Nữ;Lý Thị Cả;0990000123\n"

    async def work() -> None:
        async with core.database.transaction(gate.school_id) as tx:
            parsed = parse_roll(lines.encode(), school_date(gate.clock.now()))
            await core.roll_import.apply(tx, parsed, "staff:x")

    async def ends() -> None:
        told = "SELECT count(*) FROM audit_entries WHERE action = 'students.roll_imported'"
        people = ("SELECT count(*) FROM students", "SELECT count(*) FROM guardians")
        assert await numbers(gate, *people, told) == [2, 2, 1]

    return work, ends


async def announcement(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        draft = Draft(Kind.NOTICE, "Họp", "Mời cả nhà.", Audience(AudienceKind.SCHOOL))
        made = await core.broadcasts.draft(tx, draft, "staff:x")
        await core.broadcasts.confirm(tx, made.id, "staff:y")
    worker = BroadcastWorker(core.database, core.database_url, core.broadcasts, batch=1)

    async def work() -> None:
        while await worker.once():
            pass
        await worker.report()

    async def ends() -> None:
        assert [one.key for one in await gate.messages()] == ["broadcast.notice"]
        async with core.database.transaction(gate.school_id) as tx:
            after = await core.broadcasts.get(tx, made.id)
        assert (after.people, after.messages) == (1, 1)

    return work, ends


@pytest.mark.parametrize(
    "path",
    [digest, lapse, forgetting, erasure, rotation, exam_list, roll, announcement],
    ids=lambda one: one.__name__,
)
async def test_work_that_is_cut_at_every_step_is_done_once(
    gate: Gate, path: Callable[[Gate], Awaitable[tuple[Work, Ends]]]
) -> None:
    work, ends = await path(gate)
    stride = 29 if path is rotation else 1
    assert await cut_everywhere(gate.core.database.engine, work, stride) >= 3
    await ends()

"""One damaged row: every list shows the rest, says which row is lost, and nothing is written over it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from core.answers.passages.domain import NewPassage
from core.broadcasts.domain import Audience, AudienceKind, Draft, Kind
from core.consents.domain import Purpose, Standing
from core.contracts.citizen_id import CitizenId
from core.guardians.domain import NewGuardian, Relation
from core.guardians.lapses import Lapses
from core.guardians.restrictions.domain import NewRestriction, Person, RestrictionKind
from core.keys.domain import SEALED
from core.rights.domain import Kind as RequestKind
from core.rights.domain import NewRequest
from core.students.domain import NewStudent
from core.students.roll.domain import Reason
from core.students.roll.parse import parse_roll
from core.values.clock import school_date
from core.vault.keyring import SealedDataError
from core.vault.unreadable import UNREADABLE
from tests.core.checkins.conftest import Gate
from tests.core.console.conftest import Browser, browser, core, gate
from tests.core.console.test_authority import routes_of

__all__ = ["browser", "core", "gate"]
NO_PAGE = {"/console/events", "/console/handovers/events"}
"""Streams that never end."""
_LAST = 'length("{column}") - 1'
DAMAGE = f'UPDATE "{{table}}" SET "{{column}}" = set_byte("{{column}}", {_LAST}, 255 - get_byte("{{column}}", {_LAST}))'


async def damage(gate: Gate, table: str, column: str, where: str = "true") -> None:
    """Turn the last byte of these sealed values."""
    async with gate.core.database.transaction(gate.school_id) as tx:
        statement = f'{DAMAGE.format(table=table, column=column)} WHERE "{column}" IS NOT NULL AND {where}'
        await tx.session.execute(text(statement))


async def bytes_of(gate: Gate, table: str, column: str) -> list[bytes]:
    async with gate.core.database.transaction(gate.school_id) as tx:
        rows = await tx.session.execute(text(f'SELECT "{column}" FROM "{table}" ORDER BY id'))
        return [row[0] for row in rows]


@pytest.fixture
async def full(gate: Gate) -> Gate:
    """The school with a second pupil and one row of most things that have lists."""
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        for title in ("Giờ đón trẻ", "Sân trường"):
            await core.answers.passages.save(
                tx, NewPassage(title, "Từ 16 giờ 30.", (f"{title}?",)), author="Cô Hoa", actor="staff:x"
            )
        new = NewStudent("6A", "Lý Thị Bông", date(2015, 4, 5), "female", CitizenId("001315000099"))
        other = (await core.students.record(tx, new)).student_id
        await core.guardians.record_all(tx, [NewGuardian(other, Relation.FATHER, "Lý Văn Cội")])
        who = Person("Trần Văn Kín")
        await core.guardians.restrictions.add(
            tx, NewRestriction(other, RestrictionKind.SEE, who, "toà án yêu cầu"), "staff:x"
        )
        for title in ("Họp phụ huynh", "Nghỉ lễ"):
            draft = Draft(Kind.NOTICE, title, "Mời cả nhà.", Audience(AudienceKind.SCHOOL))
            await core.broadcasts.draft(tx, draft, "staff:x")
        for said in ("xem hồ sơ", "xoá ảnh"):
            await core.rights.open(tx, NewRequest(RequestKind.DELETE, other, "staff:x", text=said))
    return gate


async def test_with_a_damaged_row_in_every_table_every_room_opens(full: Gate, browser: Browser) -> None:
    for one in SEALED:
        if one.table not in {"staff_accounts", "inbox_events", "chat_channel_tokens", "sign_ons"}:
            await damage(full, one.table, one.column, f'id = (SELECT min(id::text)::uuid FROM "{one.table}")')
    await damage(full, "staff_accounts", "sealed_name", "username = 'teacher'")
    await browser.sign_in()
    opened = {}
    for method, path, _ in routes_of(full.core):
        if method == "GET" and path.startswith("/console/") and "{" not in path and path not in NO_PAGE:
            await browser.open(path)
            opened[path] = browser.status
    assert len(opened) > 30
    assert {path: status for path, status in opened.items() if status >= 500} == {}
    await browser.open("/console/broadcasts")
    assert [word in browser.text for word in (UNREADABLE, "Nghỉ lễ", "người quản trị")] == [True] * 3
    link = (await browser.open("/console/classes")).css_first("a[href^='/console/classes/']")
    await browser.open(link.attributes["href"] or "")
    assert [word in browser.text for word in (UNREADABLE, "Lý Thị Bông", "người quản trị")] == [True] * 3
    await browser.open(f"/console/guardians/pupils/{full.student_id}")
    assert (browser.status, UNREADABLE in browser.text) == (200, True)


async def test_a_pupil_who_cannot_be_read_still_checks_in_and_the_family_is_told(full: Gate) -> None:
    await damage(full, "students", "sealed_profile", f"id = '{full.student_id}'")
    receipt = await full.send()
    assert receipt["decision"] == "accepted"
    assert [one.key for one in await full.messages()].count("checkin.arrived") == 1
    core = full.core
    async with core.database.transaction(full.school_id) as tx:
        standing = (await core.consents.standings(tx, (full.student_id,)))[full.student_id]
        ended = await Lapses(core.guardians, core.notifications).once(tx)
    assert (standing[Purpose.ATTENDANCE_MESSAGES], dict(ended)) == (Standing.GIVEN, {})


async def test_nobody_is_written_over_by_a_roll_and_the_line_says_why(full: Gate) -> None:
    await damage(full, "guardians", "sealed_profile", "true")
    before = await bytes_of(full, "guardians", "sealed_profile")
    head = "Lớp;Họ và tên;Ngày sinh;Giới tính;Họ tên mẹ;Điện thoại mẹ"
    roll = f"{head}\n6A;Nguyễn Minh An;02/03/2015;Nam;Trần Thu Hà;0990000123\n".encode()
    core = full.core
    async with core.database.transaction(full.school_id) as tx:
        parsed = parse_roll(roll, school_date(core.clock.now()))
        report = await core.roll_import.apply(tx, parsed, "staff:x")
    assert [one.reason for one in report.remarks] == [Reason.ON_RECORD_UNREADABLE]
    assert (report.guardians_added, report.guardians_changed) == (0, 0)
    assert await bytes_of(full, "guardians", "sealed_profile") == before


@pytest.mark.parametrize(
    ("table", "column"), [("guardian_restrictions", "sealed_person"), ("guardians", "sealed_profile")]
)
async def test_where_it_cannot_be_read_whom_a_restriction_means_nobody_of_that_pupil_sees(
    full: Gate, table: str, column: str
) -> None:
    core = full.core
    who = NewRestriction(full.student_id, RestrictionKind.SEE, Person("Trần Văn Kín"), "toà án yêu cầu")
    async with core.database.transaction(full.school_id) as tx:
        await core.guardians.restrictions.add(tx, who, "staff:x")
        ties = await core.guardians.guardians_of(tx, full.student_id)
        assert await core.guardians.restrictions.barred(tx, ties) == frozenset()
    await damage(full, table, column)
    async with core.database.transaction(full.school_id) as tx:
        ties = await core.guardians.guardians_of(tx, full.student_id)
        assert await core.guardians.restrictions.barred(tx, ties) == {one.id for one in ties}


async def test_an_announcement_that_cannot_be_read_is_never_sent(full: Gate) -> None:
    await damage(full, "broadcasts", "content")
    core = full.core
    async with core.database.transaction(full.school_id) as tx:
        (first, *_) = await core.broadcasts.list_newest(tx)
        assert first.draft.title == UNREADABLE
    with pytest.raises(SealedDataError):
        async with core.database.transaction(full.school_id) as tx:
            await core.broadcasts.confirm(tx, first.id, "staff:x")

"""What happens to a report while the database restarts, is full, or holds somebody in a lock; and that locks are light."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from core.fees.domain import NewInvoice
from core.students.domain import NewStudent
from core.values.money import vnd
from tests.core.checkins.conftest import Gate, core, gate
from tests.core.db.test_cut import numbers
from tests.core.web.support import capturing_logs

__all__ = ["core", "gate"]
ROOT = Path(__file__).parents[3]
FULL = """
CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"""


async def run(gate: Gate, *statements: str) -> None:
    async with gate.core.database.platform() as tx:
        for one in statements:
            await tx.session.execute(text(one))


async def test_a_restart_of_the_database_costs_a_kiosk_one_more_try_and_nobody_a_message(gate: Gate) -> None:
    report = gate.report()
    await run(
        gate,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    with capturing_logs() as logs:
        answers = [await gate.kiosk.post("/api/v1/check-ins", report) for _ in range(5)]
    refused = [one.body for one in answers if one.status != 200]
    assert len(refused) <= 2, "every connection that was lost is not found out about one by one"
    assert all((one["code"], one["retryable"]) == ("core.unavailable", True) for one in refused)
    assert "Traceback" not in logs.text
    assert await numbers(gate, "SELECT count(*) FROM check_ins", "SELECT count(*) FROM notifications") == [
        1,
        1,
    ]


async def test_a_full_disk_is_told_as_such_and_the_same_report_is_taken_when_there_is_room(
    gate: Gate,
) -> None:
    report = gate.report()
    await run(
        gate,
        FULL,
        "CREATE TRIGGER no_room BEFORE INSERT ON check_ins FOR EACH ROW EXECUTE FUNCTION no_room()",
    )
    with capturing_logs() as logs:
        answer = await gate.kiosk.post("/api/v1/check-ins", report)
    assert (answer.status, answer.body["code"], answer.headers["Retry-After"]) == (
        503,
        "core.unavailable",
        "5",
    )
    assert [one["event"] for one in logs.events] == ["database_away", "request"]
    await run(gate, "DROP FUNCTION no_room CASCADE")
    assert (await gate.kiosk.post("/api/v1/check-ins", report)).status == 200
    assert await numbers(gate, "SELECT count(*) FROM check_ins", "SELECT count(*) FROM notifications") == [
        1,
        1,
    ]


async def test_a_fee_that_is_being_issued_and_a_roll_that_is_being_read_do_not_wait_for_each_other(
    gate: Gate,
) -> None:
    core, again = gate.core, NewStudent("6A", "Nguyễn Minh An", date(2015, 3, 2), "male")
    share = NewInvoice(gate.student_id, "Tiền ăn", vnd(1), date(2026, 11, 30))
    async with (
        core.database.transaction(gate.school_id) as office,
        core.database.transaction(gate.school_id) as tx,
    ):
        await tx.session.execute(text("SET LOCAL lock_timeout = '1s'"))
        await office.session.execute(text("SET LOCAL lock_timeout = '1s'"))
        await core.fees.issue(office, share)
        await core.students.record_all(tx, [again])
        await core.fees.issue(office, share)


def test_no_lock_keeps_others_from_pointing_at_the_row() -> None:
    """FOR UPDATE waits for every new row that refers to the locked one, and they for it: fees and rolls deadlocked."""
    locks = [
        (path.name, lock)
        for path in (ROOT / "core").rglob("*.py")
        for lock in re.findall(r"with_for_update\([^)]*\)", path.read_text())
    ]
    assert locks
    assert [one for one in locks if "key_share=True" not in one[1]] == []


@pytest.mark.parametrize("setting", ["lock_timeout", "idle_in_transaction_session_timeout"])
async def test_nobody_waits_for_ever_for_a_process_that_froze(gate: Gate, setting: str) -> None:
    async with gate.core.database.platform() as tx:
        told = str((await tx.session.execute(text(f"SHOW {setting}"))).scalar_one())
    assert told in {"30s", "2min"}

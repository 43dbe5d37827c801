"""The audit trail: it only grows, and whatever is done to it shows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.audit.domain import AuditEntry, PersonalDataInAuditError
from core.audit.service import Audit
from core.db.transaction import Database
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring, MasterKey


@pytest.fixture
def audit(keyring: Keyring, clock: FixedClock) -> Audit:
    return Audit(keyring, clock)


async def _fill(audit: Audit, database: Database, school_id: SchoolId, count: int) -> None:
    for number in range(count):
        async with database.transaction(school_id) as tx:
            entry = AuditEntry("staff:1", "fees.issued", f"invoice:{number}", {"amount": 250_000 + number})
            await audit.record(tx, entry)


async def _tamper(database: Database, *statements: str) -> None:
    """Change the trail as somebody with full rights on the database could."""
    async with database.platform() as tx:
        await tx.session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        for statement in statements:
            await tx.session.execute(text(statement))
        await tx.session.execute(text("ALTER TABLE audit_entries ENABLE TRIGGER USER"))


async def test_an_untouched_trail_is_intact(audit: Audit, database: Database, school_id: SchoolId) -> None:
    await _fill(audit, database, school_id, 3)
    async with database.transaction(school_id) as tx:
        verdict = await audit.verify(tx)
    assert (verdict.intact, verdict.entries) == (True, 3)


async def test_an_empty_trail_is_intact(audit: Audit, database: Database, school_id: SchoolId) -> None:
    async with database.transaction(school_id) as tx:
        assert (await audit.verify(tx)).intact


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"],
)
async def test_the_database_refuses_to_change_an_entry(
    audit: Audit, database: Database, school_id: SchoolId, statement: str
) -> None:
    await _fill(audit, database, school_id, 1)
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.platform() as tx:
            await tx.session.execute(text(statement))


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("""UPDATE audit_entries SET details = '{"amount": 1}' WHERE number = 2""", 2),
        ("UPDATE audit_entries SET actor = 'staff:2' WHERE number = 3", 3),
        ("UPDATE audit_entries SET at = at + interval '1 second' WHERE number = 1", 1),
        ("UPDATE audit_entries SET key_id = 'none' WHERE number = 1", 1),
        ("DELETE FROM audit_entries WHERE number = 2", 2),
        ("DELETE FROM audit_entries WHERE number = 3", 3),
        ("UPDATE audit_entries SET number = 4 - number WHERE number <> 2", 1),
    ],
)
async def test_a_changed_removed_or_swapped_entry_shows(
    audit: Audit, database: Database, school_id: SchoolId, change: str, broken_at: int
) -> None:
    await _fill(audit, database, school_id, 3)
    # A unique constraint would stop the swap half-way.
    await _tamper(
        database, "ALTER TABLE audit_entries DROP CONSTRAINT uq_audit_entries_school_id_number", change
    )
    async with database.transaction(school_id) as tx:
        verdict = await audit.verify(tx)
    assert (verdict.intact, verdict.broken_at) == (False, broken_at)


async def test_a_cut_end_shows_against_a_head_noted_before(
    audit: Audit, database: Database, school_id: SchoolId
) -> None:
    await _fill(audit, database, school_id, 3)
    async with database.transaction(school_id) as tx:
        noted = (await audit.verify(tx)).head
    await _tamper(
        database,
        "DELETE FROM audit_entries WHERE number = 3",
        "UPDATE audit_heads h SET number = 2, mac = e.mac FROM audit_entries e WHERE e.number = 2",
    )
    async with database.transaction(school_id) as tx:
        assert (await audit.verify(tx)).intact
        assert (await audit.verify(tx, noted)).broken_at == 3


async def test_an_entry_put_in_without_the_key_shows(
    audit: Audit, database: Database, school_id: SchoolId, clock: FixedClock
) -> None:
    await _fill(audit, database, school_id, 1)
    forger = Audit(Keyring(MasterKey(b"f" * 32)), clock)
    await _fill(forger, database, school_id, 1)
    async with database.transaction(school_id) as tx:
        assert (await audit.verify(tx)).broken_at == 2


async def test_a_trail_stays_intact_when_the_master_key_is_rotated(
    audit: Audit, database: Database, school_id: SchoolId
) -> None:
    await _fill(audit, database, school_id, 2)
    rotated = replace(audit, keyring=Keyring(MasterKey(b"n" * 32), (audit.keyring.current,)))
    await _fill(rotated, database, school_id, 2)
    async with database.transaction(school_id) as tx:
        assert (await rotated.verify(tx)).intact
        assert not (await audit.verify(tx)).intact


async def test_entries_made_at_the_same_time_stand_in_one_line(
    audit: Audit, database: Database, school_id: SchoolId
) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(_fill(audit, database, school_id, 5))
    async with database.transaction(school_id) as tx:
        verdict = await audit.verify(tx)
    assert (verdict.intact, verdict.entries) == (True, 20)


async def test_an_entry_that_was_rolled_back_leaves_no_gap(
    audit: Audit, database: Database, school_id: SchoolId
) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction(school_id) as tx:
            await audit.record(tx, AuditEntry("system", "x.y", "z:1"))
            raise RuntimeError
    await _fill(audit, database, school_id, 1)
    async with database.transaction(school_id) as tx:
        assert (await audit.verify(tx)).entries == 1


async def test_each_school_has_a_trail_of_its_own(
    audit: Audit, database: Database, school_id: SchoolId
) -> None:
    await _fill(audit, database, school_id, 2)
    other = SchoolId(new_id())
    await _fill(audit, database, other, 1)
    async with database.transaction(other) as tx:
        assert (await audit.verify(tx)).entries == 1
        assert len(await audit.list_recent(tx)) == 1


async def test_what_is_private_is_sealed_and_can_be_read_back(
    audit: Audit, database: Database, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        await audit.record(
            tx, AuditEntry("staff:1", "guardians.linked", "guardian:1", {}, {"phone": "0912345678"})
        )
        (entry,) = await audit.list_recent(tx, subject="guardian:1")
        stored = (
            await tx.session.execute(text("SELECT audit_entries::text FROM audit_entries"))
        ).scalar_one()
    assert entry.private == {"phone": "0912345678"}
    assert "0912345678" not in stored + repr(entry)
    assert b"0912345678".hex() not in stored


@pytest.mark.parametrize(
    "details",
    [
        {"phone": "0912 345 678"},
        {"phone": "+84912345678"},
        {"citizen": "001099012345"},
        {"note": "gọi 0912.345.678 nhé"},
        {"mail": "me@example.org"},
        {"0912345678": 1},
    ],
)
def test_personal_data_in_the_clear_is_refused(details: dict[str, str | int]) -> None:
    with pytest.raises(PersonalDataInAuditError):
        AuditEntry("staff:1", "x.y", "z:1", details)


@pytest.mark.parametrize(
    "details",
    [
        {"amount": 12_500_000_000},
        {"id": "01938e4c-1111-7222-8333-123456789012"},
        {"digest": "123456789012a345678901234567890b"},
        {"reference": "CT7K2M9P"},
    ],
)
def test_amounts_and_ids_are_no_personal_data(details: dict[str, str | int]) -> None:
    assert AuditEntry("staff:1", "x.y", "z:1", details).details == details


def test_a_code_with_spaces_is_refused() -> None:
    with pytest.raises(ValueError, match="short codes"):
        AuditEntry("Nguyễn Văn A", "x.y", "z:1")

"""Staff accounts: what may be opened, how sessions end, how guessing is slowed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit.service import Audit
from core.db.transaction import Database
from core.staff.domain import (
    BY_ACCOUNT,
    BY_ADDRESS,
    SESSION_LIFE,
    BadStaffError,
    Limit,
    NewStaff,
    NotAllowedError,
    Right,
    Role,
    UsernameTakenError,
)
from core.staff.passwords import hash_password, password_fits
from core.staff.service import StaffAccounts
from core.staff.sessions import StaffSessions
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring

PASSWORD = "mot mat khau dai"
NEW = NewStaff("co.lan", "Nguyễn Thị  Lan", Role.HOMEROOM, PASSWORD)


@pytest.fixture
def accounts(keyring: Keyring, clock: FixedClock) -> StaffAccounts:
    return StaffAccounts(keyring, clock, Audit(keyring, clock))


async def test_an_account_is_found_by_its_username_however_it_is_typed(
    accounts: StaffAccounts, database: Database, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        await accounts.add(tx, NEW, "hash")
    async with database.platform() as tx:
        account = await accounts.find_account(tx, " Co.Lan ")
        assert account is not None
        assert (account.staff.display_name, account.staff.school_id) == ("Nguyễn Thị Lan", school_id)
        assert "Lan" not in repr(account)
        assert await accounts.find_account(tx, "nobody") is None


async def test_a_username_belongs_to_one_person_over_all_schools(
    accounts: StaffAccounts, database: Database, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        await accounts.add(tx, NEW, "hash")
    with pytest.raises(UsernameTakenError):
        async with database.transaction(SchoolId(new_id())) as tx:
            await accounts.add(tx, NEW, "hash")


async def test_a_session_ends_after_twelve_hours_however_busy(
    accounts: StaffAccounts, database: Database, school_id: SchoolId, clock: FixedClock
) -> None:
    async with database.transaction(school_id) as tx:
        await accounts.add(tx, NEW, "hash")
        account = await accounts.find_account(tx, "co.lan")
        assert account is not None
        sessions = StaffSessions(accounts)
        token = await sessions.open(tx, account.staff)
    end = clock.now() + SESSION_LIFE
    while clock.now() < end:
        async with database.platform() as tx:
            found = await sessions.find(tx, token)
            assert found is not None
            assert found.staff == account.staff
        clock.advance(timedelta(hours=1, minutes=30))
    async with database.platform() as tx:
        assert await sessions.find(tx, token) is None
        assert await sessions.find(tx, "another") is None


@given(st.integers(0, 10_000), st.sampled_from((BY_ACCOUNT, BY_ADDRESS)))
def test_a_lock_never_shrinks_with_more_failures_and_never_passes_its_longest(
    failures: int, limit: Limit
) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    until, longer = limit.lock_after(failures, now) or now, limit.lock_after(failures + 1, now) or now
    assert now <= until <= longer <= now + limit.longest_lock


@pytest.mark.parametrize(
    ("username", "name", "password"),
    [
        ("Lan", "Lan", PASSWORD),
        ("la", "Lan", PASSWORD),
        ("lan lan", "Lan", PASSWORD),
        ("lan", " ", PASSWORD),
        ("lan", "x" * 81, PASSWORD),
        ("lan", "Lan", "short"),
        ("lan", "Lan", "x" * 129),
    ],
)
def test_an_account_needs_sensible_fields(username: str, name: str, password: str) -> None:
    with pytest.raises(BadStaffError):
        NewStaff(username, name, Role.ACCOUNTANT, password)


async def test_only_some_roles_may_manage_devices(
    accounts: StaffAccounts, database: Database, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        await accounts.add(tx, NEW, "hash")
        account = await accounts.find_account(tx, "co.lan")
    assert account is not None
    account.staff.require(Right.DECIDE_CHECK_INS)
    with pytest.raises(NotAllowedError):
        account.staff.require(Right.MANAGE_DEVICES)


def test_only_the_right_password_fits_and_nobodys_never_does() -> None:
    stored = hash_password(PASSWORD)
    assert password_fits(stored, PASSWORD)
    assert not password_fits(stored, PASSWORD + " ")
    assert not password_fits(None, "nobody has this password")
    assert not password_fits("broken", PASSWORD)
    assert PASSWORD not in stored

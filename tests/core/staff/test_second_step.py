"""Six-digit codes, recovery codes and wrong tries: what opens, what opens only once, what closes for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit.service import Audit
from core.contracts.citizen_id import CitizenId
from core.db.transaction import Database
from core.staff.attempts import SignInAttempts
from core.staff.domain import (
    BY_ADDRESS,
    LastHeadError,
    NewStaff,
    Role,
    SignInLockedError,
    Staff,
    UsernameTakenError,
    WrongCodeError,
)
from core.staff.second_step import SecondStep
from core.staff.service import StaffAccounts
from core.staff.sessions import StaffSessions
from core.staff.two_step import RECOVERY_CODES, fresh_password, fresh_recovery_codes, step_of
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring

NUMBER = CitizenId("099201500003")


@pytest.fixture
def accounts(keyring: Keyring, clock: FixedClock) -> StaffAccounts:
    return StaffAccounts(keyring, clock, Audit(keyring, clock))


@pytest.fixture
def second(accounts: StaffAccounts, clock: FixedClock) -> SecondStep:
    return SecondStep(accounts.keyring, clock, accounts.audit)


@pytest.fixture
async def staff(accounts: StaffAccounts, database: Database, school_id: SchoolId) -> Staff:
    async with database.transaction(school_id) as tx:
        new = NewStaff("co.lan", "Cô Lan", Role.HEAD, "mot mat khau dai")
        return (await accounts.get(tx, await accounts.add(tx, new, "hash"))).staff


async def turned_on(
    second: SecondStep, database: Database, staff: Staff, clock: FixedClock
) -> tuple[str, tuple[str, ...]]:
    async with database.transaction(staff.school_id) as tx:
        secret = await second.start(tx, staff)
    async with database.transaction(staff.school_id) as tx:
        codes = await second.confirm(tx, staff, pyotp.TOTP(secret).at(clock.now()))
    return secret, codes


async def opens(second: SecondStep, database: Database, staff: Staff, code: str) -> bool:
    async with database.transaction(staff.school_id) as tx:
        return await second.use(tx, staff, code)


async def test_a_code_opens_once_even_within_its_half_minute(
    second: SecondStep, database: Database, staff: Staff, clock: FixedClock
) -> None:
    secret, _ = await turned_on(second, database, staff, clock)
    assert not await opens(second, database, staff, pyotp.TOTP(secret).at(clock.now())), "used to turn it on"
    clock.advance(timedelta(seconds=30))
    code = pyotp.TOTP(secret).at(clock.now())
    assert await opens(second, database, staff, f" {code[:3]} {code[3:]} ")
    assert not await opens(second, database, staff, code)
    clock.advance(timedelta(seconds=30))
    assert not await opens(second, database, staff, code), "an older code after a newer one"


async def test_a_recovery_code_opens_once_and_others_stay(
    second: SecondStep, database: Database, staff: Staff, clock: FixedClock
) -> None:
    _, codes = await turned_on(second, database, staff, clock)
    assert len(set(codes)) == RECOVERY_CODES
    assert await opens(second, database, staff, codes[0].lower())
    assert not await opens(second, database, staff, codes[0])
    assert await opens(second, database, staff, codes[1].replace("-", " "))


async def test_nothing_is_asked_until_a_first_code_confirms_and_a_second_start_is_refused(
    second: SecondStep, accounts: StaffAccounts, database: Database, staff: Staff, clock: FixedClock
) -> None:
    async with database.transaction(staff.school_id) as tx:
        await second.start(tx, staff)
        assert not (await accounts.get(tx, staff.id)).two_step
    with pytest.raises(WrongCodeError):
        async with database.transaction(staff.school_id) as tx:
            await second.confirm(tx, staff, "000000")
    await turned_on(second, database, staff, clock)
    with pytest.raises(WrongCodeError):
        async with database.transaction(staff.school_id) as tx:
            await second.start(tx, staff)
    async with database.transaction(staff.school_id) as tx:
        await second.turn_off(tx, staff.id, "staff:head")
        assert not (await accounts.get(tx, staff.id)).two_step


@given(st.integers(0, 2**31), st.integers(-5, 5))
def test_only_codes_of_this_half_minute_and_its_neighbours_fit(seconds: int, drift: int) -> None:
    secret, now = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", datetime.fromtimestamp(seconds + 600, UTC)
    step = (seconds + 600) // 30 + drift
    code = pyotp.HOTP(secret).at(step)
    found = step_of(secret, code, now, None)
    if abs(drift) <= 1:
        assert found is not None
        assert step_of(secret, code, now, found) is None or found < step
    else:
        assert found is None or pyotp.HOTP(secret).at(found) == code


def test_first_passwords_and_recovery_codes_do_not_repeat() -> None:
    assert len({fresh_password() for _ in range(200)}) == 200
    assert len({code for _ in range(50) for code in fresh_recovery_codes()}) == 50 * RECOVERY_CODES


async def test_wrong_tries_are_counted_in_the_database_for_every_process_and_for_names_that_do_not_exist(
    keyring: Keyring, clock: FixedClock, database: Database
) -> None:
    one, other = SignInAttempts(keyring, clock), SignInAttempts(keyring, clock)
    for _ in range(5):
        async with database.platform() as tx:
            await one.check(tx, "nobody", "10.0.0.1")
            await one.failed(tx, "nobody", "10.0.0.1")
    async with database.platform() as tx:
        with pytest.raises(SignInLockedError):
            await other.check(tx, " Nobody ", "10.0.0.2")
        await other.check(tx, "somebody", "10.0.0.1")
        await other.succeeded(tx, "nobody")
        await other.check(tx, "nobody", "10.0.0.2")


async def test_an_address_is_slowed_down_and_forgotten_after_an_hour(
    keyring: Keyring, clock: FixedClock, database: Database
) -> None:
    attempts = SignInAttempts(keyring, clock)
    async with database.platform() as tx:
        for number in range(BY_ADDRESS.free):
            await attempts.failed(tx, f"guess{number}", "10.0.0.1")
        with pytest.raises(SignInLockedError) as locked:
            await attempts.check(tx, "co.lan", "10.0.0.1")
        assert locked.value.params["retry_after"] == 300
        await attempts.check(tx, "co.lan", "10.0.0.2")
    clock.advance(timedelta(hours=2))
    async with database.platform() as tx:
        await attempts.failed(tx, "guess", "10.0.0.1")
        await attempts.check(tx, "co.lan", "10.0.0.1")


async def test_the_last_head_can_neither_leave_nor_become_something_else(
    accounts: StaffAccounts, database: Database, staff: Staff
) -> None:
    for leave in (
        lambda tx: accounts.close(tx, staff.id, "x"),
        lambda tx: accounts.change_role(tx, staff.id, Role.GATE, None, "x"),
    ):
        with pytest.raises(LastHeadError):
            async with database.transaction(staff.school_id) as tx:
                await leave(tx)
    async with database.transaction(staff.school_id) as tx:
        await accounts.add(tx, NewStaff("thay.nam", "Thầy Nam", Role.HEAD, "x" * 12), "hash")
        await accounts.close(tx, staff.id, "x")
        assert [one.closed for one in await accounts.list_accounts(tx)] == [False, True]


async def test_a_citizen_number_belongs_to_one_open_account_of_all_schools(
    accounts: StaffAccounts, database: Database, staff: Staff
) -> None:
    async with database.transaction(staff.school_id) as tx:
        await accounts.set_citizen_id(tx, staff.id, NUMBER, "x")
    with pytest.raises(UsernameTakenError):
        async with database.transaction(SchoolId(new_id())) as tx:
            new = NewStaff("co.hoa", "Cô Hoa", Role.HEAD, "x" * 12, citizen_id=NUMBER)
            await accounts.add(tx, new, "hash")
    async with database.platform() as tx:
        found = await accounts.find_by_citizen_id(tx, NUMBER)
        assert found is not None
        assert found.staff == staff
        assert NUMBER.value not in repr(found)


async def test_sessions_are_listed_and_ended_one_by_one_or_all_but_this(
    accounts: StaffAccounts, database: Database, staff: Staff
) -> None:
    sessions = StaffSessions(accounts)
    async with database.transaction(staff.school_id) as tx:
        first, second_token, third = [await sessions.open(tx, staff, agent=f"B{n}") for n in range(3)]
        account = await accounts.get(tx, staff.id)
        listed = await sessions.list_open(tx, account)
        assert {one.agent for one in listed} == {"B0", "B1", "B2"}
        assert await sessions.end(tx, staff, only=next(o.id for o in listed if o.agent == "B1")) == 1
        assert await sessions.find(tx, second_token) is None
        assert await sessions.end(tx, staff, but_token=third) == 1
        assert await sessions.find(tx, first) is None
        kept = await sessions.find(tx, third)
        assert kept is not None
        assert kept.staff == staff
        await accounts.set_password(tx, staff.id, "new hash", staff.actor)
        assert await sessions.find(tx, third) is None

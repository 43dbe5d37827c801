"""Keys change on a live system: read and written meanwhile, killed in the middle, taken up again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.app import Core, build_core
from core.contracts.citizen_id import CitizenId
from core.keys.domain import SEALED
from core.keys.rotation import Rotation
from core.sample.people import pupils
from core.sample.school import DEMO_LINK_CODE, SCHOOL_ID, SampleSchool
from core.settings import CoreSettings
from core.staff.domain import NewStaff, Role
from core.values.clock import FixedClock
from core.vault.keyring import PLATFORM, DataKey, MasterKey, SealedDataError
from tests.support.postgres import ROOT

NUMBER = CitizenId("099201500002")


@dataclass
class Living:
    """The sample school, used while its keys change."""

    core: Core
    url: str
    key: str

    async def find_everybody(self) -> None:
        """Every pupil is found by number and read; the demo guardian's code opens; staff are found."""
        async with self.core.database.transaction(SCHOOL_ID) as tx:
            for pupil in pupils():
                student_id = await self.core.students.by_citizen_id(tx, pupil.citizen_id)
                assert student_id is not None
                found = await self.core.students.get(tx, student_id)
                assert found.full_name == pupil.new.full_name
        async with self.core.database.platform() as tx:
            account = await self.core.staff.find_by_citizen_id(tx, NUMBER)
            assert account is not None
            assert account.staff.display_name == "Cô Hoa"

    async def chat(self, number: int) -> None:
        """Somebody writes twice; the second time the same account is found."""
        async with self.core.database.transaction(SCHOOL_ID) as tx:
            first = await self.core.conversations.open_turn(tx, "webchat", f"chat-{number}", "1", "xin chào")
        async with self.core.database.transaction(SCHOOL_ID) as tx:
            again = await self.core.conversations.open_turn(tx, "webchat", f"chat-{number}", "2", "lần nữa")
            assert again.account_id == first.account_id

    async def old_values(self) -> int:
        """Values that another than the newest key sealed."""
        async with self.core.database.transaction(SCHOOL_ID) as tx:
            newest = self.core.keyring.for_school(SCHOOL_ID).held.sealing.key_id
            counts = [
                await tx.session.scalar(
                    text(
                        f'SELECT count(*) FROM "{one.table}" WHERE school_id = :s AND "{one.column}" IS NOT NULL '
                        f'AND substring("{one.column}" FROM 2 FOR 4) <> :k'
                    ),
                    {"s": SCHOOL_ID, "k": newest},
                )
                for one in SEALED
            ]
        return sum(int(one or 0) for one in counts)

    def rotation(self, batch: int = 500) -> Rotation:
        return Rotation(self.core.database, self.core.data_keys, batch)


def settings(url: str, key: str, *older: str) -> CoreSettings:
    return CoreSettings(
        database_url=url,  # type: ignore[arg-type]
        master_key=key,  # type: ignore[arg-type]
        session_key=key,  # type: ignore[arg-type]
        previous_master_keys=older,  # type: ignore[arg-type]
    )


@pytest.fixture
async def living(database_url: str, clock: FixedClock, master_key_text: str) -> AsyncIterator[Living]:
    core = build_core(settings(database_url, master_key_text), clock)
    async with core.database.transaction(SCHOOL_ID) as tx:
        await SampleSchool(
            core.clock, core.schools, core.students, core.guardians, core.exams, core.fees
        ).load(tx)
        await core.staff.add(tx, NewStaff("co.hoa", "Cô Hoa", Role.HEAD, "x" * 12, citizen_id=NUMBER), "no")
    yield Living(core, database_url, master_key_text)
    await core.database.dispose()


async def test_everything_is_moved_to_the_new_key_and_found_again(living: Living) -> None:
    await living.chat(1)
    before = living.core.keyring.for_school(SCHOOL_ID).held.sealing.key_id
    done = await living.rotation().rotate(SCHOOL_ID)
    await living.rotation().rotate(PLATFORM)
    assert done.resealed > 300
    assert done.reindexed > 300
    await living.find_everybody()
    await living.chat(1)
    assert await living.old_values() == 0
    assert living.core.keyring.for_school(SCHOOL_ID).held.sealing.key_id != before
    async with living.core.database.transaction(SCHOOL_ID) as tx:
        account = await living.core.conversations.open_turn(tx, "webchat", "mother", "1", "mã")
        linked = await living.core.guardians.link(tx, account.account_id, DEMO_LINK_CODE.shown)
        assert len(linked.children) == 2
        assert (await living.core.audit.verify(tx)).intact


async def test_a_running_school_reads_and_writes_while_its_keys_change_twice(living: Living) -> None:
    over, rounds = asyncio.Event(), 0

    async def use(first: int) -> None:
        nonlocal rounds
        number = first
        while not over.is_set():
            await living.find_everybody()
            await living.chat(number)
            number, rounds = number + 2, rounds + 1

    async with asyncio.TaskGroup() as group:
        for first in (0, 1):
            group.create_task(use(first))
        for _ in range(2):
            await living.rotation(batch=50).rotate(SCHOOL_ID)
        over.set()
    assert rounds >= 2
    assert await living.old_values() == 0
    await living.find_everybody()


async def test_another_process_with_an_older_view_finds_and_writes_under_the_new_key(
    living: Living, clock: FixedClock
) -> None:
    other = Living(build_core(settings(living.url, living.key), clock), living.url, living.key)
    try:
        await other.find_everybody()
        await living.rotation().rotate(SCHOOL_ID)
        await other.find_everybody()
        await other.chat(7)
        await living.chat(7)
        assert await living.old_values() == 0
    finally:
        await other.core.database.dispose()


async def test_a_killed_change_of_keys_is_taken_up_again(living: Living) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.rotating", living.url, living.key), cwd=ROOT
    )
    while await _halfway(living) is None:
        assert process.returncode is None, "it ended before it could be killed"
        await asyncio.sleep(0.01)
    process.kill()
    await process.wait()
    new_key = await _halfway(living)
    assert new_key is not None
    await living.find_everybody()
    await living.chat(3)
    assert await living.old_values() > 0
    await living.rotation().rotate(SCHOOL_ID)
    assert living.core.keyring.for_school(SCHOOL_ID).held.sealing.key_id == new_key, "no third key was begun"
    assert await living.old_values() == 0
    await living.find_everybody()


async def test_one_damaged_value_keeps_no_school_from_a_new_key(living: Living) -> None:
    await living.chat(1)
    async with living.core.database.platform() as tx:
        for damage in (
            "UPDATE chat_turns SET said = '\\x00'",
            "UPDATE guardians SET sealed_profile = '\\x00' WHERE id = (SELECT id FROM guardians LIMIT 1)",
            "UPDATE chat_accounts SET address = '\\x00'",
        ):
            await tx.session.execute(text(damage))
    done = await living.rotation(batch=2).rotate(SCHOOL_ID)
    assert done.unreadable == 2 + 1 + 1
    assert await living.old_values() == done.unreadable
    await living.find_everybody()


async def test_a_key_that_opens_nothing_changes_nothing(living: Living) -> None:
    async with living.core.database.platform() as tx:
        await tx.session.execute(text("UPDATE students SET sealed_profile = '\\x00'"))
    with pytest.raises(SealedDataError, match="right master key"):
        await living.rotation().rotate(SCHOOL_ID)


async def _halfway(living: Living) -> bytes | None:
    """The id of the new key once something was sealed with it and something not."""
    async with living.core.database.bare() as tx:
        key = await tx.session.scalar(text("SELECT key_id FROM vault_keys WHERE state = 'sealing'"))
        if key is None:
            return None
        count = "SELECT count(*) FILTER (WHERE substring(sealed_profile FROM 2 FOR 4) = :k) FROM guardians"
        moved = await tx.session.scalar(text(count), {"k": key})
    return key if moved else None


async def test_a_new_master_key_wraps_the_data_keys_and_the_old_one_is_thrown_away(
    living: Living, clock: FixedClock
) -> None:
    fresh = "bWFzdGVyIGtleSBvZiB0aGUgdGVzdHMsIHRoZSAybmQ="
    await living.rotation().rotate(SCHOOL_ID)
    await living.rotation().rotate(PLATFORM)
    both = build_core(settings(living.url, fresh, living.key), clock)
    async with both.database.bare() as tx:
        assert await both.data_keys.rewrap(tx) > 0
    await both.database.dispose()
    alone = Living(build_core(settings(living.url, fresh), clock), living.url, fresh)
    await alone.find_everybody()
    async with alone.core.database.transaction(SCHOOL_ID) as tx:
        assert (await alone.core.audit.verify(tx)).intact
    await alone.core.database.dispose()
    wrong = build_core(settings(living.url, living.key), clock)
    with pytest.raises(SealedDataError):
        async with wrong.database.transaction(SCHOOL_ID):
            pass
    await wrong.database.dispose()


async def test_a_new_school_gets_a_key_of_its_own(living: Living, clock: FixedClock) -> None:
    async with living.core.database.bare() as tx:
        await living.core.data_keys.first(tx, PLATFORM)
        await living.core.data_keys.first(tx, PLATFORM)
    async with living.core.database.platform():
        held = living.core.keyring.for_school(PLATFORM).held
    assert held.sealing.key_id != living.core.keyring.current.key_id
    clock.advance(timedelta(days=1))


def test_a_wrapped_key_opens_only_for_its_school_and_master() -> None:
    key, master = DataKey.fresh(), MasterKey(b"m" * 32)
    wrapped = key.wrapped(master, SCHOOL_ID)
    assert DataKey.unwrapped(master, SCHOOL_ID, key.key_id, wrapped) == key
    for other, school, id_ in (
        (MasterKey(b"n" * 32), SCHOOL_ID, key.key_id),
        (master, PLATFORM, key.key_id),
        (master, SCHOOL_ID, b"abcd"),
    ):
        with pytest.raises(SealedDataError):
            DataKey.unwrapped(other, school, id_, wrapped)
    assert key.seal.hex() not in repr(key)

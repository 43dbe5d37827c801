"""A code from the school ties a chat account to a guardian, once, and a guesser has to wait."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.conversations.service import Conversations
from core.db.transaction import Database, Tx
from core.guardians.codes import ALPHABET, LONGEST_WAIT, Attempts, LinkCode
from core.guardians.domain import CodeStrength, Level, LinkOutcome, NewGuardian, Relation
from core.guardians.levels import Feature
from core.guardians.service import Guardians
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.ids import ChatAccountId, GuardianId, SchoolId, StudentId
from core.values.phone import Phone
from tests.core.guardians.conftest import AN, BINH
from tests.core.guardians.family import chats_told

MOTHER = "Lê Thị Hoa"
PHONE = Phone.parse("0912345678")


async def _family(
    tx: Tx, students: Students, guardians: Guardians
) -> tuple[GuardianId, StudentId, StudentId]:
    """One mother, two pupils."""
    an, binh = [recorded.student_id for recorded in await students.record_all(tx, (AN, BINH))]
    both = tuple(NewGuardian(one, Relation.MOTHER, MOTHER, PHONE) for one in (an, binh))
    recorded = await guardians.record_all(tx, both)
    return recorded.placed[0].guardian_id, an, binh


async def _account(tx: Tx, conversations: Conversations, chat: str = "chat-1") -> ChatAccountId:
    return (await conversations.meet(tx, "webchat", chat)).id


async def test_a_code_opens_all_children_of_the_guardian_and_their_messages(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    guardian_id, an, binh = await _family(tx, students, guardians)
    account = await _account(tx, conversations)
    assert await guardians.children_of(tx, account) == ()
    assert await chats_told(tx, guardians, an) == ()
    code = await guardians.issue_link_code(tx, guardian_id)
    result = await guardians.link(tx, account, f" {code.shown.lower()} ")
    assert result.outcome is LinkOutcome.LINKED
    assert [child.student_id for child in result.children] == [an, binh]
    assert {child.level for child in result.children} == {Level.CLAIMED}
    assert await chats_told(tx, guardians, binh) == ("chat-1",)
    assert await chats_told(tx, guardians, binh, Feature.FEES) == ()


async def test_a_code_handed_over_after_a_look_at_the_card_verifies(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    guardian_id, *_ = await _family(tx, students, guardians)
    account = await _account(tx, conversations)
    code = await guardians.issue_link_code(tx, guardian_id, CodeStrength.HANDED_OVER)
    result = await guardians.link(tx, account, code.value)
    assert {child.level for child in result.children} == {Level.VERIFIED}
    weaker = await guardians.issue_link_code(tx, guardian_id, CodeStrength.SENT)
    again = await guardians.link(tx, account, weaker.value)
    assert again.outcome is LinkOutcome.ALREADY_LINKED
    assert {child.level for child in again.children} == {Level.VERIFIED}


async def test_a_used_or_expired_code_helps_nobody_else_and_looks_like_a_wrong_one(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians, clock: FixedClock
) -> None:
    guardian_id, *_ = await _family(tx, students, guardians)
    mine, theirs = await _account(tx, conversations), await _account(tx, conversations, "chat-2")
    used = await guardians.issue_link_code(tx, guardian_id)
    await guardians.link(tx, mine, used.value)
    old = await guardians.issue_link_code(tx, guardian_id, valid_for=timedelta(hours=1))
    clock.advance(timedelta(hours=1))
    results = [await guardians.link(tx, theirs, typed) for typed in (used.value, old.value, "ABCD-EFGH", "?")]
    assert len(set(results)) == 1
    assert results[0].outcome is LinkOutcome.WRONG_CODE
    assert (await guardians.link(tx, mine, used.value)).outcome is LinkOutcome.ALREADY_LINKED
    assert await guardians.children_of(tx, theirs) == ()


async def test_after_five_wrong_codes_even_the_right_one_has_to_wait(
    database: Database,
    school_id: SchoolId,
    students: Students,
    conversations: Conversations,
    guardians: Guardians,
    clock: FixedClock,
) -> None:
    async with database.transaction(school_id) as tx:
        guardian_id, *_ = await _family(tx, students, guardians)
        account = await _account(tx, conversations)
        code = await guardians.issue_link_code(tx, guardian_id)
    for _ in range(5):
        async with database.transaction(school_id) as tx:
            await guardians.link(tx, account, "00000000")
    async with database.transaction(school_id) as tx:
        blocked = await guardians.link(tx, account, code.value)
        assert blocked.outcome is LinkOutcome.TOO_MANY_ATTEMPTS
        assert blocked.retry_at
        assert blocked.retry_at == clock.now() + timedelta(minutes=1)
        clock.advance(timedelta(minutes=1))
        assert (await guardians.link(tx, account, code.value)).outcome is LinkOutcome.LINKED


async def test_an_unlinked_account_speaks_for_nobody(
    tx: Tx, students: Students, conversations: Conversations, guardians: Guardians
) -> None:
    guardian_id, *_ = await _family(tx, students, guardians)
    account = await _account(tx, conversations)
    await guardians.link(tx, account, (await guardians.issue_link_code(tx, guardian_id)).value)
    assert await guardians.unlink(tx, account) == 1
    assert await guardians.children_of(tx, account) == ()


async def test_neither_code_nor_phone_nor_name_lies_in_the_clear(
    database: Database, school_id: SchoolId, students: Students, guardians: Guardians
) -> None:
    async with database.transaction(school_id) as tx:
        guardian_id, an, _ = await _family(tx, students, guardians)
        code = await guardians.issue_link_code(tx, guardian_id)
        tables = ("guardians", "guardianships", "guardian_link_codes")
        dump = "".join(
            [
                str((await tx.session.execute(text(f"SELECT {t}::text FROM {t}"))).scalars().all())
                for t in tables
            ]
        )
        seen = await guardians.guardians_of(tx, an)
    for secret in (code.value, PHONE.e164, "912345678", MOTHER):
        assert secret not in dump
        assert secret.encode().hex() not in dump
        assert secret not in repr(seen) + repr(code) + str(code)


@given(st.text(ALPHABET, min_size=8, max_size=8), st.sampled_from(["", " ", "-", ".", "–"]))
def test_a_code_is_read_however_it_is_typed(value: str, between: str) -> None:
    typed = between.join(value).lower().replace("0", "o").replace("1", "l")
    assert LinkCode.parse(typed) == LinkCode(value)


@given(st.integers(0, 10_000))
def test_the_wait_only_grows_and_stays_within_a_day(failures: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    one, two = Attempts(failures).failed(now), Attempts(failures + 1).failed(now)
    assert (one.blocked_until or now) <= (two.blocked_until or now) <= now + LONGEST_WAIT


async def test_a_code_typed_in_two_chats_at_once_links_one(
    database: Database,
    school_id: SchoolId,
    students: Students,
    conversations: Conversations,
    guardians: Guardians,
) -> None:
    async with database.transaction(school_id) as tx:
        guardian_id, *_ = await _family(tx, students, guardians)
        accounts = [await _account(tx, conversations, f"chat-{n}") for n in range(4)]
        code = await guardians.issue_link_code(tx, guardian_id)
    outcomes: list[LinkOutcome] = []

    async def one(account: ChatAccountId) -> None:
        async with database.transaction(school_id) as tx:
            outcomes.append((await guardians.link(tx, account, code.value)).outcome)

    async with asyncio.TaskGroup() as group:
        for account in accounts:
            group.create_task(one(account))
    assert sorted(outcomes) == [LinkOutcome.LINKED] + [LinkOutcome.WRONG_CODE] * 3

"""The sample school."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from core.contracts.citizen_card import parse_qr
from core.conversations.service import Conversations
from core.db.transaction import Database, Tx
from core.exams.service import Exams
from core.fees.service import Fees
from core.guardians.domain import Level, LinkOutcome
from core.guardians.service import Guardians
from core.sample.people import pupils
from core.sample.school import DEMO_LINK_CODE, SCHOOL_ID, SampleSchool, cards
from core.schools.service import Schools
from core.students.service import Students
from core.values.clock import FixedClock
from core.vault.keyring import Keyring

TABLES = (
    "schools classes students guardians guardianships guardian_link_codes exam_sessions exam_candidates "
    "fee_invoices fee_payments fee_allocations fee_changes fee_accounts"
).split()


@pytest.fixture
def guardians(keyring: Keyring, clock: FixedClock) -> Guardians:
    return Guardians(keyring, clock, Students(keyring, clock), Conversations(keyring, clock))


@pytest.fixture
def sample(keyring: Keyring, clock: FixedClock, guardians: Guardians) -> SampleSchool:
    return SampleSchool(
        clock, Schools(clock), guardians.students, guardians, Exams(clock), Fees(keyring, clock)
    )


async def _all(tx: Tx) -> dict[str, list[str]]:
    rows = {}
    for table in TABLES:
        found = await tx.session.execute(text(f"SELECT t::text FROM {table} t ORDER BY 1"))
        rows[table] = list(found.scalars())
    return rows


async def test_loading_twice_changes_nothing_at_all(
    database: Database, sample: SampleSchool, clock: FixedClock
) -> None:
    async with database.transaction(SCHOOL_ID) as tx:
        first = await sample.load(tx)
        before = await _all(tx)
    clock.advance(timedelta(hours=3))
    async with database.transaction(SCHOOL_ID) as tx:
        assert await sample.load(tx) == first
        assert await _all(tx) == before
    assert {table: len(rows) for table, rows in before.items()} | {"guardians": 0, "guardianships": 0} == {
        "schools": 1,
        "classes": 3,
        "students": 90,
        "guardians": 0,
        "guardianships": 0,
        "guardian_link_codes": 1,
        "exam_sessions": 1,
        "exam_candidates": 30,
        "fee_invoices": 180,
        "fee_payments": 60,
        "fee_allocations": 61,
        "fee_changes": 1,
        "fee_accounts": 1,
    }


async def test_the_demo_guardian_sees_two_children_one_of_them_at_the_exam(
    database: Database, sample: SampleSchool, guardians: Guardians, clock: FixedClock
) -> None:
    async with database.transaction(SCHOOL_ID) as tx:
        loaded = await sample.load(tx)
        account = await guardians.conversations.meet(tx, "webchat", "demo")
        result = await guardians.link(tx, account.id, DEMO_LINK_CODE.shown)
        assert result.outcome is LinkOutcome.LINKED
        assert tuple(child.student_id for child in result.children) == loaded.demo_children
        assert {child.level for child in result.children} == {Level.VERIFIED}
        older = result.children[1]
        assert (await sample.exams.admission(tx, loaded.exam.id, older.student_id, clock.now())).admitted
        assert await sample.exams.current_sessions(tx, clock.now()) == (loaded.exam,)
        owed = await sample.fees.outstanding(tx, *loaded.demo_children)
        assert {invoice.title for invoice in owed} == {"Tiền ăn bán trú", "Nước uống"}


async def test_fees_stand_in_every_state(database: Database, sample: SampleSchool) -> None:
    async with database.transaction(SCHOOL_ID) as tx:
        await sample.load(tx)
        everybody = [one.id for one in await sample.students.list_students(tx)]
        states = Counter(invoice.state.value for invoice in await sample.fees.list_invoices(tx, everybody))
        assert states == {"paid": 30, "part": 30, "open": 120}


def test_nobody_shares_a_number_and_every_number_fits_its_pupil_and_is_fictional() -> None:
    everybody = pupils()
    assert len({pupil.citizen_id for pupil in everybody}) == len(everybody) == 90
    assert len({pupil.new.full_name for pupil in everybody}) == 90
    for pupil in everybody:
        number = pupil.citizen_id
        assert number.value.startswith("099")
        assert (number.birth_year, number.sex) == (pupil.new.born_on.year, pupil.new.sex)


def test_every_card_survives_its_own_qr_text() -> None:
    for card in cards():
        assert parse_qr(card.to_qr()) == card

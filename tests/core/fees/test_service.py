"""Invoices, the ledger, and money that arrives."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.db.transaction import Database, Tx
from core.fees.domain import (
    BadInvoiceError,
    CollectingAccount,
    Invoice,
    InvoiceNotFoundError,
    InvoiceState,
    MatchOutcome,
    NewInvoice,
    NoAccountError,
    NothingToAllocateError,
    Outcome,
    Received,
)
from core.fees.reference import Reference, reference_for
from core.fees.service import Fees
from core.students.domain import NewStudent
from core.students.service import Students
from core.values.clock import FixedClock
from core.values.ids import InvoiceId, SchoolId, new_id
from core.values.money import vnd
from core.vault.keyring import Keyring

MONEY = Received("bank.test", "tx-1", vnd(500_000), datetime(2026, 11, 20, 3, tzinfo=UTC))


@pytest.fixture
def fees(keyring: Keyring, clock: FixedClock) -> Fees:
    return Fees(keyring, clock)


@pytest.fixture
def students(keyring: Keyring, clock: FixedClock) -> Students:
    return Students(keyring, clock)


async def _invoice(
    tx: Tx, fees: Fees, students: Students, title: str = "Tiền ăn bán trú tháng 11"
) -> Invoice:
    pupil = await students.record(tx, NewStudent("3A", "Trần Thị An", date(2017, 5, 1), "female"))
    return await fees.issue(tx, NewInvoice(pupil.student_id, title, vnd(500_000), date(2026, 11, 30)))


async def test_a_transfer_that_names_the_code_pays_the_invoice_and_twice_is_once(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        invoice = await _invoice(tx, fees, students)
        money = replace(MONEY, text=f"MBVCB.889.nop tien an {invoice.reference.lower()}.CT tu 0011")
        result = await fees.receive(tx, money)
        assert result.outcome is MatchOutcome.APPLIED
        assert result.allocation
        assert result.allocation.outcome is Outcome.PAID
        assert result.invoice
        assert result.invoice.state is InvoiceState.PAID
        assert await fees.outstanding(tx, invoice.student_id) == ()
        again = await fees.receive(tx, money)
        assert (again.outcome, again.payment) == (MatchOutcome.DUPLICATE, result.payment)
        assert (await fees.get(tx, invoice.id)).paid == 500_000


async def test_part_then_too_much_pays_the_invoice_and_keeps_the_rest_for_staff(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        invoice = await _invoice(tx, fees, students)
        first = await fees.receive(tx, replace(MONEY, amount=vnd(200_000), text=invoice.reference))
        assert first.invoice
        assert (first.invoice.state, first.invoice.outstanding) == (InvoiceState.PART, 300_000)
        second = await fees.receive(
            tx, replace(MONEY, external_id="tx-2", amount=vnd(350_000), text=invoice.reference)
        )
        assert second.allocation
        assert (second.allocation.outcome, second.allocation.left) == (Outcome.OVER, 50_000)
        third = await fees.receive(
            tx, replace(MONEY, external_id="tx-3", amount=vnd(10_000), text=invoice.reference)
        )
        assert third.allocation
        assert (third.allocation.outcome, third.allocation.applied) == (Outcome.OVER, 0)
        left = {payment.received.external_id: payment.left for payment in await fees.list_unmatched(tx)}
        assert left == {"tx-2": 50_000, "tx-3": 10_000}


async def test_none_several_or_unknown_codes_wait_for_staff_who_can_allocate(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        one = await _invoice(tx, fees, students)
        two = await _invoice(tx, fees, students, "Tiền nước uống")
        texts = ("nop tien cho be An", f"{one.reference} {two.reference}")
        results = [
            await fees.receive(tx, replace(MONEY, external_id=f"u-{n}", text=said))
            for n, said in enumerate(texts)
        ]
        assert {result.outcome for result in results} == {MatchOutcome.UNMATCHED}
        done = await fees.allocate(tx, results[0].payment.id, one.id, by="staff:ke-toan")
        assert done.outcome is Outcome.PAID
        with pytest.raises(NothingToAllocateError):
            await fees.allocate(tx, results[0].payment.id, two.id, by="staff:ke-toan")
        with pytest.raises(InvoiceNotFoundError):
            await fees.allocate(tx, results[1].payment.id, InvoiceId(new_id()), by="staff:ke-toan")
    async with database.transaction(SchoolId(new_id())) as tx:
        stranger = await fees.receive(tx, replace(MONEY, text=one.reference))
        assert stranger.outcome is MatchOutcome.UNMATCHED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fee_payments SET amount = 1",
        "DELETE FROM fee_allocations",
        "TRUNCATE fee_payments, fee_allocations, fee_returns",
        "DELETE FROM fee_changes",
        "UPDATE fee_returns SET amount = 1",
    ],
)
async def test_the_ledger_cannot_be_changed(
    database: Database, school_id: SchoolId, fees: Fees, students: Students, statement: str
) -> None:
    async with database.transaction(school_id) as tx:
        invoice = await _invoice(tx, fees, students)
        await fees.receive(tx, replace(MONEY, text=invoice.reference))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.platform() as platform:
            await platform.session.execute(text(statement))


async def test_issuing_with_the_same_id_again_changes_nothing(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        first = await _invoice(tx, fees, students)
        other = NewInvoice(first.student_id, "Khác", vnd(1), first.due_on)
        assert await fees.issue(tx, other, first.id) == first
        assert await fees.find_by_reference(tx, first.reference) == first
        assert await fees.list_invoices(tx, (first.student_id,)) == (first,)


async def test_a_share_whose_code_another_invoice_has_gets_a_code_of_its_own_once(
    database: Database, school_id: SchoolId, fees: Fees, students: Students, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction(school_id) as tx:
        first = await _invoice(tx, fees, students)
        share, id_ = NewInvoice(first.student_id, "Nước", vnd(1), first.due_on), InvoiceId(new_id())

        def taken(school: SchoolId, invoice_id: InvoiceId) -> Reference:
            return first.reference if invoice_id == id_ else reference_for(school, invoice_id)

        monkeypatch.setattr("core.fees.service.reference_for", taken)
        (issued,) = await fees.issue_all(tx, {id_: share})
        assert issued.reference != first.reference
        assert await fees.issue_all(tx, {id_: share}) == (issued,), "asked for again, it is the same"
        assert len(await fees.list_invoices(tx, (first.student_id,))) == 2


async def test_sums_and_debtors_are_those_of_the_single_invoices(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        first = await _invoice(tx, fees, students)
        others = (
            (first.title, vnd(5), first.due_on),
            ("Khác", vnd(9), first.due_on),
            (first.title, vnd(1), first.due_on + timedelta(days=1)),
        )
        paid, part, later = [
            await fees.issue(tx, NewInvoice(first.student_id, title, amount, due_on))
            for title, amount, due_on in others
        ]
        for number, (invoice, amount) in enumerate([(paid, 5), (part, 4), (part, 2), (later, 3)]):
            money = replace(MONEY, external_id=f"s{number}", amount=vnd(amount), text=invoice.reference)
            await fees.receive(tx, money)
        sums = await fees.sums(tx)
        assert [(one.title, one.pupils, one.settled, one.amount, one.paid, one.left) for one in sums] == [
            (first.title, 1, 1, 1, 1, 0),
            (first.title, 2, 1, first.amount + 5, 5, first.amount),
            ("Khác", 1, 0, 9, 6, 3),
        ]
        assert await fees.list_of(tx, first.title, first.due_on) == (
            first,
            await fees.get(tx, paid.id),
        )
        assert await fees.owing(tx) == {first.student_id}
        await fees.receive(tx, replace(MONEY, external_id="a", amount=first.amount, text=first.reference))
        await fees.receive(tx, replace(MONEY, external_id="b", amount=vnd(3), text=part.reference))
        assert await fees.owing(tx) == frozenset()
        assert [one.left for one in await fees.list_unmatched(tx)] == [2]
    async with database.transaction(SchoolId(new_id())) as other:
        assert (await fees.sums(other), await fees.owing(other)) == ((), frozenset())


async def test_a_qr_code_asks_for_what_is_left_and_needs_an_account(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        invoice = await _invoice(tx, fees, students)
        with pytest.raises(NoAccountError):
            await fees.payment_qr(tx, invoice)
        await fees.set_account(tx, CollectingAccount("970416", "257678859", "TRUONG HOA PHUONG"))
        await fees.receive(tx, replace(MONEY, amount=vnd(200_000), text=invoice.reference))
        qr = await fees.payment_qr(tx, await fees.get(tx, invoice.id))
        assert "5406300000" in qr
        assert invoice.reference in qr


async def test_what_the_payer_wrote_is_sealed(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        result = await fees.receive(tx, replace(MONEY, text="TRAN THI AN nop tien"))
        dump = str((await tx.session.execute(text("SELECT p::text FROM fee_payments p"))).scalars().all())
    assert "TRAN THI AN" not in dump + repr(result)
    assert b"TRAN THI AN".hex() not in dump


async def test_money_whose_words_cannot_be_read_still_waits_for_staff(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        await fees.receive(tx, MONEY)
        damaged = (
            "INSERT INTO fee_payments (school_id, id, source, external_id, amount, sealed_text, received_at, recorded_at)"
            " SELECT school_id, gen_random_uuid(), source, 'tx-2', amount, '\\x00', received_at,"
            " recorded_at FROM fee_payments"
        )
        await tx.session.execute(text(damaged))
        waiting = await fees.list_unmatched(tx)
        assert [one.left for one in waiting] == [500_000, 500_000]
        invoice = await _invoice(tx, fees, students)
        (lost,) = (one for one in waiting if one.received.external_id == "tx-2")
        assert (await fees.allocate(tx, lost.id, invoice.id, by="staff:ke-toan")).outcome is Outcome.PAID


def test_an_invoice_without_title_or_amount_is_refused(school_id: SchoolId) -> None:
    for title, amount in (("  ", 1), ("x" * 121, 1), ("Tiền ăn", 0)):
        with pytest.raises(BadInvoiceError):
            NewInvoice(new_id(), title, vnd(amount), date(2026, 11, 30))  # type: ignore[arg-type] - any id will do


async def test_many_transfers_at_once_never_pay_an_invoice_twice(
    database: Database, school_id: SchoolId, fees: Fees, students: Students
) -> None:
    async with database.transaction(school_id) as tx:
        invoice = await _invoice(tx, fees, students)

    async def one(number: int) -> None:
        money = replace(
            MONEY, external_id=f"tx-{number // 2}", amount=vnd(150_000), text=f"nop {invoice.reference}"
        )
        async with database.transaction(school_id) as tx:
            await fees.receive(tx, money)

    async with asyncio.TaskGroup() as group:
        for number in range(10):  # five transfers, each told twice
            group.create_task(one(number))
    async with database.transaction(school_id) as tx:
        assert (await fees.get(tx, invoice.id)).paid == 500_000
        assert sum(payment.left for payment in await fees.list_unmatched(tx)) == 5 * 150_000 - 500_000

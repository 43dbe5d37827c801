"""A fee after it was issued: corrected, taken back, asked for again; who hears of it, and where the money is."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.fees.changes.domain import Change, ChangeKind, Correction, Effect, Reason, StaleChangeError, seen
from core.fees.collecting import Charge
from core.fees.correcting import Correcting
from core.fees.domain import (
    Invoice,
    InvoiceState,
    NothingToAllocateError,
    NothingToReturnError,
    OtherChargeError,
)
from core.notifications.domain import Recipient
from core.preferences.domain import Kind, Mode, Preference
from core.values.ids import StudentId, new_id
from core.values.money import vnd
from tests.core.fees.test_collecting import DUE, Office, core, gate, office, reminders_of

__all__ = ["core", "gate", "office"]
BACK = Change(new_id(), ChangeKind.WITHDRAWN, Reason.NOT_THEIRS)


def change(kind: ChangeKind = ChangeKind.CORRECTED, **correction: Any) -> Change:
    return Change(new_id(), kind, Reason.WRONG_AMOUNT, "nhầm suất ăn", Correction(**correction))


async def changed(
    office: Office, invoice: Invoice, made: Change, looked_at: str | None = None
) -> tuple[Effect, ...]:
    async with office.core.database.transaction(office.gate.school_id) as tx:
        return await Correcting(office.core.collecting).change(tx, [invoice.id], made, "staff:x", looked_at)


async def issued(office: Office, amount: int = 350_000) -> Invoice:
    """A fee for the class, of which its guardian was told in the outbox."""
    charge = Charge(new_id(), "Tiền ăn tháng 11", vnd(amount), DUE)
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (own,) = await office.core.students.list_classes(tx)
        await office.core.collecting.charge(tx, charge, own.id, "staff:x")
        (invoice,) = await office.core.fees.list_invoices(tx, (StudentId(office.gate.student_id),))
    return invoice


async def deliver(office: Office) -> None:
    """Everything in the outbox has arrived."""
    async with office.core.database.platform() as tx:
        await tx.session.execute(text("UPDATE notifications SET status = 'sent' WHERE status = 'queued'"))


async def waiting(office: Office) -> list[tuple[str, int]]:
    """What still goes out, in its order: key and amount or what is over."""
    async with office.core.database.platform() as tx:
        queued = await tx.session.execute(
            text("SELECT dedupe_key FROM notifications WHERE status = 'queued'")
        )
    keys = set(queued.scalars())
    return [(one.key, one.params.get("amount", 0)) for one in await office.told() if one.dedupe_key in keys]


async def pay(office: Office, invoice: Invoice, amount: int) -> None:
    assert await office.transfer(str(invoice.reference), amount) == 200
    await office.handle()


async def left(office: Office) -> list[int]:
    async with office.core.database.transaction(office.gate.school_id) as tx:
        return [one.payment.left for one in await office.core.fees.list_waiting(tx)]


async def test_who_was_told_hears_of_a_correction_once_and_the_code_stays(office: Office) -> None:
    invoice = await issued(office)
    await deliver(office)
    made = change(amount=vnd(300_000), title="Tiền ăn tháng 12", due_on=DUE + timedelta(days=9))
    for _ in range(2):
        await changed(office, invoice, made)
    again = await office.again(invoice)
    assert (again.title, again.amount, again.due_on) == ("Tiền ăn tháng 12", 300_000, DUE + timedelta(days=9))
    assert again.reference == invoice.reference
    (told,) = [one for one in await office.told() if one.key == "fees.changed"]
    assert told.params == {
        "child": "An", "title": "Tiền ăn tháng 12", "old_title": "Tiền ăn tháng 11", "amount": 300_000,
        "total": 300_000, "paid": 0, "over": 0, "due_on": "09/01/2027",
    }  # fmt: skip
    assert (await office.gate.audited()).count("fees.corrected") == 1


@pytest.mark.parametrize("mode", [Mode.NOW, Mode.DIGEST])
async def test_who_was_not_told_yet_hears_only_what_is_right(office: Office, mode: Mode) -> None:
    core, gate = office.core, office.gate
    async with core.database.transaction(gate.school_id) as tx:
        await core.preferences.choose(tx, [Recipient("webchat", "chat-1")], Preference(Kind.FEES, mode))
    invoice = await issued(office)
    await changed(office, invoice, change(amount=vnd(300_000)))
    await changed(office, invoice, change(amount=vnd(320_000)))
    async with core.database.transaction(gate.school_id) as tx:
        await core.preferences.choose(tx, [Recipient("webchat", "chat-1")], Preference(Kind.FEES, Mode.NOW))
    await core.digests.once()
    digest = [one for one in await gate.messages() if one.key == "digest.daily"]
    told = [(one["key"], one["params"]["amount"]) for each in digest for one in each.params["items"]]
    assert (told or await waiting(office)) == [("fees.issued", 320_000)]


async def test_a_fee_taken_back_before_anybody_heard_of_it_is_told_to_nobody(office: Office) -> None:
    invoice = await issued(office)
    await changed(office, invoice, BACK)
    assert await waiting(office) == []
    again = await office.again(invoice)
    assert (again.state, again.outstanding) == (InvoiceState.WITHDRAWN, 0)


async def test_a_message_given_up_does_not_come_back_to_life_with_what_was_wrong(office: Office) -> None:
    invoice = await issued(office)
    async with office.core.database.platform() as tx:
        await tx.session.execute(text("UPDATE notifications SET status = 'parked'"))
    await changed(office, invoice, change(amount=vnd(300_000)))
    async with office.core.database.transaction(office.gate.school_id) as tx:
        assert await office.core.notifications.list_parked(tx) == ()
    assert await waiting(office) == [("fees.issued", 300_000)]


async def test_what_is_being_sent_is_not_tried_again_once_it_is_wrong(office: Office) -> None:
    invoice = await issued(office)
    async with office.core.database.platform() as tx:
        await tx.session.execute(
            text("UPDATE notifications SET status = 'sending', lease_token = gen_random_uuid()")
        )
    await changed(office, invoice, BACK)
    async with office.core.database.platform() as tx:
        late = await tx.session.scalar(text("SELECT expires_at FROM notifications WHERE status = 'sending'"))
    assert late == office.gate.clock.now()
    assert [key for key, _ in await waiting(office)] == ["fees.withdrawn"], "it may have arrived"


async def test_a_paid_fee_that_is_taken_back_leaves_its_money_to_a_person(office: Office) -> None:
    invoice = await issued(office)
    await pay(office, invoice, 200_000)
    await pay(office, invoice, 150_000)
    await deliver(office)
    await changed(office, invoice, BACK)
    assert await left(office) == [150_000, 200_000]
    (told,) = [one for one in await office.told() if one.key == "fees.withdrawn"]
    assert told.params["over"] == 350_000
    async with office.core.database.transaction(office.gate.school_id) as tx:
        assert {one.invoices[0].id for one in await office.core.fees.list_waiting(tx)} == {invoice.id}
        assert await office.core.fees.owing(tx) == frozenset()
        (sums,) = await office.core.fees.sums(tx)
    assert (sums.pupils, sums.amount, sums.paid, sums.withdrawn) == (0, 0, 0, 1)


async def test_less_than_was_paid_leaves_the_rest_to_a_person_and_more_asks_for_it(office: Office) -> None:
    invoice = await issued(office)
    await pay(office, invoice, 350_000)
    await deliver(office)
    await changed(office, invoice, change(amount=vnd(300_000)))
    assert await left(office) == [50_000]
    await changed(office, invoice, change(amount=vnd(400_000)))
    assert await left(office) == [50_000], "nothing is set against it that nobody decided"
    told = [one.params for one in await office.told() if one.key == "fees.changed"]
    assert [(one["total"], one["paid"], one["amount"], one["over"]) for one in told] == [
        (300_000, 300_000, 0, 50_000),
        (400_000, 300_000, 100_000, 0),
    ]


async def test_who_has_paid_is_not_disturbed_by_another_day_or_name(office: Office) -> None:
    invoice = await issued(office)
    await pay(office, invoice, 350_000)
    await deliver(office)
    await changed(office, invoice, change(due_on=DUE + timedelta(days=1), title="Tiền ăn 11"))
    assert await waiting(office) == []


async def test_money_for_a_fee_that_was_taken_back_is_kept_named_and_told(office: Office) -> None:
    invoice = await issued(office)
    await deliver(office)
    await changed(office, invoice, BACK)
    await deliver(office)
    await pay(office, invoice, 350_000)
    assert await waiting(office) == [("fees.late", 350_000)]
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (one,) = await office.core.fees.list_waiting(tx)
        assert (one.payment.left, [each.id for each in one.invoices]) == (350_000, [invoice.id])
        with pytest.raises(NothingToAllocateError):
            await office.core.collecting.allocate(tx, one.payment.id, invoice.id, "staff:x")
    assert (await office.again(invoice)).paid == 0


async def test_a_fee_asked_for_again_stands_as_before_and_takes_its_waiting_money(office: Office) -> None:
    invoice = await issued(office)
    await pay(office, invoice, 100_000)
    await deliver(office)
    await changed(office, invoice, BACK)
    await deliver(office)
    await changed(office, invoice, change(ChangeKind.REINSTATED))
    assert await waiting(office) == [("fees.reinstated", 350_000)]
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (one,) = await office.core.fees.list_waiting(tx)
        await office.core.collecting.allocate(tx, one.payment.id, invoice.id, "staff:x")
    assert (await office.again(invoice)).outstanding == 250_000


async def test_money_given_back_is_noted_once_and_never_more_than_is_left(office: Office) -> None:
    invoice = await issued(office)
    await pay(office, invoice, 350_000)
    await changed(office, invoice, BACK)
    correcting = Correcting(office.core.collecting)
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (one,) = await office.core.fees.list_waiting(tx)
        back = (tx, one.payment.id)
        assert [await correcting.give_back(*back, vnd(150_000), "PC-01", "staff:x") for _ in range(2)] == [
            True,
            False,
        ]
        with pytest.raises(NothingToReturnError):
            await correcting.give_back(*back, vnd(200_001), "PC-02", "staff:x")
        assert await correcting.give_back(*back, vnd(200_000), "PC-02", "staff:x")
        assert await office.core.fees.list_waiting(tx) == ()
    assert (await office.gate.audited()).count("fees.returned") == 2


async def test_nothing_is_changed_that_moved_since_it_was_looked_at(office: Office) -> None:
    invoice = await issued(office)
    looked_at = seen([invoice])
    await pay(office, invoice, 350_000)
    with pytest.raises(StaleChangeError):
        await changed(office, invoice, BACK, looked_at)
    assert (await office.again(invoice)).state is InvoiceState.PAID


async def test_two_who_confirm_at_once_make_one_change(office: Office) -> None:
    invoice = await issued(office)
    await deliver(office)
    looked_at = seen([invoice])
    one, two = change(amount=vnd(300_000)), change(amount=vnd(310_000))
    done: list[tuple[Effect, ...] | None] = []

    async def confirm(each: Change) -> None:
        try:
            done.append(await changed(office, invoice, each, looked_at))
        except StaleChangeError:
            done.append(None)

    async with asyncio.TaskGroup() as group:
        for each in (one, one, two, two):
            group.create_task(confirm(each))
    assert (done.count(None), done.count(())) == (2, 1), (
        "one was made, its double did nothing, the others are late"
    )
    assert (await office.again(invoice)).version == 2
    assert [key for key, _ in await waiting(office)] == ["fees.changed"]


async def test_money_that_comes_while_a_fee_is_taken_back_is_never_lost(office: Office) -> None:
    invoice = await issued(office)
    for number in range(4):
        await office.transfer(str(invoice.reference), 100_000 + number)

    async def all_of_it() -> None:
        for _ in range(4):  # a feed's notices are taken in one after the other
            await office.handle()

    async with asyncio.TaskGroup() as group:
        group.create_task(all_of_it())
        group.create_task(changed(office, invoice, BACK))
    assert (await office.again(invoice)).paid == 0
    assert sum(await left(office)) == 400_006


async def test_when_telling_fails_nothing_was_changed(office: Office) -> None:
    invoice = await issued(office)
    await pay(office, invoice, 350_000)
    await deliver(office)
    async with office.core.database.platform() as tx:
        await tx.session.execute(text("ALTER TABLE notifications ADD CONSTRAINT cut CHECK (false) NOT VALID"))
    with pytest.raises(Exception, match="cut"):
        await changed(office, invoice, BACK)
    assert (await office.again(invoice)).paid == 350_000
    assert await left(office) == []


async def test_a_later_day_is_reminded_of_again_and_what_was_taken_back_never(office: Office) -> None:
    invoice = await issued(office)
    await deliver(office)
    clock = office.gate.clock
    clock.instant = clock.instant.replace(year=2026, month=12, day=29, hour=2)
    reminders = reminders_of(office)
    assert [await reminders.once() for _ in range(2)] == [1, 0]
    await changed(office, invoice, change(due_on=date(2027, 1, 8)))
    assert [key for key, _ in await waiting(office)] == ["fees.changed"], (
        "the reminder of the old day is not sent"
    )
    clock.advance(timedelta(days=7))
    assert [await reminders.once() for _ in range(2)] == [1, 0]
    await changed(office, invoice, BACK)
    assert await waiting(office) == [] or [key for key, _ in await waiting(office)] == ["fees.withdrawn"]
    assert await reminders.once() == 0


async def test_the_old_form_sent_again_brings_nothing_back(office: Office) -> None:
    charge = Charge(new_id(), "Tiền nước", vnd(20_000), DUE)
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (own,) = await office.core.students.list_classes(tx)
        await office.core.collecting.charge(tx, charge, own.id, "staff:x")
        (invoice,) = await office.core.fees.list_invoices(tx, (StudentId(office.gate.student_id),))
    await changed(office, invoice, BACK)
    with pytest.raises(OtherChargeError):
        async with office.core.database.transaction(office.gate.school_id) as tx:
            await office.core.collecting.charge(tx, charge, own.id, "staff:x")
    assert await waiting(office) == []


async def test_what_was_changed_stays_on_record_with_its_sealed_note(office: Office) -> None:
    invoice = await issued(office)
    await changed(office, invoice, change(amount=vnd(300_000)))
    await changed(office, invoice, BACK)
    async with office.core.database.transaction(office.gate.school_id) as tx:
        changes = Correcting(office.core.collecting).changes
        withdrawn, corrected = await changes.history(tx, [invoice.id])
        dump = str((await tx.session.execute(text("SELECT c::text FROM fee_changes c"))).scalars().all())
    assert (corrected.before[1], corrected.after[1], corrected.note) == (350_000, 300_000, "nhầm suất ăn")
    assert (withdrawn.kind, withdrawn.reason, withdrawn.by) == (
        ChangeKind.WITHDRAWN,
        Reason.NOT_THEIRS,
        "staff:x",
    )
    assert "nhầm suất ăn" not in dump + repr(corrected)

"""What changes do to a fee and its money, over every order of issuing, paying and changing that chance finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.fees.changes.domain import Change, ChangeKind, Correction, Reason, effect, effects, seen, taken_off
from core.fees.domain import InvoiceState, allocate
from core.values.ids import new_id
from core.values.money import Vnd, vnd
from tests.core.fees.invoices import invoice

NOW = datetime(2026, 11, 22, tzinfo=UTC)
amounts = st.integers(1, 10**9).map(vnd)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def change(kind: ChangeKind, **correction: Any) -> Change:
    return Change(new_id(), kind, Reason.OTHER_REASON, "x", Correction(**correction))


class Ledger(RuleBasedStateMachine):
    """One fee as chance treats it: no đồng is lost, none is counted twice, nothing stands on what was taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.invoice = invoice()
        self.came: dict[UUID, Vnd] = {}
        self.parts: list[tuple[UUID, Vnd]] = []

    def waits(self, payment_id: UUID) -> Vnd:
        return vnd(self.came[payment_id] - sum(amount for one, amount in self.parts if one == payment_id))

    def set_against(self, payment_id: UUID) -> None:
        """What the service does: never more than is owed."""
        if self.waits(payment_id):
            applied = allocate(self.waits(payment_id), self.invoice).applied
            if applied:
                self.parts.append((payment_id, applied))
                self.invoice = replace(self.invoice, paid=vnd(self.invoice.paid + applied))

    @rule(amount=amounts)
    def money_comes(self, amount: Vnd) -> None:
        payment_id = new_id()
        self.came[payment_id] = amount
        self.set_against(payment_id)

    @rule(which=st.integers(0, 50))
    def a_person_sets_waiting_money_against_it(self, which: int) -> None:
        if self.came:
            self.set_against(list(self.came)[which % len(self.came)])

    @rule(kind=st.sampled_from(ChangeKind), amount=amounts, due_on=days)
    def it_is_changed(self, kind: ChangeKind, amount: Vnd, due_on: date) -> None:
        made = effect(self.invoice, change(kind, amount=amount, due_on=due_on), NOW)
        if made is None:
            return
        off = taken_off(self.parts, made.released)
        assert sum(taken for _, taken in off) == made.released == self.invoice.paid - made.after.paid
        for payment_id, taken in off:
            self.parts.append((payment_id, Vnd(-taken)))
        net = {one: Vnd(sum(amount for each, amount in self.parts if each == one)) for one, _ in self.parts}
        self.parts = [(one, amount) for one, amount in net.items() if amount]
        assert made.after.version == self.invoice.version + 1
        assert made.after.reference == self.invoice.reference
        self.invoice = made.after

    @invariant()
    def every_dong_is_on_the_fee_or_waits_for_a_person(self) -> None:
        assert all(amount > 0 for _, amount in self.parts)
        assert sum(amount for _, amount in self.parts) == self.invoice.paid
        assert self.invoice.paid + sum(map(self.waits, self.came)) == sum(self.came.values())

    @invariant()
    def it_is_never_paid_beyond_what_it_asks(self) -> None:
        assert 0 <= self.invoice.paid <= self.invoice.amount
        if self.invoice.state is InvoiceState.WITHDRAWN:
            assert self.invoice.paid == self.invoice.outstanding == 0


Ledger.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestLedger = Ledger.TestCase


@given(st.lists(st.tuples(st.sampled_from([350_000, 175_000]), st.booleans()), max_size=8), amounts)
def test_a_correction_of_the_fee_leaves_what_was_set_for_one_pupil(
    shares: list[tuple[int, bool]], amount: Vnd
) -> None:
    invoices = [replace(invoice(each), withdrawn_at=NOW if is_gone else None) for each, is_gone in shares]
    made = effects(invoices, change(ChangeKind.CORRECTED, amount=amount, instead_of=vnd(350_000)), NOW)
    assert all(one.before.amount == 350_000 and one.before.withdrawn_at is None for one in made)
    assert {one.after.amount for one in made} <= {amount}


def test_what_is_taken_back_and_asked_for_again_is_the_same_fee() -> None:
    first = invoice()
    gone = effect(first, change(ChangeKind.WITHDRAWN), NOW)
    assert gone
    assert effect(gone.after, change(ChangeKind.WITHDRAWN), NOW) is None
    assert effect(gone.after, change(ChangeKind.CORRECTED, amount=vnd(1)), NOW) is None
    assert effect(first, change(ChangeKind.REINSTATED), NOW) is None
    back = effect(gone.after, change(ChangeKind.REINSTATED), NOW)
    assert back
    assert replace(back.after, version=1) == first


def test_a_correction_that_says_nothing_new_is_none_and_another_day_counts() -> None:
    first = invoice()
    assert effect(first, change(ChangeKind.CORRECTED, amount=first.amount, title=" Tiền ăn "), NOW) is None
    later = effect(first, change(ChangeKind.CORRECTED, due_on=first.due_on + timedelta(days=1)), NOW)
    assert later
    assert (later.after.postponed, later.released) == (1, 0)


def test_the_mark_of_how_shares_stand_differs_as_soon_as_one_does() -> None:
    one, two = invoice(), invoice()
    assert seen([one, two]) == seen([two, one])
    moved = (replace(one, paid=vnd(1)), replace(one, version=2), invoice())
    assert len({seen([one]), seen([one, two]), *(seen([each]) for each in moved)}) == 5

"""Who may still be told when a message's turn comes: rights may end while it waits in the outbox or for a digest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import time, timedelta

import pytest

from core.consents.domain import NewConsent, Purpose
from core.db.transaction import Tx
from core.fees.domain import NewInvoice
from core.fees.notices import issued
from core.guardians.audience.service import Audience, Reached
from core.guardians.domain import CodeStrength
from core.guardians.levels import Feature
from core.guardians.machine import Event
from core.guardians.restrictions.domain import NewRestriction, Person, RestrictionKind
from core.guardians.steps.domain import By
from core.notifications.delivery import DeliveryWorker
from core.notifications.domain import Notification, NotificationStatus, Outgoing, Recipient
from core.notifications.pace import QuietHours
from core.notifications.ports import GiveUp
from core.preferences.domain import Kind, Mode, Preference
from core.values.clock import school_date
from core.values.ids import ChatAccountId, GuardianId, new_id
from core.values.money import vnd
from tests.core.checkins.conftest import Gate
from tests.core.notifications.conftest import Recorder
from tests.support.queues import QUICK, running

CHAT = Recipient("webchat", "chat-1")
NEVER = QuietHours(time(0), time(0))
Change = Callable[[Gate, Tx], Awaitable[object]]


async def _account(gate: Gate, tx: Tx) -> ChatAccountId:
    account = await gate.core.conversations.find_account(tx, CHAT.channel, CHAT.address)
    assert account is not None
    return account.id


async def _unlinked(gate: Gate, tx: Tx) -> None:
    await gate.core.guardians.unlink(tx, await _account(gate, tx))


async def _restricted(gate: Gate, tx: Tx) -> None:
    person = Person("Trần Thu Hà")
    new = NewRestriction(gate.student_id, RestrictionKind.SEE, person, "quyết định của toà án")
    await gate.core.guardians.restrictions.add(tx, new, "staff:x")


async def _revoked(gate: Gate, tx: Tx) -> None:
    (tie,) = await gate.core.guardians.guardians_of(tx, gate.student_id)
    await gate.core.guardians.ledger.move(tx, tie, Event.REVOKED, By("staff:x", "console", "nhập nhầm người"))


async def _consent_taken_back(gate: Gate, tx: Tx) -> None:
    new = NewConsent(gate.student_id, Purpose.ATTENDANCE_MESSAGES, given=False, actor="staff:x")
    await gate.core.consents.record(tx, new)


async def _left_school(gate: Gate, tx: Tx) -> None:
    await gate.core.students.leave(tx, gate.student_id, school_date(gate.clock.now()))


ENDS: tuple[Change, ...] = (_unlinked, _restricted, _revoked, _consent_taken_back, _left_school)


async def deliver(gate: Gate, recorder: Recorder, *channels: str, quiet: QuietHours = NEVER) -> None:
    """Run delivery until nothing is open."""
    core = gate.core
    worker = DeliveryWorker(
        core.database,
        core.database_url,
        core.notifications,
        core.clock,
        dict.fromkeys(channels or (CHAT.channel,), recorder),
        limits=QUICK,
        quiet=quiet,
        still_told=core.who_is_told,
    )
    async with running(worker), asyncio.timeout(20):
        while await _open(gate):  # noqa: ASYNC110 - another task's commit
            await asyncio.sleep(0.02)


async def _open(gate: Gate) -> int:
    async with gate.core.database.transaction(gate.school_id) as tx:
        return (await gate.core.notifications.report(tx)).open


async def change(gate: Gate, how: Change) -> None:
    async with gate.core.database.transaction(gate.school_id) as tx:
        await how(gate, tx)


async def test_an_arrival_is_delivered_to_whom_it_may_be_told(gate: Gate) -> None:
    await gate.send()
    await deliver(gate, recorder := Recorder())
    assert [one.key for one in recorder.sent] == ["checkin.arrived"]


async def test_no_quiet_hour_holds_back_the_word_of_a_child_at_the_gate(gate: Gate) -> None:
    await gate.send()
    await deliver(gate, recorder := Recorder(), quiet=QuietHours(time(0), time(23, 59)))
    assert [one.key for one in recorder.sent] == ["checkin.arrived"]


@pytest.mark.parametrize("ends", ENDS, ids=lambda one: one.__name__)
async def test_a_waiting_arrival_goes_to_nobody_whose_right_has_ended(gate: Gate, ends: Change) -> None:
    await gate.send()
    await change(gate, ends)
    await deliver(gate, recorder := Recorder())
    assert recorder.sent == []
    (message,) = await gate.messages()
    assert (message.status, message.failure) == (NotificationStatus.EXPIRED, "not_theirs")


@pytest.mark.parametrize("ends", ENDS, ids=lambda one: one.__name__)
async def test_a_days_digest_tells_nothing_to_whom_it_may_not_be_told_in_the_evening(
    gate: Gate, ends: Change
) -> None:
    async with gate.core.database.transaction(gate.school_id) as tx:
        await gate.core.preferences.choose(tx, (CHAT,), Preference(Kind.ARRIVALS, Mode.DIGEST, time(18)))
    await gate.send()
    await change(gate, ends)
    gate.clock.advance(timedelta(hours=12))
    await gate.core.digests.once()
    assert await gate.messages() == []


async def test_a_digest_that_is_written_and_then_waits_is_looked_at_again(gate: Gate) -> None:
    async with gate.core.database.transaction(gate.school_id) as tx:
        await gate.core.preferences.choose(tx, (CHAT,), Preference(Kind.ARRIVALS, Mode.DIGEST, time(18)))
    await gate.send()
    gate.clock.advance(timedelta(hours=12))
    assert await gate.core.digests.once() == 1
    await change(gate, _restricted)
    await deliver(gate, recorder := Recorder())
    assert recorder.sent == []


async def test_a_message_is_not_rerouted_to_a_chat_that_was_let_go_meanwhile(gate: Gate) -> None:
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        (tie,) = await core.guardians.guardians_of(tx, gate.student_id)
        other = await core.conversations.meet(tx, "telegram", "5001")
        code = await core.guardians.issue_link_code(tx, tie.guardian.id, CodeStrength.HANDED_OVER)
        await core.guardians.link(tx, other.id, code.shown)
    await gate.send()
    (message,) = await gate.messages()
    assert message.recipient.channel == "telegram"  # and the web chat to fall back on
    await change(gate, _unlinked)

    async def blocked(outgoing: Outgoing) -> None:
        if outgoing.recipient.channel == "telegram":
            raise GiveUp("blocked")

    await deliver(gate, recorder := Recorder(blocked), "telegram", CHAT.channel)
    assert recorder.sent == []


async def test_who_left_one_of_two_chats_still_hears_in_the_other(gate: Gate) -> None:
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        (tie,) = await core.guardians.guardians_of(tx, gate.student_id)
        left = await core.conversations.meet(tx, "telegram", "5001")
        code = await core.guardians.issue_link_code(tx, tie.guardian.id, CodeStrength.HANDED_OVER)
        await core.guardians.link(tx, left.id, code.shown)
    await gate.send()
    async with core.database.transaction(gate.school_id) as tx:
        await core.guardians.unlink(tx, left.id)
    await deliver(gate, recorder := Recorder(), "telegram", CHAT.channel)
    assert [one.recipient.channel for one in recorder.sent] == [CHAT.channel]


async def test_consent_is_for_arrivals_alone_what_is_owed_is_told_all_the_same(gate: Gate) -> None:
    async with gate.core.database.transaction(gate.school_id) as tx:
        new = NewInvoice(gate.student_id, "Tiền ăn", vnd(500_000), school_date(gate.clock.now()))
        invoice = await gate.core.fees.issue(tx, new)
        reached = await Audience(gate.core.guardians).of_student(tx, gate.student_id, Feature.FEES)
        messages = issued(invoice, "An", reached)
        await gate.core.notifications.enqueue(tx, *messages)
        await _consent_taken_back(gate, tx)
    await deliver(gate, recorder := Recorder())
    assert [one.key for one in recorder.sent] == ["fees.issued"]


async def test_money_is_told_to_nobody_who_is_no_longer_the_guardian(gate: Gate) -> None:
    async with gate.core.database.transaction(gate.school_id) as tx:
        new = NewInvoice(gate.student_id, "Tiền ăn", vnd(500_000), school_date(gate.clock.now()))
        invoice = await gate.core.fees.issue(tx, new)
        await gate.core.notifications.enqueue(
            tx, *issued(invoice, "An", [Reached(GuardianId(new_id()), (CHAT,))])
        )
        await _unlinked(gate, tx)
    await deliver(gate, recorder := Recorder())
    assert recorder.sent == []
    found: list[Notification] = await gate.messages()
    assert [one.failure for one in found] == ["not_theirs"]

"""Money on its whole way: a bank's notice over HTTP, the worker, the ledger, the guardian's message."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from core.app import Core, build_core
from core.fees.banks.handling import BankNotices
from core.fees.changes.domain import Change, ChangeKind, Reason
from core.fees.collecting import Charge
from core.fees.correcting import Correcting
from core.fees.domain import Invoice, NewInvoice
from core.fees.worker import FeeReminders
from core.guardians.domain import CodeStrength, NewGuardian, Relation
from core.inbox.worker import InboxWorker
from core.notifications.domain import Notification, Recipient, Urgency
from core.preferences.domain import Kind, Mode, Preference
from core.schools.calendar.domain import NewSpan, SpanKind
from core.settings import CoreSettings
from core.students.domain import NewStudent
from core.values.clock import SCHOOL_TIME, FixedClock
from core.values.ids import SchoolId, StudentId, new_id
from core.values.money import vnd
from core.web.server import serving
from core.web_app import make_web_app
from tests.core.checkins.conftest import Gate, core, gate
from tests.core.fees.banks.test_feeds import SECRET, SEPAY, signed

__all__ = ["core", "gate"]
DUE = date(2026, 12, 31)


@dataclass
class Office:
    """A school whose fees a bank feed pays."""

    gate: Gate
    core: Core
    http: aiohttp.ClientSession

    async def invoice(self, amount: int = 500_000) -> Invoice:
        async with self.core.database.transaction(self.gate.school_id) as tx:
            new = NewInvoice(self.gate.student_id, "Tiền ăn tháng 12", vnd(amount), DUE)
            return await self.core.fees.issue(tx, new)

    async def again(self, invoice: Invoice) -> Invoice:
        async with self.core.database.transaction(self.gate.school_id) as tx:
            return await self.core.fees.get(tx, invoice.id)

    async def notice(self, body: bytes, name: str = "sepay", **headers: str) -> int:
        path = f"/api/v1/payments/{name}/{self.gate.school_id}"
        proof = signed("sepay", body, self.gate.clock.now()) | headers
        async with self.http.post(path, data=body, headers=proof) as answer:
            assert "Traceback" not in await answer.text()
            return answer.status

    async def transfer(self, text: str, amount: int = 500_000, **changes: Any) -> int:
        given = SEPAY | {"content": text, "transferAmount": amount, "id": int(new_id()) % 10**9} | changes
        return await self.notice(json.dumps(given).encode())

    async def handle(self) -> None:
        """What the worker does with everything recorded."""
        notices = BankNotices(self.core.database, self.core.inbox, self.core.collecting, self.core.feeds)
        worker = InboxWorker(
            self.core.database, self.core.database_url, self.core.inbox, self.core.clock, {"bank.sepay": notices}
        )  # fmt: skip
        claimed = (await worker.exchange((), 50)).jobs
        outcomes = [one for one in [await worker.work(job) for job in claimed] if one is not None]
        await worker.exchange(outcomes, 0)

    async def told(self) -> list[Notification]:
        return [one for one in await self.gate.messages() if one.key.startswith("fees.")]


@pytest.fixture
async def office(
    gate: Gate, database_url: str, clock: FixedClock, master_key_text: str, tmp_path: Path
) -> AsyncIterator[Office]:
    settings = CoreSettings(
        data_dir=tmp_path,
        database_url=database_url,
        master_key=master_key_text,
        session_key=master_key_text,
        bank_feeds={"sepay": SecretStr(SECRET)},
    )
    made = build_core(settings, clock)
    async with serving(make_web_app(made)) as url, aiohttp.ClientSession(url) as http:
        yield Office(gate, made, http)
    await made.database.dispose()


def reminders_of(office: Office) -> FeeReminders:
    core = office.core
    return FeeReminders(core.database, core.schools, core.calendars, core.collecting, office.gate.clock)


async def test_a_transfer_with_its_code_pays_and_the_guardian_is_thanked_once(office: Office) -> None:
    invoice = await office.invoice()
    body = json.dumps(SEPAY | {"content": f"ND:{invoice.reference.lower()} me An nop"}).encode()
    assert [await office.notice(body) for _ in range(3)] == [200, 200, 200]
    await office.handle()
    again = json.dumps(json.loads(body) | {"accumulated": 1}).encode()
    assert await office.notice(again) == 200
    await office.handle()
    assert (await office.again(invoice)).outstanding == 0
    (thanks,) = await office.told()
    assert thanks.key == "fees.paid"
    assert thanks.params == {"child": "An", "title": "Tiền ăn tháng 12", "amount": 500_000, "left": 0}
    assert (await office.gate.audited()).count("fees.received") == 1


@pytest.mark.parametrize(
    ("minutes", "urgency"), [(3, Urgency.NEWS), (200, Urgency.NORMAL)], ids=["just now", "told late"]
)
async def test_who_just_paid_is_thanked_at_any_hour_and_what_a_bank_tells_late_waits_for_the_morning(
    office: Office, minutes: int, urgency: Urgency
) -> None:
    invoice = await office.invoice()
    paid = (office.gate.clock.now() - timedelta(minutes=minutes)).astimezone(SCHOOL_TIME)
    await office.transfer(str(invoice.reference), transactionDate=paid.strftime("%Y-%m-%d %H:%M:%S"))
    await office.handle()
    assert [one.urgency for one in await office.told()] == [urgency]


async def test_a_part_is_told_as_a_part_and_what_is_too_much_waits_for_staff(office: Office) -> None:
    invoice = await office.invoice()
    assert await office.transfer(str(invoice.reference), 200_000) == 200
    await office.handle()
    assert await office.transfer(str(invoice.reference), 400_000) == 200
    await office.handle()
    assert [(one.key, one.params["left"]) for one in await office.told()] == [
        ("fees.part", 300_000),
        ("fees.over", 100_000),
    ]
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (waiting,) = await office.core.fees.list_unmatched(tx)
    assert waiting.left == 100_000


async def test_money_without_a_code_is_nobodys_until_a_person_decides(office: Office) -> None:
    invoice = await office.invoice()
    assert await office.transfer("me An nop tien an thang 12") == 200
    await office.handle()
    assert await office.told() == []
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (waiting,) = await office.core.fees.list_unmatched(tx)
        await office.core.collecting.allocate(tx, waiting.id, invoice.id, "staff:x")
    assert (await office.again(invoice)).outstanding == 0
    assert [one.key for one in await office.told()] == ["fees.paid"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{}", {"X-SePay-Signature": "sha256=" + "0" * 64}, 401),
        (b"{}", {"X-SePay-Timestamp": "1"}, 401),
        (b"{", {}, 400),
        (b"[]", {}, 400),
    ],
)
async def test_a_bad_call_is_refused_and_leaves_nothing(
    office: Office, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert await office.notice(body, **headers) == status
    async with office.core.database.transaction(office.gate.school_id) as tx:
        assert await office.core.fees.list_unmatched(tx) == ()
        assert await office.core.inbox.list_parked(tx) == ()


async def test_a_feed_or_school_that_is_not_there_is_not_found(office: Office) -> None:
    assert await office.notice(b"{}", name="casso") == 404
    assert await office.notice(b"{}", name="bank") == 404
    async with office.http.post("/api/v1/payments/sepay/x", data=b"{}") as answer:
        assert answer.status == 404


async def test_a_proven_notice_that_cannot_be_read_is_kept_for_staff(office: Office) -> None:
    assert await office.notice(json.dumps(SEPAY | {"transferAmount": "nhiều"}).encode()) == 200
    await office.handle()
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (parked,) = await office.core.inbox.list_parked(tx)
    assert (parked.source, parked.failure) == ("bank.sepay", "fees.unreadable_notice")


async def test_when_telling_fails_nothing_was_taken_and_the_next_try_does_it_whole(office: Office) -> None:
    invoice = await office.invoice()
    await office.transfer(str(invoice.reference))
    async with office.core.database.platform() as tx:
        await tx.session.execute(text("ALTER TABLE notifications ADD CONSTRAINT cut CHECK (false) NOT VALID"))
    await office.handle()
    assert (await office.again(invoice)).paid == 0
    async with office.core.database.platform() as tx:
        await tx.session.execute(text("ALTER TABLE notifications DROP CONSTRAINT cut"))
    office.gate.clock.advance(timedelta(hours=1))
    await office.handle()
    assert (await office.again(invoice)).outstanding == 0
    assert [one.key for one in await office.told()] == ["fees.paid"]


async def test_a_charge_reaches_every_pupil_of_the_class_once(office: Office) -> None:
    charge = Charge(new_id(), "Tiền nước", vnd(20_000), DUE)
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (own,) = await office.core.students.list_classes(tx)
    for _ in range(2):
        async with office.core.database.transaction(office.gate.school_id) as tx:
            assert await office.core.collecting.charge(tx, charge, own.id, "staff:x") == 1
    async with office.core.database.transaction(office.gate.school_id) as tx:
        (invoice,) = await office.core.fees.list_invoices(tx, (StudentId(office.gate.student_id),))
    assert invoice.outstanding == 20_000
    assert [(one.key, one.params["due_on"]) for one in await office.told()] == [("fees.issued", "31/12/2026")]


async def test_a_fee_for_many_pupils_takes_no_more_statements_than_for_one(office: Office) -> None:
    core, counts = office.core, []
    for pupils in (1, 40):
        async with core.database.transaction(office.gate.school_id) as tx:
            for number in range(pupils):
                new = NewStudent(f"7{pupils}", f"Nguyễn Văn {number}", date(2014, 1, 1), "male")
                student = await core.students.record(tx, new)
                await core.guardians.record_all(
                    tx, [NewGuardian(student.student_id, Relation.MOTHER, "Trần Thị Bé")]
                )
            classes = {one.name: one.id for one in await core.students.list_classes(tx)}
        said: list[str] = []
        engine = core.database.engine.sync_engine
        charge = Charge(new_id(), "Tiền nước", vnd(20_000), date(2026, 11, 24))

        def listen(_conn: Any, _cursor: Any, statement: str, *_rest: Any, said: list[str] = said) -> None:
            said.append(statement)

        event.listen(engine, "before_cursor_execute", listen)
        async with core.database.transaction(office.gate.school_id) as tx:
            assert await core.collecting.charge(tx, charge, classes[f"7{pupils}"], "staff:x") == pupils
        async with core.database.transaction(office.gate.school_id) as tx:
            due = await core.fees.list_of(tx, charge.title, charge.due_on)
            await Correcting(core.collecting).change(
                tx, [one.id for one in due], Change(new_id(), ChangeKind.WITHDRAWN, Reason.RELIEF), "staff:x"
            )
        event.remove(engine, "before_cursor_execute", listen)
        counts.append(len(said))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("day", "told"),
    [(date(2027, 1, 29), 0), (date(2027, 2, 2), 1), (date(2027, 2, 5), 0), (date(2027, 2, 14), 0)],
    ids=["a week before", "on the last day of lessons", "in the holidays", "on the Sunday after"],
)
async def test_what_falls_due_in_the_holidays_is_told_before_them_and_nothing_in_them(
    office: Office, day: date, told: int
) -> None:
    core, gate = office.core, office.gate
    async with core.database.transaction(gate.school_id) as tx:
        tet = NewSpan(SpanKind.OFF, "Tết Đinh Mùi", date(2027, 2, 3), date(2027, 2, 13))
        await core.calendars.add(tx, tet, "staff:x")
        await core.fees.issue(tx, NewInvoice(gate.student_id, "Tiền ăn", vnd(1), date(2027, 2, 15)))
    gate.clock.instant = gate.clock.instant.replace(year=day.year, month=day.month, day=day.day, hour=2)
    assert await reminders_of(office).once() == told


async def test_a_guardian_is_reminded_once_three_days_before_by_daylight(office: Office) -> None:
    invoice = await office.invoice()
    await office.invoice(1)
    clock = office.gate.clock
    reminders = reminders_of(office)
    assert await reminders.once() == 0
    clock.instant = clock.instant.replace(year=2026, month=12, day=28, hour=20)  # 03:00 of the 29th at school
    assert await reminders.once() == 0
    clock.advance(timedelta(hours=6))
    await office.transfer(str(invoice.reference))
    await office.handle()
    for due in (1, 0, 0):
        assert await reminders.once() == due, "what was told is not even looked at again"
        clock.advance(timedelta(hours=1))
    assert [one.key for one in await office.told()] == ["fees.paid", "fees.due_soon"]


async def test_a_guardian_who_is_linked_later_is_reminded_and_the_first_not_again(office: Office) -> None:
    core, gate = office.core, office.gate
    await office.invoice()
    gate.clock.instant = gate.clock.instant.replace(year=2026, month=12, day=29, hour=2)
    reminders = reminders_of(office)
    assert await reminders.once() == 1
    async with core.database.transaction(gate.school_id) as tx:
        father = NewGuardian(StudentId(gate.student_id), Relation.FATHER, "Nguyễn Văn Bình")
        (placed,) = (await core.guardians.record_all(tx, [father])).placed
        account = await core.conversations.meet(tx, "webchat", "chat-2")
        link = await core.guardians.issue_link_code(tx, placed.guardian_id, CodeStrength.HANDED_OVER)
        await core.guardians.link(tx, account.id, link.shown)
    assert [await reminders.once() for _ in range(2)] == [1, 0]
    assert [one.recipient.address for one in await office.told()] == ["chat-1", "chat-2"]


async def test_who_was_reminded_in_a_digest_and_then_wants_it_at_once_is_not_reminded_again(
    office: Office,
) -> None:
    core, gate = office.core, office.gate
    await office.invoice()
    gate.clock.instant = gate.clock.instant.replace(year=2026, month=12, day=29, hour=2)
    reminders = reminders_of(office)
    me = [Recipient("webchat", "chat-1")]
    looks = []
    for mode in (Mode.DIGEST, Mode.NOW):
        async with core.database.transaction(gate.school_id) as tx:
            await core.preferences.choose(tx, me, Preference(Kind.FEES, mode))
        looks += [await reminders.once() for _ in range(2)]
    assert looks == [1, 0, 0, 0]
    assert await office.told() == [], "it waits for the digest, and is told there"


async def test_whoever_is_not_sure_enough_hears_nothing_of_money(office: Office, school_id: SchoolId) -> None:
    async with office.core.database.transaction(school_id) as tx:
        account = await office.core.conversations.meet(tx, "webchat", "chat-1")
        await office.core.guardians.unlink(tx, account.id)
    invoice = await office.invoice()
    await office.transfer(str(invoice.reference))
    await office.handle()
    assert (await office.again(invoice)).outstanding == 0
    assert await office.told() == []

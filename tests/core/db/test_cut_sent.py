"""What kiosks, banks, guardians and staff send is done once, wherever the way to the database is cut and however often
it is sent again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from core.answers.previews.domain import PreviewAnswer
from core.checkins.absence.worker import AbsenceWatch
from core.consents.domain import NewConsent, Purpose
from core.contracts.citizen_id import CitizenId
from core.contracts.commands import Restart
from core.fees.banks.feeds import Feeds
from core.fees.banks.handling import BankNotices
from core.fees.changes.domain import Change, ChangeKind, Reason
from core.fees.collecting import Charge
from core.fees.correcting import Correcting
from core.fees.worker import FeeReminders
from core.guardians.cases.domain import CaseDecidedError
from core.guardians.domain import CodeStrength, NewGuardian, Relation
from core.guardians.evidence import ChildIdentity, Evidence, Identity, Means
from core.guardians.tickets.service import Purpose as Ticket
from core.inbox.domain import Incoming
from core.inbox.worker import InboxWorker
from core.notifications.domain import Recipient
from core.values.ids import new_id
from core.values.money import vnd
from tests.core.checkins.conftest import CITIZEN, Gate, core, gate
from tests.core.db.test_cut import Ends, Work, numbers
from tests.core.enrolments.test_enrolments import enrolment
from tests.core.fees.banks.test_feeds import SEPAY
from tests.core.web.support import capturing_logs
from tests.support.cutting import cut_everywhere

__all__ = ["core", "gate"]
EVERY_MESSAGE = "SELECT count(*) FROM notifications"
Path = Callable[[Gate], Awaitable[tuple[Work, Ends]]]


def audited(action: str) -> str:
    return f"SELECT count(*) FROM audit_entries WHERE action = '{action}'"


def once(gate: Gate, *statements: str) -> Ends:
    """Each of these counts one."""

    async def ends() -> None:
        assert await numbers(gate, *statements) == [1] * len(statements)

    return ends


def told(key: str) -> str:
    return f"SELECT count(*) FROM notifications WHERE key = '{key}'"


def posts(gate: Gate, path: str, body: dict[str, Any]) -> Work:
    async def work() -> None:
        answer = await gate.kiosk.post(path, body)
        assert answer.status == 200, answer.body

    return work


async def check_in(gate: Gate) -> tuple[Work, Ends]:
    work = posts(gate, "/api/v1/check-ins", gate.report())
    return work, once(gate, "SELECT count(*) FROM check_ins", told("checkin.arrived"))


async def face(gate: Gate) -> tuple[Work, Ends]:
    async with gate.core.database.transaction(gate.school_id) as tx:
        agreed = NewConsent(gate.student_id, Purpose.FACE_ENROLMENT, True, "staff:x")
        await gate.core.consents.record(tx, agreed)
    work = posts(gate, "/api/v1/faces", enrolment())
    return work, once(gate, "SELECT count(*) FROM enrolled_faces", audited("enrolments.enrolled"))


async def visit(gate: Gate) -> tuple[Work, Ends]:
    async with gate.core.database.transaction(gate.school_id) as tx:
        account = await gate.core.conversations.meet(tx, "webchat", "phone")
        code = await gate.core.guardians.tickets.issue(tx, account.id, Ticket.KIOSK)
    report = {
        "report_id": str(new_id()),
        "citizen_id": "099184000001",
        "full_name": "TRẦN THU HÀ",
        "born_on": "1984-05-06",
        "code": code,
        "chip": "integrity_ok_issuer_unknown",
        "face": "match",
        "face_score": 0.66,
        "liveness_passed": True,
        "observed_at": gate.clock.now().isoformat(),
    }
    cases = "SELECT count(*) FROM guardian_cases"
    return posts(gate, "/api/v1/guardian-reports", report), once(gate, cases, told("verify.for_staff"))


async def order(gate: Gate) -> tuple[Work, Ends]:
    async with gate.core.database.transaction(gate.school_id) as tx:
        (kiosk,) = await gate.core.devices.list_devices(tx)
        desk = Recipient("webchat", "desk")
        made = await gate.core.gate.order(tx, kiosk.id, Restart(), actor="staff:x", reply_to=desk)
        await gate.core.commands.pending(tx, kiosk.id)
    work = posts(gate, f"/api/v1/devices/commands/{made.id}/result", {"outcome": "done"})
    return work, once(gate, "SELECT count(*) FROM device_commands WHERE outcome = 'done'", EVERY_MESSAGE)


async def charge(gate: Gate) -> tuple[Work, Ends]:
    office, new = gate.core.collecting, Charge(new_id(), "Tiền ăn", vnd(350_000), date(2026, 11, 30))

    async def work() -> None:
        async with gate.core.database.transaction(gate.school_id) as tx:
            (own,) = await gate.core.students.list_classes(tx)
            await office.charge(tx, new, own.id, "staff:x")

    return work, once(gate, "SELECT count(*) FROM fee_invoices", told("fees.issued"))


async def paid(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    await (await charge(gate))[0]()
    async with core.database.transaction(gate.school_id) as tx:
        (invoice,) = await core.fees.list_invoices(tx, (gate.student_id,))
    feeds = Feeds({"sepay": SecretStr("x")})
    handler = BankNotices(core.database, core.inbox, core.collecting, feeds)
    worker = InboxWorker(core.database, core.database_url, core.inbox, core.clock, {"bank.sepay": handler})
    payload = SEPAY | {"content": str(invoice.reference), "transferAmount": 350_000}

    async def work() -> None:
        async with core.database.transaction(gate.school_id) as tx:
            await core.inbox.record(tx, Incoming("bank.sepay", "notice", "sepay", payload))
        jobs = (await worker.exchange((), 10)).jobs
        outcomes = [one for one in [await worker.work(job) for job in jobs] if one is not None]
        await worker.exchange(outcomes, 0)
        gate.clock.advance(timedelta(hours=1))

    return work, once(
        gate, "SELECT count(*) FROM fee_allocations", told("fees.paid"), audited("fees.received")
    )


async def withdrawn(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    await (await charge(gate))[0]()
    change = Change(new_id(), ChangeKind.WITHDRAWN, Reason.RELIEF)

    async def work() -> None:
        async with core.database.transaction(gate.school_id) as tx:
            (invoice,) = await core.fees.list_invoices(tx, (gate.student_id,))
            await Correcting(core.collecting).change(tx, [invoice.id], change, "staff:x")

    return work, once(gate, "SELECT count(*) FROM fee_changes", audited("fees.withdrawn"))


async def reminder(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    await (await charge(gate))[0]()
    gate.clock.instant = gate.clock.instant.replace(year=2026, month=11, day=27, hour=2)
    work = FeeReminders(core.database, core.schools, core.calendars, core.collecting, gate.clock).once
    return work, once(gate, told("fees.due_soon"))


async def absence(gate: Gate) -> tuple[Work, Ends]:
    gate.clock.instant = gate.clock.instant.replace(year=2026, month=11, day=23, hour=1)
    async with gate.core.database.transaction(gate.school_id) as tx:
        await gate.core.calendars.set_absent_after(tx, time(7, 45), "staff:x")
    work = AbsenceWatch(gate.core.database, gate.core.absences).once
    return work, once(gate, "SELECT count(*) FROM absence_rounds", audited("checkins.absence_looked"))


async def link(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        father = NewGuardian(gate.student_id, Relation.FATHER, "Nguyễn Văn Bình")
        (placed,) = (await core.guardians.record_all(tx, [father])).placed
        code = await core.guardians.issue_link_code(tx, placed.guardian_id, CodeStrength.HANDED_OVER)
        account = await core.conversations.meet(tx, "webchat", "chat-2")

    async def work() -> None:
        async with core.database.transaction(gate.school_id) as tx:
            result = await core.guardians.link(tx, account.id, code.shown)
        assert len(result.children) == 1, "a repetition is no wrong guess"

    used = "SELECT count(*) FROM guardian_link_codes WHERE used_at IS NOT NULL AND guardian_id = '{}'"
    tied = f"SELECT count(*) FROM guardian_accounts WHERE chat_account_id = '{account.id}'"
    return work, once(gate, used.format(placed.guardian_id), tied)


async def review(gate: Gate) -> tuple[Work, Ends]:
    core = gate.core
    async with core.database.transaction(gate.school_id) as tx:
        account = await core.conversations.meet(tx, "webchat", "chat-2")
        child = ChildIdentity("Nguyễn Minh An", date(2015, 3, 2), CitizenId(CITIZEN))
        claim = Evidence(Means.TYPED, account.id, Identity(None, "TRẦN THU HÀ", None), child)
        await core.guardians.apply_evidence(tx, claim)
        (case,) = await core.guardians.cases.list_open(tx)
        (tie,) = await core.guardians.guardians_of(tx, gate.student_id)

    async def work() -> None:
        async with core.database.transaction(gate.school_id) as tx:
            try:
                await core.guardians.cases.approve(tx, case.id, tie.id, "staff:x", "đã xem thẻ")
            except CaseDecidedError:
                return

    tied = f"SELECT count(*) FROM guardian_accounts WHERE chat_account_id = '{account.id}'"
    return work, once(gate, tied, audited("guardians.case_approved"))


async def preview(gate: Gate) -> tuple[Work, Ends]:
    previews = gate.core.answers.previews
    async with gate.core.database.transaction(gate.school_id) as tx:
        asked = await previews.ask(tx, "Mấy giờ vào học?")
    tries = iter(range(1000))

    async def work() -> None:
        async with gate.core.database.transaction(gate.school_id) as tx:
            for one in await previews.list_waiting(tx):
                await previews.answer(tx, one.id, PreviewAnswer("answer", f"{next(tries)}"))

    async def ends() -> None:
        async with gate.core.database.transaction(gate.school_id) as tx:
            answered = (await previews.get(tx, asked)).answer
            await previews.answer(tx, asked, PreviewAnswer("answer", "một câu khác"))
            assert answered is not None
            assert (await previews.get(tx, asked)).answer == answered, "the first answer stays"

    return work, ends


PATHS: tuple[Path, ...] = (
    check_in, face, visit, order, charge, paid, withdrawn, reminder, absence, link, review, preview,
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda one: one.__name__)
async def test_what_is_sent_is_done_once_wherever_the_way_is_cut(gate: Gate, path: Path) -> None:
    work, ends = await path(gate)
    stride = 7 if path is paid else 1  # an event is given up after eight tries
    with capturing_logs() as logs:
        assert await cut_everywhere(gate.core.database.engine, work, stride) >= 3
    assert CITIZEN not in logs.text
    await ends()

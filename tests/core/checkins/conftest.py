"""A school with one pupil, a guardian in the web chat, an enrolled kiosk and a running core."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from core.app import Core, build_core
from core.checkins.domain import SchoolDay
from core.consents.domain import NewConsent, Purpose
from core.contracts.citizen_id import CitizenId
from core.guardians.domain import CodeStrength, NewGuardian, Relation
from core.notifications.domain import Notification, Recipient
from core.settings import CoreSettings
from core.students.domain import NewStudent
from core.values.clock import FixedClock
from core.values.ids import SchoolId, StudentId, new_id
from core.web.server import serving
from core.web_app import make_web_app
from tests.core.devices.support import TestKiosk

CITIZEN = "001315012345"
STRANGER = "001315099999"


@dataclass
class Gate:
    """Everything that a test at the gate needs."""

    core: Core
    clock: FixedClock
    school_id: SchoolId
    student_id: StudentId
    kiosk: TestKiosk
    http: aiohttp.ClientSession
    url: str

    def report(self, **changes: Any) -> dict[str, Any]:
        return {
            "report_id": str(new_id()),
            "mode": "attendance",
            "citizen_id": CITIZEN,
            "identified_by": "chip",
            "chip": "integrity_ok_issuer_unknown",
            "face": "match",
            "face_score": 0.71,
            "liveness_passed": True,
            "observed_at": self.clock.now().isoformat(),
            "provisional": False,
        } | changes

    async def send(self, **changes: Any) -> Any:
        answer = await self.kiosk.post("/api/v1/check-ins", self.report(**changes))
        assert answer.status == 200, answer.body
        return answer.body

    async def messages(self) -> list[Notification]:
        async with self.core.database.transaction(self.school_id) as tx:
            return list(reversed(await self.core.notifications.list_recent(tx)))

    async def ways(self) -> dict[Recipient, tuple[Recipient, ...]]:
        """To whom the messages in the outbox go, and on whom they fall back."""
        keys = self.core.keyring.for_school(self.school_id)
        async with self.core.database.transaction(self.school_id) as tx:
            rows = await tx.session.execute(text("SELECT channel, content FROM notifications"))
            opened = [(row.channel, self.core.notifications.opened(keys, row.content)) for row in rows]
        return {Recipient(channel, one.address): one.fallbacks for channel, one in opened}

    async def day(self) -> SchoolDay:
        async with self.core.database.transaction(self.school_id) as tx:
            return await self.core.check_ins.day(tx)

    async def audited(self) -> list[str]:
        async with self.core.database.transaction(self.school_id) as tx:
            return [one.action for one in reversed(await self.core.audit.list_recent(tx))]


@pytest.fixture
async def core(
    database_url: str, clock: FixedClock, master_key_text: str, tmp_path: Path
) -> AsyncIterator[Core]:
    settings = CoreSettings(
        data_dir=tmp_path,
        database_url=database_url,
        master_key=master_key_text,
        session_key=master_key_text,
        max_body_bytes=1_000_000,
    )
    made = build_core(settings, clock)
    yield made
    await made.database.dispose()


@pytest.fixture
async def gate(core: Core, clock: FixedClock, school_id: SchoolId) -> AsyncIterator[Gate]:
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "THCS Hoa Sen")
        new = NewStudent("6A", "Nguyễn Minh An", date(2015, 3, 2), "male", CitizenId(CITIZEN))
        student = await core.students.record(tx, new)
        parent = NewGuardian(student.student_id, Relation.MOTHER, "Trần Thu Hà")
        placed = await core.guardians.record_all(tx, [parent])
        account = await core.conversations.meet(tx, "webchat", "chat-1")
        guardian_id = placed.placed[0].guardian_id
        link = await core.guardians.issue_link_code(tx, guardian_id, CodeStrength.HANDED_OVER)
        await core.guardians.link(tx, account.id, link.shown)
        # Signed on paper for the family: who is linked here is told of arrivals.
        agreed = NewConsent(student.student_id, Purpose.ATTENDANCE_MESSAGES, True, "staff:x")
        await core.consents.record(tx, agreed)
        code = (await core.devices.issue_enrolment_code(tx, "Cổng chính")).code.shown
    async with serving(make_web_app(core)) as url, aiohttp.ClientSession(url) as http:
        kiosk = TestKiosk(http, clock)
        assert (await kiosk.enrol(code)).status == 201
        yield Gate(core, clock, school_id, student.student_id, kiosk, http, url)

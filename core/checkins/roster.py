"""Makes the roster that a kiosk keeps for hours without network: `GET /roster`."""

from __future__ import annotations

import base64
import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.contracts.roster import Roster, RosterExam, RosterPupil, fingerprint
from core.db.transaction import Database, Tx
from core.devices.routes import DEVICE, SIGNATURE, SIGNATURE_ERRORS, SignatureCheck
from core.devices.service import Devices
from core.enrolments.service import Enrolments
from core.exams.service import Exams
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import ExamSessionId, StudentId
from core.web.openapi import Call, NoBody, Operation

VALID_FOR = timedelta(hours=20)
"""Long enough for a day without network from the evening before; a kiosk that is stolen knows little the day after."""
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Rosters:
    """Who is on the roll, who sits which exam soon, whose face may be compared (danh sách ngoại tuyến)."""

    clock: Clock
    students: Students
    exams: Exams
    enrolments: Enrolments

    async def make(self, tx: Tx) -> Roster:
        """The school's roster as of now."""
        now = self.clock.now()
        salt = base64.b64encode(secrets.token_bytes(_SALT_BYTES)).decode()
        today = school_date(now)
        pupils = [
            one for one in await self.students.list_students(tx) if one.left_on is None or one.left_on > today
        ]
        numbers = await self.students.citizen_ids(tx, {one.id for one in pupils})
        sits, sessions = await self._exams(tx)
        faces = await self.enrolments.usable(tx)
        return Roster(
            issued_at=now,
            valid_until=now + VALID_FOR,
            salt=salt,
            pupils=tuple(
                RosterPupil(
                    student_id=one.id,
                    key=fingerprint(salt, numbers[one.id].value) if one.id in numbers else None,
                    given_name=one.given_name,
                    exams=tuple(sits[one.id]),
                    faces=max(faces[one.id], key=lambda f: f.enrolled_at).templates
                    if one.id in faces
                    else None,
                )
                for one in pupils
            ),
            exams=sessions,
        )

    async def _exams(
        self, tx: Tx
    ) -> tuple[defaultdict[StudentId, list[ExamSessionId]], tuple[RosterExam, ...]]:
        """Who sits which exam, and the doors, of today and tomorrow."""
        today = school_date(self.clock.now())
        sits: defaultdict[StudentId, list[ExamSessionId]] = defaultdict(list)
        doors = []
        for day in (today, today + timedelta(days=1)):
            for session in await self.exams.list_sessions(tx, day):
                for candidate in await self.exams.list_candidates(tx, session.id):
                    sits[candidate.student_id].append(session.id)
                plan = session.plan
                doors.append(
                    RosterExam(session_id=session.id, opens_at=plan.opens_at, closes_at=plan.closes_at)
                )
        return sits, tuple(doors)


@dataclass(frozen=True, slots=True)
class RosterRoutes:
    """The operation that a kiosk asks for its roster with."""

    database: Database
    devices: Devices
    rosters: Rosters

    def operations(self) -> tuple[Operation[Any], ...]:
        """For the API registry."""
        return (
            Operation(
                "GET",
                "/roster",
                "Who a kiosk may know while it has no network; to be kept sealed, and forgotten at `valid_until`.",
                self._roster,
                Roster,
                tag="check-ins",
                errors=SIGNATURE_ERRORS,
                security=SIGNATURE.name,
                before_body=SignatureCheck(self.database, self.devices),
            ),
        )

    async def _roster(self, call: Call[NoBody]) -> Roster:
        device = call.request[DEVICE]
        async with self.database.transaction(device.school_id) as tx:
            return await self.rosters.make(tx)

"""Everything that is kept about a pupil, for one of the own guardians: put together when the link is opened.

Other guardians appear by relation and name, without phone: nobody gets another's number from here (Law 91/2025,
article 7), nor what another asked the school and was answered. Pictures are never kept, so there are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.checkins.absence.leaves import Leaves
from core.checkins.day import Days
from core.consents.service import Consents
from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.enrolments.service import Enrolments
from core.errors import CoreError
from core.fees.changes.service import Changes
from core.fees.service import Fees
from core.guardians.audience.service import Audience
from core.guardians.levels import LEVEL_FOR, Feature
from core.guardians.service import Guardians
from core.rights.domain import ExportGoneError
from core.rights.service import DataRights
from core.schools.service import Schools
from core.students.service import Students
from core.values.clock import SCHOOL_TIME, Clock
from core.values.ids import ChatAccountId, InvoiceId, StudentId
from core.vault.keyring import SealedDataError

_MOST_SAID = 500


@dataclass(frozen=True, slots=True)
class Exports:
    """Puts the data together (bản sao dữ liệu)."""

    clock: Clock
    schools: Schools
    students: Students
    guardians: Guardians
    conversations: Conversations
    check_ins: Days
    leaves: Leaves
    fees: Fees
    consents: Consents
    enrolments: Enrolments
    rights: DataRights

    async def of(self, tx: Tx, student_id: StudentId, account_id: ChatAccountId) -> dict[str, Any]:
        """The data as JSON values.

        Raises:
            ExportGoneError: when the chat no longer speaks for the pupil so surely as own data needs.
            SealedDataError: when the pupil's row cannot be read.
        """
        us = await self.guardians.guardians_behind(tx, account_id, student_id)
        children = await self.guardians.children_of(tx, account_id, LEVEL_FOR[Feature.OWN_DATA])
        if student_id not in {one.student_id for one in children}:
            raise ExportGoneError
        own = await Audience(self.guardians).accounts_beside(tx, account_id)
        school, student = await self.schools.get(tx), await self.students.get(tx, student_id)
        if student.born_on is None:
            raise SealedDataError("a copy of what cannot be read would not be whole")
        numbers = await self.students.citizen_ids(tx, (student_id,))
        invoices = await self.fees.list_invoices(tx, (student_id,))
        return {
            "made_at": _moment(self.clock.now()),
            "school": school.name,
            "pupil": {
                "full_name": student.full_name,
                "class": student.class_name,
                "born_on": student.born_on.strftime("%d/%m/%Y"),
                "sex": student.sex,
                "citizen_number": numbers[student_id].value if student_id in numbers else None,
            },
            "guardians": [
                {
                    "relation": tie.relation.value,
                    "full_name": tie.guardian.full_name,
                    "state": tie.state.value,
                    "phone": tie.guardian.phone.e164
                    if tie.guardian.phone and tie.guardian.id in us
                    else None,
                }
                for tie in await self.guardians.guardians_of(tx, student_id)
            ],
            "consents": [
                {
                    "purpose": one.purpose.value,
                    "version": one.version,
                    "given": one.given,
                    "at": _moment(one.at),
                }
                for one in await self.consents.history(tx, student_id)
            ],
            "check_ins": [
                {
                    "at": _moment(one.observed_at),
                    "mode": one.mode.value,
                    "decision": one.decision.value,
                    "punctuality": one.punctuality.value,
                    "identified_by": one.identified_by.value,
                }
                for one in await self.check_ins.of_pupil(tx, student_id)
            ],
            "leave_notes": [
                {
                    "said_on": one.said_on.strftime("%d/%m/%Y"),
                    "first_on": one.first_on.strftime("%d/%m/%Y") if one.first_on else "",
                    "last_on": one.last_on.strftime("%d/%m/%Y") if one.last_on else "",
                }
                for one in await self.leaves.of_pupil(tx, student_id)
            ],
            "fees": [
                {
                    "title": one.title,
                    "amount": int(one.amount),
                    "paid": int(one.paid),
                    "due_on": one.due_on.strftime("%d/%m/%Y"),
                    "withdrawn_at": _moment(one.withdrawn_at) if one.withdrawn_at else "",
                }
                for one in invoices
            ],
            "fee_changes": await self._fee_changes(tx, [one.id for one in invoices]),
            "face": await self._faces(tx, student_id),
            "requests": [
                {
                    "number": one.number,
                    "kind": one.kind.value,
                    "status": one.status.value,
                    "opened_at": _moment(one.opened_at),
                    "answer": one.answer,
                }
                for one in await self.rights.list_about(tx, student_id)
                if one.account_id in own
            ],
            "conversation": [
                {"role": one.role, "text": one.text}
                for one in await self.conversations.list_said(tx, account_id, _MOST_SAID)
            ],
        }

    async def _fee_changes(self, tx: Tx, ids: Sequence[InvoiceId]) -> list[dict[str, Any]]:
        """What was changed of fees and why; not the office's own note, which another guardian may have confided."""
        return [
            {
                "at": _moment(one.at),
                "change": one.kind.value,
                "title": one.after[0],
                "amount_before": int(one.before[1]),
                "amount": int(one.after[1]),
                "due_on": one.after[2].strftime("%d/%m/%Y"),
                "reason": one.reason.value,
            }
            for one in await Changes(self.fees).history(tx, ids)
        ]

    async def _faces(self, tx: Tx, student_id: StudentId) -> list[dict[str, str]]:
        """When a face was enrolled; the template itself is of no use to a person."""
        try:
            faces = await self.enrolments.of(tx, student_id)
        except CoreError:
            return []
        return [{"enrolled_at": _moment(one.enrolled_at)} for one in faces]


def _moment(at: Any) -> str:
    return str(at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m/%Y"))

"""Who may do what at a school: one table of role, right and reach. Pure, and the only place that says so.

Every route of the console names the right that it needs; staff commands in chat ask the same table. Tests
walk every route with every role, so nothing beyond this table passes, and see that each right is asked for
somewhere. `docs/security.md` shows the table, generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member of staff is at school (vai trò)."""

    HEAD = "head"
    HOMEROOM = "homeroom"
    ACCOUNTANT = "accountant"
    GATE = "gate"
    TECHNICIAN = "technician"


class Right(StrEnum):
    """A resource and what may be done with it (quyền)."""

    OWN_ACCOUNT = "own_account.manage"
    SEE_DAY = "school_day.see"
    DECIDE_CHECK_INS = "check_ins.decide"
    SEE_PUPILS = "pupils.see"
    IMPORT_STUDENTS = "pupils.import"
    SEE_GUARDIANS = "guardians.see"
    VERIFY_GUARDIANS = "guardians.verify"
    SEE_CONSENTS = "consents.see"
    RECORD_CONSENTS = "consents.record"
    HANDLE_REQUESTS = "data_requests.handle"
    ANSWER_GUARDIANS = "conversations.answer"
    SEND_BROADCASTS = "broadcasts.send"
    APPROVE_BROADCASTS = "broadcasts.approve"
    WRITE_ANSWERS = "answers.write"
    APPROVE_ANSWERS = "answers.approve"
    MANAGE_API_KEYS = "api_keys.manage"
    SEE_FEES = "fees.see"
    MANAGE_FEES = "fees.manage"
    SEE_EXAMS = "exams.see"
    MANAGE_EXAMS = "exams.manage"
    MANAGE_DEVICES = "devices.manage"
    SEE_DELIVERIES = "deliveries.see"
    MANAGE_CALENDAR = "calendar.manage"
    MANAGE_STAFF = "staff.manage"
    SEE_REPORTS = "reports.see"
    SEE_AUDIT = "audit.see"
    SEE_HEALTH = "health.see"

    @property
    def resource(self) -> str:
        """What it is about."""
        return self.value.partition(".")[0]

    @property
    def action(self) -> str:
        """What may be done with it."""
        return self.value.partition(".")[2]


class Reach(IntEnum):
    """Over which pupils a right goes (phạm vi)."""

    NONE = 0
    CLASS = 1
    """The one class of a homeroom teacher; nobody without one."""
    SCHOOL = 2


_ALL = dict.fromkeys(Right, Reach.SCHOOL)
_OWN = {Right.OWN_ACCOUNT: Reach.SCHOOL}
TABLE: Mapping[Role, Mapping[Right, Reach]] = MappingProxyType(
    {
        Role.HEAD: _ALL,
        Role.HOMEROOM: _OWN
        | dict.fromkeys(
            (
                Right.SEE_DAY,
                Right.DECIDE_CHECK_INS,
                Right.SEE_PUPILS,
                Right.SEE_GUARDIANS,
                Right.VERIFY_GUARDIANS,
                Right.SEE_CONSENTS,
                Right.RECORD_CONSENTS,
                Right.ANSWER_GUARDIANS,
                Right.SEND_BROADCASTS,
            ),
            Reach.CLASS,
        ),
        Role.ACCOUNTANT: _OWN
        | dict.fromkeys(
            (
                Right.SEE_PUPILS,
                Right.IMPORT_STUDENTS,
                Right.SEE_GUARDIANS,
                Right.SEE_FEES,
                Right.MANAGE_FEES,
                Right.SEE_EXAMS,
                Right.MANAGE_EXAMS,
                Right.SEE_DELIVERIES,
                Right.ANSWER_GUARDIANS,
                Right.WRITE_ANSWERS,
                Right.MANAGE_CALENDAR,
                Right.SEE_REPORTS,
            ),
            Reach.SCHOOL,
        ),
        Role.GATE: _OWN
        | dict.fromkeys((Right.SEE_DAY, Right.DECIDE_CHECK_INS, Right.SEE_EXAMS), Reach.SCHOOL),
        Role.TECHNICIAN: _OWN
        | dict.fromkeys(
            (Right.SEE_HEALTH, Right.MANAGE_DEVICES, Right.SEE_DELIVERIES, Right.MANAGE_API_KEYS),
            Reach.SCHOOL,
        ),
    }
)


def reach(role: Role, right: Right) -> Reach:
    """How far a right of this role goes; what is not in the table is refused.

    >>> reach(Role.HOMEROOM, Right.SEE_PUPILS).name, reach(Role.GATE, Right.SEE_FEES).name
    ('CLASS', 'NONE')
    """
    return TABLE[role].get(right, Reach.NONE)

"""A staff account, what it may do, and how long a session lives. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import ConflictError, CoreError, ForbiddenError, NotFoundError, UnauthenticatedError
from core.values.ids import SchoolId, StaffId

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
SEEN_STEP = timedelta(minutes=1)
FREE_FAILURES = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)
LEAST_PASSWORD, MOST_PASSWORD = 10, 128
MOST_NAME = 80

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}", re.ASCII)


class StaffNotFoundError(NotFoundError):
    """No staff account of this school has this id."""

    code = "staff.not_found"


class UsernameTakenError(ConflictError):
    """Another account has this username."""

    code = "staff.username_taken"


class BadStaffError(CoreError):
    """A username, a name or a password will not do; `field` says which."""

    code = "staff.bad_field"
    http_status = 422


class SignInRefusedError(UnauthenticatedError):
    """Wrong username or password, or a closed account: one answer for all."""

    code = "staff.sign_in_refused"


class SignInLockedError(CoreError):
    """Too many wrong passwords; `retry_after` is in seconds."""

    code = "staff.sign_in_locked"
    http_status = 429
    retryable = True


class NotAllowedError(ForbiddenError):
    """This role may not do that."""

    code = "staff.not_allowed"


class Role(StrEnum):
    """What a member of staff is at school (vai trò)."""

    ADMIN = "admin"
    OFFICE = "office"
    TEACHER = "teacher"


class Right(StrEnum):
    """Something that not everybody may do (quyền)."""

    DECIDE_CHECK_INS = "decide_check_ins"
    IMPORT_STUDENTS = "import_students"
    MANAGE_DEVICES = "manage_devices"
    SEE_DELIVERIES = "see_deliveries"


_RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.OFFICE: frozenset({Right.DECIDE_CHECK_INS, Right.IMPORT_STUDENTS, Right.SEE_DELIVERIES}),
    Role.TEACHER: frozenset({Right.DECIDE_CHECK_INS}),
}


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff who may sign in (nhân viên)."""

    id: StaffId
    school_id: SchoolId
    username: str = field(repr=False)
    display_name: str = field(repr=False)
    role: Role

    @property
    def actor(self) -> str:
        """How the audit trail names this person."""
        return f"staff:{self.id}"

    def may(self, right: Right) -> bool:
        """Whether this person has the right."""
        return right in _RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Stop who has not.

        Raises:
            NotAllowedError: when the role lacks the right.
        """
        if not self.may(right):
            raise NotAllowedError


@dataclass(frozen=True, slots=True)
class NewStaff:
    """An account to open (tài khoản mới)."""

    username: str = field(repr=False)
    display_name: str = field(repr=False)
    role: Role
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _USERNAME.fullmatch(self.username):
            raise BadStaffError(field="username")
        if not 0 < len(self.display_name.strip()) <= MOST_NAME:
            raise BadStaffError(field="display_name")
        if not LEAST_PASSWORD <= len(self.password) <= MOST_PASSWORD:
            raise BadStaffError(field="password", least=LEAST_PASSWORD)


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in needs to know (tài khoản)."""

    staff: Staff
    password_hash: str = field(repr=False)
    failures: int = 0
    locked_until: datetime | None = None

    def lock_left(self, now: datetime) -> int:
        """Seconds until another try is allowed; 0 when it is."""
        if self.locked_until is None or self.locked_until <= now:
            return 0
        return max(1, round((self.locked_until - now).total_seconds()))


def tidy_username(text: str) -> str:
    """A username as it is stored.

    >>> tidy_username(" Co.Hoa ")
    'co.hoa'
    """
    return text.strip().lower()[:40]


def lock_after(failures: int, now: datetime) -> datetime | None:
    """Until when an account is locked after so many wrong passwords in a row.

    >>> lock_after(4, datetime(2026, 1, 1)), lock_after(6, datetime(2026, 1, 1))
    (None, datetime.datetime(2026, 1, 1, 0, 2))
    """
    if failures < FREE_FAILURES:
        return None
    doublings: int = min(failures - FREE_FAILURES, 10)
    return now + min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)

"""A staff account, what it may do, and how long a session lives. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.contracts.citizen_id import CitizenId
from core.errors import ConflictError, CoreError, ForbiddenError, NotFoundError, UnauthenticatedError
from core.staff.authority import Reach, Right, Role, reach
from core.values.ids import ClassId, SchoolId, StaffId

__all__ = ["Reach", "Right", "Role"]

SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
SEEN_STEP = timedelta(minutes=1)
CODE_LIFE = timedelta(minutes=5)
"""How long the page that asks for the six digits waits."""
LEAST_PASSWORD, MOST_PASSWORD = 10, 128
MOST_NAME = 80

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}", re.ASCII)


class StaffNotFoundError(NotFoundError):
    """No staff account of this school has this id."""

    code = "staff.not_found"


class UsernameTakenError(ConflictError):
    """Another account has this username or citizen number."""

    code = "staff.username_taken"


class BadStaffError(CoreError):
    """A username, a name or a password will not do; `field` says which."""

    code = "staff.bad_field"
    http_status = 422


class LastHeadError(ConflictError):
    """Without this person nobody could manage the staff any more."""

    code = "staff.last_head"


class WrongCodeError(CoreError):
    """A six-digit code or recovery code is wrong, used or too old: one answer for all."""

    code = "staff.wrong_code"
    http_status = 422


class SignInRefusedError(UnauthenticatedError):
    """Wrong username or password, or a closed account: one answer for all."""

    code = "staff.sign_in_refused"


class SignInLockedError(CoreError):
    """Too many wrong passwords or codes, of one account or from one address; `retry_after` is in seconds."""

    code = "staff.sign_in_locked"
    http_status = 429
    retryable = True


class NotAllowedError(ForbiddenError):
    """This role may not do that."""

    code = "staff.not_allowed"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff who may sign in (nhân viên)."""

    id: StaffId
    school_id: SchoolId
    username: str = field(repr=False)
    display_name: str = field(repr=False)
    role: Role
    class_id: ClassId | None = None

    @property
    def actor(self) -> str:
        """How the audit trail names this person."""
        return f"staff:{self.id}"

    def may(self, right: Right) -> bool:
        """Whether this person has the right, over some pupils at least."""
        return self.reach(right) > Reach.NONE

    def reach(self, right: Right) -> Reach:
        """Over which pupils this person has the right."""
        return reach(self.role, right)

    def may_for(self, right: Right, class_id: ClassId | None) -> bool:
        """Whether the right goes over the pupils of this class; None is somebody of no class."""
        how_far = self.reach(right)
        own = class_id is not None and class_id == self.class_id
        return how_far is Reach.SCHOOL or (how_far is Reach.CLASS and own)

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
    class_id: ClassId | None = None
    citizen_id: CitizenId | None = field(repr=False, default=None)
    must_change: bool = False

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
    two_step: bool = False
    must_change: bool = False
    closed: bool = False
    has_citizen_id: bool = False


class Stage(StrEnum):
    """How far somebody has come in signing in (bước đăng nhập)."""

    OPEN = "open"
    CODE = "code"
    """The password was right; the six-digit code is still to come."""


class Method(StrEnum):
    """By what somebody signed in (cách đăng nhập)."""

    PASSWORD = "password"  # noqa: S105 - a name, not a secret
    TWO_STEP = "two_step"
    VNEID = "vneid"


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser (phiên đăng nhập)."""

    id: UUID
    account: Account
    stage: Stage
    method: Method
    agent: str
    created_at: datetime
    seen_at: datetime

    @property
    def staff(self) -> Staff:
        """Who it is."""
        return self.account.staff


@dataclass(frozen=True, slots=True)
class Limit:
    """How wrong tries slow down the next ones (giới hạn lần thử)."""

    free: int
    first_lock: timedelta
    longest_lock: timedelta
    forget_after: timedelta

    def lock_after(self, failures: int, now: datetime) -> datetime | None:
        """Until when tries are refused after so many failures.

        >>> BY_ACCOUNT.lock_after(4, datetime(2026, 1, 1)), BY_ACCOUNT.lock_after(6, datetime(2026, 1, 1))
        (None, datetime.datetime(2026, 1, 1, 0, 2))
        """
        if failures < self.free:
            return None
        doublings: int = min(failures - self.free, 10)
        return now + min(self.first_lock * (1 << doublings), self.longest_lock)


BY_ACCOUNT = Limit(5, timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))
"""Counts for usernames that do not exist, too, so that a lock says nothing."""
BY_ADDRESS = Limit(30, timedelta(minutes=5), timedelta(hours=1), timedelta(hours=1))
"""Looser: a whole staff room signs in from one address."""


def tidy_username(text: str) -> str:
    """A username as it is stored.

    >>> tidy_username(" Co.Hoa ")
    'co.hoa'
    """
    return text.strip().lower()[:40]

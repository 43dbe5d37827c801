"""What the rooms share: the services, who is signed in, and rendering; `door` lets people in."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from aiohttp import web
from jinja2 import Environment

from core.answers.service import Answers
from core.audit.service import Audit
from core.broadcasts.service import Broadcasts
from core.checkins.absence.leaves import Leaves
from core.checkins.gate import GateDesk
from core.checkins.service import CheckIns
from core.consents.service import Consents
from core.console.templating import make_environment
from core.conversations.desk.service import HandoverDesk
from core.db.transaction import Database
from core.devices.service import Devices
from core.exams.importer import ExamLists
from core.exams.service import Exams
from core.fees.banks.feeds import Feeds
from core.fees.collecting import Collecting
from core.fees.service import Fees
from core.guardians.roll_import import RollImport
from core.guardians.service import Guardians
from core.health.service import Health
from core.inbox.service import Inbox
from core.notifications.service import Notifications
from core.preferences.service import Preferences
from core.rights.export import Exports
from core.rights.service import DataRights
from core.schools.calendar.service import Calendars
from core.schools.service import Schools
from core.signon.provider import Provider
from core.signon.service import SignOns
from core.staff.attempts import SignInAttempts
from core.staff.domain import Right, Session, Staff, Stage
from core.staff.second_step import SecondStep
from core.staff.service import StaffAccounts
from core.staff.sessions import StaffSessions
from core.students.service import Students
from core.values.clock import Clock
from core.values.ids import ClassId
from core.web.caller import address_of

COOKIE = "congtruong_staff"
SIGN_IN = "/console/sign-in"
HOME = "/console/"
ACCOUNT = "/console/account"


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a room needs."""

    database: Database
    clock: Clock
    session_secret: bytes = field(repr=False)
    staff: StaffAccounts
    schools: Schools
    calendars: Calendars
    leaves: Leaves
    students: Students
    roll_import: RollImport
    check_ins: CheckIns
    devices: Devices
    notifications: Notifications
    answers: Answers
    gate: GateDesk
    guardians: Guardians
    handovers: HandoverDesk
    broadcasts: Broadcasts
    preferences: Preferences
    consents: Consents
    rights: DataRights
    exports: Exports
    fees: Fees
    collecting: Collecting
    inbox: Inbox
    exams: Exams
    exam_lists: ExamLists
    audit: Audit
    health: Health
    feeds: Feeds = field(default_factory=Feeds)
    public_url: str = ""
    secure_cookies: bool = False
    provider: Provider | None = None
    require_two_step: bool = False
    behind_proxy: bool = False
    templates: Environment = field(default_factory=make_environment)

    @property
    def sessions(self) -> StaffSessions:
        """Who is signed in."""
        return StaffSessions(self.staff)

    @property
    def second_step(self) -> SecondStep:
        """Six-digit codes of staff."""
        return SecondStep(self.staff.keyring, self.clock, self.staff.audit)

    @property
    def sign_ons(self) -> SignOns:
        """Attempts to sign on with VNeID."""
        return SignOns(self.staff.keyring, self.clock)

    @property
    def attempts(self) -> SignInAttempts:
        """Wrong tries to sign in."""
        return SignInAttempts(self.staff.keyring, self.clock)

    async def session(self, request: web.Request) -> Session | None:
        """The session behind a request, at whichever stage."""
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        async with self.database.platform() as tx:
            return await self.sessions.find(tx, token)

    async def who(self, request: web.Request) -> Staff | None:
        """The member of staff behind a request, if any."""
        session = await self.session(request)
        return session.staff if session and session.stage is Stage.OPEN else None

    def caller(self, request: web.Request) -> str:
        """The address of whoever asks; behind a proxy of ours, the one that the proxy saw."""
        return address_of(request, behind_proxy=self.behind_proxy)

    def csrf_of(self, token: str) -> str:
        """The token that forms of this session carry; derived, so nothing more is stored."""
        return hmac.new(self.session_secret, b"csrf\x00" + token.encode(), "sha256").hexdigest()

    def page(self, template: str, status: int = 200, **context: Any) -> web.Response:
        """Render a page."""
        text = self.templates.get_template(template).render(context)
        response = web.Response(text=text, status=status, content_type="text/html")
        response.enable_compression()  # a tenth of the bytes on a slow line; the cookie is SameSite, no other site asks
        return response


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in member of staff."""

    desk: Desk
    request: web.Request
    session: Session
    right: Right
    csrf: str = field(repr=False)
    form: dict[str, Any] = field(repr=False, default_factory=dict)

    @property
    def staff(self) -> Staff:
        """Who it is."""
        return self.session.staff

    def covers(self, class_id: ClassId | None) -> bool:
        """Whether the right that opened this room goes over the pupils of a class."""
        return self.staff.may_for(self.right, class_id)

    def page(self, template: str, status: int = 200, **context: Any) -> web.Response:
        """Render a page with what every room shows."""
        shared = {"staff": self.staff, "csrf": self.csrf, "path": self.request.path}
        return self.desk.page(template, status, **(shared | context))

    def text(self, name: str) -> str:
        """A text field of the form; empty when it is not there."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def id(self, name: str) -> UUID | None:
        """An id in the address; None when it is no id."""
        try:
            return UUID(self.request.match_info[name])
        except ValueError:
            return None

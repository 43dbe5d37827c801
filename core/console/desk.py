"""What the rooms share: the services, who is signed in, forms that prove they are ours, and rendering."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from core.checkins.service import CheckIns
from core.console import roll_texts, texts
from core.db.transaction import Database
from core.devices.service import Devices
from core.errors import ForbiddenError, UnauthenticatedError
from core.guardians.roll_import import RollImport
from core.notifications.service import Notifications
from core.schools.service import Schools
from core.staff.domain import Right, Staff
from core.staff.service import StaffAccounts
from core.students.service import Students
from core.values.clock import SCHOOL_TIME, Clock

COOKIE = "congtruong_staff"
SIGN_IN = "/console/sign-in"


class StaleFormError(ForbiddenError):
    """A form did not come from a page of ours, or from one of an earlier session."""

    code = "console.stale_form"


def make_environment() -> Environment:
    """The templates, with the words for codes and times in school time."""
    environment = Environment(
        loader=PackageLoader("core.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"texts": texts, "rolls": roll_texts, "Right": Right}
    environment.filters["clock"] = lambda at: at.astimezone(SCHOOL_TIME).strftime("%H:%M")
    environment.filters["moment"] = lambda at: at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m/%Y")
    environment.filters["day"] = lambda on: on.strftime("%d/%m/%Y")
    return environment


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a room needs."""

    database: Database
    clock: Clock
    session_secret: bytes = field(repr=False)
    staff: StaffAccounts
    schools: Schools
    students: Students
    roll_import: RollImport
    check_ins: CheckIns
    devices: Devices
    notifications: Notifications
    secure_cookies: bool = False
    templates: Environment = field(default_factory=make_environment)

    async def who(self, request: web.Request) -> Staff | None:
        """The member of staff behind a request, if any."""
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        async with self.database.platform() as tx:
            return await self.staff.staff_of(tx, token)

    def csrf_of(self, token: str) -> str:
        """The token that forms of this session carry; derived, so nothing more is stored."""
        return hmac.new(self.session_secret, b"csrf\x00" + token.encode(), "sha256").hexdigest()

    def page(self, template: str, status: int = 200, **context: Any) -> web.Response:
        """Render a page."""
        text = self.templates.get_template(template).render(context)
        return web.Response(text=text, status=status, content_type="text/html")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in member of staff."""

    desk: Desk
    request: web.Request
    staff: Staff
    csrf: str = field(repr=False)
    form: dict[str, Any] = field(repr=False, default_factory=dict)

    def page(self, template: str, status: int = 200, **context: Any) -> web.Response:
        """Render a page with what every room shows."""
        shared = {"staff": self.staff, "csrf": self.csrf, "path": self.request.path}
        return self.desk.page(template, status, **(shared | context))

    def text(self, name: str) -> str:
        """A text field of the form; empty when it is not there."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""


Room = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Door:
    """Lets signed-in staff with the right into a room; a form must carry the session's token."""

    desk: Desk
    room: Room
    right: Right | None = None

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Check, then enter.

        Raises:
            UnauthenticatedError, NotAllowedError, StaleFormError: why not.
        """
        staff = await self.desk.who(request)
        if staff is None:
            if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
                raise web.HTTPSeeOther(SIGN_IN)
            raise UnauthenticatedError
        if self.right is not None:
            staff.require(self.right)
        csrf = self.desk.csrf_of(request.cookies[COOKIE])
        form: dict[str, Any] = {}
        if request.method != "GET":
            form = await read_form(request)
            if not hmac.compare_digest(str(form.get("csrf", "")).encode(), csrf.encode()):
                raise StaleFormError
        return await self.room(Visit(self.desk, request, staff, csrf, form))


async def read_form(request: web.Request) -> dict[str, Any]:
    """The fields of a posted form.

    Raises:
        StaleFormError: when a browser says that it comes from another site.
        HTTPBadRequest: when it is malformed.
    """
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        raise StaleFormError
    try:
        return dict(await request.post())
    except (ValueError, LookupError) as error:
        raise web.HTTPBadRequest from error

"""Every registered route, with every role and with nobody, on the own class, another class and another school.

The list of routes is the application's own: a new route that no right guards fails here until it is named among
the open ones, with the reason why it may be.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web
from selectolax.lexbor import LexborHTMLParser

from core.app import Core
from core.console import rooms
from core.console.desk import COOKIE
from core.console.door import Door
from core.contracts.citizen_id import CitizenId
from core.staff.authority import TABLE, Reach, reach
from core.staff.domain import Account, NewStaff, Right, Role
from core.staff.sessions import StaffSessions
from core.students.domain import NewStudent
from core.values.ids import ClassId, SchoolId, new_id
from core.web.openapi import Operation
from core.web.server import serving
from core.web_app import make_web_app
from tests.bot.chat_table import STAFF
from tests.core.checkins.conftest import Gate

OPEN = {
    "/": "sends on to sign-in or the first room",
    "/console": "sends on to sign-in or the first room",
    "/console/sign-in": "the door itself",
    "/console/sign-in/code": "the door's second step; needs the session of the first",
    "/console/sign-in/vneid": "the door, by VNeID",
    "/console/static": "style and script",
    "/signon/callback": "back from the provider; needs state and browser cookie of an attempt",
    "/signon/{token}": "a one-time link from the chat",
    "/signon/{token}/go": "a one-time link from the chat",
    "/my-data/{token}": "a one-time link from the chat, good for a day",
    "/my-data/{token}/du-lieu.json": "a one-time link from the chat, good for a day",
    "/my-data/{token}/du-lieu.pdf": "a one-time link from the chat, good for a day",
    "/api/v1/payments/{feed}/{school_id}": "a bank feed; the signature on the body proves it",
    "/healthz": "for the operator's monitoring",
    "/readyz": "for the operator's monitoring",
    "/metrics": "for the operator's monitoring; no personal data",
    "/api/v1": "the document",
    "/api/v1/": "the document",
    "/api/v1/api.css": "the document",
    "/api/v1/openapi.json": "the document",
}
UNSIGNED_OPERATIONS = {"/devices/enrol": "a kiosk's first request; takes a one-time code"}
FOREIGN_PUPIL, OTHER_SCHOOLS_PUPIL = "Bạch Thị Ngoài Lớp", "Cát Văn Trường Khác"


@dataclass(frozen=True)
class Place:
    """Ids for the parameters of addresses, in one place that a person may or may not reach."""

    ids: dict[str, UUID]

    def fill(self, path: str) -> str:
        for name, id_ in self.ids.items():
            path = path.replace(f"{{{name}}}", str(id_))
        while "{" in path:
            start, end = path.index("{"), path.index("}")
            path = path[:start] + str(new_id()) + path[end + 1 :]
        return path


@dataclass
class World:
    """Two schools; the first has two classes, one of everybody, and things to reach for."""

    gate: Gate
    url: str
    http: aiohttp.ClientSession
    staff: dict[Role, Account]
    own: Place
    foreign_class: Place
    foreign_school: Place
    tokens: dict[Role, str] = field(default_factory=dict)

    @property
    def core(self) -> Core:
        return self.gate.core

    async def ask(self, role: Role | None, method: str, path: str) -> tuple[int, str]:
        """Status and text; with a fresh session after routes that may end it."""
        headers, form = {"Accept": "application/json"}, {}
        if role is not None:
            token = await self._token(role)
            if method == "POST" and path.startswith(
                ("/console/account", "/console/sign-out", "/console/staff")
            ):
                self.tokens.clear()
            headers["Cookie"] = f"{COOKIE}={token}"
            form["csrf"] = csrf_of(self.core, token)
        data = form if method == "POST" else None
        async with self.http.request(
            method, self.url + path, headers=headers, data=data, allow_redirects=False
        ) as answer:
            streams = answer.content_type == "text/event-stream"
            return answer.status, "" if streams else await answer.text()

    async def _token(self, role: Role) -> str:
        if role not in self.tokens:
            async with self.core.database.transaction(self.gate.school_id) as tx:
                self.tokens[role] = await StaffSessions(self.core.staff).open(tx, self.staff[role].staff)
        return self.tokens[role]


def csrf_of(core: Core, token: str) -> str:
    import hmac

    return hmac.new(core.settings.session_secret(), b"csrf\x00" + token.encode(), "sha256").hexdigest()


def routes_of(core: Core) -> list[tuple[str, str, object]]:
    """Method, address and handler of everything registered."""
    found = []
    for route in make_web_app(core).router.routes():
        path = route.resource.canonical if route.resource else ""
        if route.method != "HEAD":
            found.append((route.method, path, route.handler))
    return found


def door_of(handler: object) -> Door | None:
    owner = getattr(handler, "__self__", None)
    return owner if isinstance(owner, Door) else None


def operation_of(handler: object) -> Operation | None:  # type: ignore[type-arg]
    owner = getattr(handler, "__self__", None)
    return owner if isinstance(owner, Operation) else None


async def one_school(core: Core, school_id: SchoolId, class_name: str, pupil: str, number: str) -> Place:
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "Trường mẫu")
        new = NewStudent(class_name, pupil, date(2015, 3, 1), "female", CitizenId(number))
        recorded = await core.students.record(tx, new)
        classes = {one.name: one.id for one in await core.students.list_classes(tx)}
        staff_id = await core.staff.add(
            tx, NewStaff(f"spare.{class_name.lower()}.{number[-3:]}", "Người Thừa", Role.GATE, "x" * 12), "no"
        )
    return Place({"class_id": classes[class_name], "student_id": recorded.student_id, "staff_id": staff_id})


@pytest.fixture
async def world(gate: Gate) -> AsyncIterator[World]:
    core, school_id = gate.core, gate.school_id
    async with core.database.transaction(school_id) as tx:
        (own_class,) = await core.students.list_classes(tx)
    await gate.send(face="mismatch")
    day = await gate.day()
    own = Place(
        {"class_id": own_class.id, "student_id": gate.student_id, "check_in_id": day.needs_staff[0].id}
    )
    foreign = await one_school(core, school_id, "9Z", FOREIGN_PUPIL, "001315012399")
    await gate.send(citizen_id="001315012399", face="mismatch")
    theirs = next(one for one in (await gate.day()).needs_staff if one.id != own.ids["check_in_id"])
    foreign.ids["check_in_id"] = theirs.id
    elsewhere = await one_school(core, SchoolId(new_id()), "5C", OTHER_SCHOOLS_PUPIL, "001315012377")
    staff = {}
    async with core.database.transaction(school_id) as tx:
        for role in Role:
            class_id = ClassId(own_class.id) if role is Role.HOMEROOM else None
            new = NewStaff(f"one.{role}", "Người Thử", role, "x" * 12, class_id)
            staff[role] = await core.staff.get(tx, await core.staff.add(tx, new, "no"))
    async with serving(make_web_app(core)) as url, aiohttp.ClientSession() as http:
        yield World(gate, url, http, staff, own, foreign, elsewhere)


def test_every_route_is_guarded_by_a_right_or_a_signature_or_named_as_open(core: Core) -> None:
    bare = []
    for method, path, handler in routes_of(core):
        operation = operation_of(handler)
        guarded = door_of(handler) is not None or (
            operation is not None and (operation.security or operation.path in UNSIGNED_OPERATIONS)
        )
        if not guarded and path not in OPEN:
            bare.append(f"{method} {path}")
    assert bare == []
    assert set(OPEN) <= {path for _, path, _ in routes_of(core)}


@pytest.mark.timeout(600)
async def test_nobody_passes_beyond_the_table(world: World) -> None:
    """(route × role × own class, other class, other school): what the table refuses, the server refuses."""
    wrong, asked = [], 0
    for method, path, handler in routes_of(world.core):
        door = door_of(handler)
        if door is None:
            continue
        for role in (None, *Role):
            # Who lacks the right is refused before any id is looked at, so one place is enough there.
            denied = role is None or not reach(role, door.right)
            everywhere = (world.foreign_school, world.foreign_class, world.own)
            for place in everywhere[2:] if denied or "{" not in path else everywhere:
                status, text = await world.ask(role, method, place.fill(path))
                asked += 1
                allowed = expected(role, door.right, path, place, world)
                hidden = not allowed and status == 404 and hides(role, door.right, place, world)
                refused = status in {401, 403} or hidden
                if refused == allowed or status >= 500:
                    wrong.append(f"{method} {path} {role} {status} allowed={allowed}")
                if leaks(role, door.right, text):
                    wrong.append(f"{method} {path} {role} shows somebody else's pupil")
                if place is world.foreign_school and "{" in path and role and status < 400:
                    wrong.append(f"{method} {path} {role} {status} reached another school")
    assert wrong == []
    assert asked > 300


async def test_no_room_links_to_one_that_is_refused(world: World) -> None:
    """A door that does not open is not shown: a guard pressed a class of the day and was told to ask somebody."""
    for role in Role:
        todo = [path for path, _ in rooms.open_to(world.staff[role].staff)]
        seen = set(todo)
        while todo:
            path = todo.pop()
            status, text = await world.ask(role, "GET", path)
            assert status == 200, (role, path)
            links = {
                one.attributes["href"] or "" for one in LexborHTMLParser(text).css("a[href^='/console']")
            }
            todo += links - seen
            seen |= links


def expected(role: Role | None, right: Right, path: str, place: Place, world: World) -> bool:
    """What the table says of a request."""
    if role is None:
        return False
    how_far = reach(role, right)
    if how_far is Reach.CLASS and place is not world.own:
        return not any(f"{{{name}}}" in path for name in ("class_id", "student_id", "check_in_id"))
    return how_far > Reach.NONE


def hides(role: Role | None, right: Right, place: Place, world: World) -> bool:
    """Whether "no such thing" is a refusal, too: of another school, to who reaches one class only."""
    return role is not None and reach(role, right) is Reach.CLASS and place is not world.own


def leaks(role: Role | None, right: Right, text: str) -> bool:
    if OTHER_SCHOOLS_PUPIL in text:
        return True
    sees_all = role is not None and reach(role, right) is Reach.SCHOOL
    return FOREIGN_PUPIL in text and not sees_all


def test_every_right_of_the_table_opens_a_room_or_a_command(core: Core) -> None:
    doors = {door.right for *_, handler in routes_of(core) if (door := door_of(handler)) is not None}
    assert doors | set(STAFF.values()) == set(Right)


def test_the_table_gives_no_role_but_the_head_everything() -> None:
    for role in Role:
        assert (set(TABLE[role]) == set(Right)) == (role is Role.HEAD)
        assert Right.OWN_ACCOUNT in TABLE[role]
    assert {role for role in Role if reach(role, Right.MANAGE_STAFF)} == {Role.HEAD}
    assert {role for role in Role if Reach.CLASS in TABLE[role].values()} == {Role.HOMEROOM}


def test_a_homeroom_teacher_without_a_class_reaches_nobody() -> None:
    from core.staff.domain import Staff
    from core.values.ids import StaffId

    teacher = Staff(StaffId(new_id()), SchoolId(new_id()), "co.lan", "Cô Lan", Role.HOMEROOM)
    assert not teacher.may_for(Right.SEE_PUPILS, None)
    assert not teacher.may_for(Right.SEE_PUPILS, ClassId(new_id()))


async def test_the_other_methods_of_a_route_are_not_there(world: World) -> None:
    known = {(method, path) for method, path, _ in routes_of(world.core)}
    for path in {path for _, path in known if path.startswith("/console") and path not in OPEN}:
        for method in ("PUT", "DELETE", "PATCH"):
            if (method, path) not in known:
                status, _ = await world.ask(Role.HEAD, method, world.own.fill(path))
                assert status in {404, 405}, (method, path)


def test_open_addresses_have_reasons() -> None:
    assert all(len(reason) > 5 for reason in (*OPEN.values(), *UNSIGNED_OPERATIONS.values()))
    assert web.HTTPSeeOther.status_code == 303

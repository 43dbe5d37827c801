"""The rooms of exams: what is coming, who of a room is in, the list for the door, the kiosk at it.

Who waits for a decision is decided in "Điểm danh hôm nay" or in chat; this room shows it and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from aiohttp import web

from core.checkins.exam_board import ExamBoard, Standing, board_of
from core.console import exam_texts, gate_texts
from core.console.desk import Visit
from core.contracts.checkin import CheckInMode
from core.contracts.commands import OpenSession
from core.db.transaction import Tx
from core.devices.commands.domain import IssuedCommand, TooManyCommandsError
from core.devices.domain import DeviceNotFoundError, DeviceRevokedError
from core.exams.domain import ExamSession, ExamSessionNotFoundError
from core.students.domain import Student
from core.values.clock import SCHOOL_TIME, school_date
from core.values.ids import DeviceId, ExamSessionId, StudentId

HOME = "/console/exams"
_AHEAD = timedelta(days=366)
_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Hall:
    """One room in the list of sittings; the figures are there once its door has opened (dòng phòng thi)."""

    session: ExamSession
    board: ExamBoard | None = None


@dataclass(frozen=True, slots=True)
class Sitting:
    """What begins at one time under one title, with its rooms (ca thi)."""

    title: str
    starts_at: datetime
    ends_at: datetime
    halls: tuple[Hall, ...]

    @property
    def candidates(self) -> int:
        """How many sit it."""
        return sum(one.session.candidates for one in self.halls)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a correction was not made, what stood in its form, and how many it concerns who are here (lời báo sửa)."""

    said: str
    status: int
    typed: object
    here: int = 0


def sittings_of(halls: Sequence[Hall]) -> tuple[Sitting, ...]:
    """The rooms, put together by title and start."""
    groups: dict[tuple[datetime, str], list[Hall]] = {}
    for one in halls:
        groups.setdefault((one.session.plan.starts_at, one.session.title), []).append(one)
    return tuple(
        Sitting(title, starts_at, max(one.session.plan.ends_at for one in found), tuple(found))
        for (starts_at, title), found in sorted(groups.items())
    )


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the sittings from today on, or those of the last two months."""
    past = visit.request.query.get("past") == "yes"
    now = visit.desk.clock.now()
    midnight = datetime.combine(school_date(now), time(0), SCHOOL_TIME)
    first, last = (midnight - _BACK, midnight) if past else (midnight, midnight + _AHEAD)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        found = await visit.desk.exams.list_between(tx, first, last)
        shown = [one for one in found if first <= one.plan.starts_at < last]
        begun = await boards(visit, tx, [one for one in shown if one.plan.opens_at <= now])
        halls = [Hall(one, begun.get(one.id)) for one in shown]
    sittings = sittings_of(halls)
    return visit.page(
        "exams.html",
        exams=exam_texts,
        sittings=tuple(reversed(sittings)) if past else sittings,
        past=past,
        today=school_date(now),
    )


async def room(visit: Visit) -> web.StreamResponse:
    """GET: one room, candidate by candidate."""
    return await show_room(visit)


async def door(visit: Visit) -> web.StreamResponse:
    """GET: the list that hangs at the door: number and name, nothing else."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        session = await visit.desk.exams.get(tx, session_id(visit))
        candidates = await visit.desk.exams.list_candidates(tx, session.id)
        pupils = await visit.desk.students.get_many(tx, {one.student_id for one in candidates})
    return visit.page("exams_door.html", session=session, candidates=candidates, pupils=pupils)


async def open_kiosk(visit: Visit) -> web.StreamResponse:
    """POST: tell a kiosk that it stands at the door of this room; from then on it takes this session's candidates."""
    chosen, desk = session_id(visit), visit.desk
    try:
        device_id = DeviceId(UUID(visit.text("device_id")))
        async with desk.database.transaction(visit.staff.school_id) as tx:
            await desk.exams.get(tx, chosen)
            order = OpenSession(mode=CheckInMode.EXAM, exam_session_id=chosen)
            await desk.gate.order(tx, device_id, order, actor=visit.staff.actor)
    except (ValueError, DeviceNotFoundError, DeviceRevokedError):
        return await show_room(visit, DeviceNotFoundError.code)
    except TooManyCommandsError as error:
        return await show_room(visit, error.code)
    raise web.HTTPSeeOther(f"{HOME}/{chosen}")


async def remove(visit: Visit) -> web.StreamResponse:
    """POST: take a room away with its list, as long as its door is closed."""
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.exam_lists.remove(tx, session_id(visit), visit.staff.actor)
    raise web.HTTPSeeOther(HOME)


async def show_room(visit: Visit, problem: str = "", refused: Refused | None = None) -> web.StreamResponse:
    """One room, with why something was not done."""
    desk, now = visit.desk, visit.desk.clock.now()
    async with desk.database.transaction(visit.staff.school_id) as tx:
        session = await desk.exams.get(tx, session_id(visit))
        board = (await boards(visit, tx, [session]))[session.id]
        devices = [one for one in await desk.devices.list_devices(tx) if one.revoked_at is None]
        orders = _orders_for(session, await desk.gate.commands.list_recent(tx))
        pupils = await _pupils(visit, tx, board)
    return visit.page(
        "exams_room.html",
        refused.status if refused else 422 if problem else 200,
        exams=exam_texts,
        gates=gate_texts,
        refused=refused,
        problem=problem,
        session=session,
        board=board,
        Standing=Standing,
        pupils=pupils,
        devices=devices,
        names={one.id: one.name for one in devices},
        orders=orders,
        now=now,
        open=session.plan.opens_at <= now <= session.plan.ends_at,
    )


async def _pupils(visit: Visit, tx: Tx, board: ExamBoard) -> Mapping[StudentId, Student]:
    listed = {one.candidate.student_id for one in board.places}
    strangers = {one.student_id for one in board.strangers if one.student_id}
    return await visit.desk.students.get_many(tx, listed | strangers)


async def boards(visit: Visit, tx: Tx, sessions: Sequence[ExamSession]) -> dict[ExamSessionId, ExamBoard]:
    """The boards of these rooms; the check-ins of a day are read once, however many rooms it has."""
    desk, found = visit.desk, {}
    days = {school_date(one.plan.starts_at) for one in sessions}
    check_ins = {on: await desk.check_ins.days.at_exams(tx, on) for on in days}
    for one in sessions:
        candidates = await desk.exams.list_candidates(tx, one.id)
        found[one.id] = board_of(one, candidates, check_ins[school_date(one.plan.starts_at)])
    return found


def _orders_for(session: ExamSession, orders: Sequence[IssuedCommand]) -> list[IssuedCommand]:
    """The latest order of each kiosk that was opened for this room."""
    mine: dict[DeviceId, IssuedCommand] = {}
    for one in orders:
        if isinstance(one.order, OpenSession) and one.order.exam_session_id == session.id:
            mine.setdefault(one.device_id, one)
    return list(mine.values())


def session_id(visit: Visit) -> ExamSessionId:
    """The session in the address.

    Raises:
        ExamSessionNotFoundError: when it is no id.
    """
    found = visit.id("exam_session_id")
    if found is None:
        raise ExamSessionNotFoundError
    return ExamSessionId(found)

"""Correcting a sitting from one of its rooms: day and times for all of them, the name for this one.

When somebody is inside or waits before a door, it is done only for who has seen that and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from core.checkins.exam_board import Standing
from core.console import exam_texts, exams, typed_days, typed_times
from core.console.desk import Visit
from core.db.transaction import Tx
from core.errors import CoreError
from core.exams.cells import YEARS
from core.exams.correcting import Correction
from core.exams.domain import (
    BadSessionError,
    CandidatesBusyError,
    ExamSession,
    SittingTakenError,
)
from core.values.clock import SCHOOL_TIME


class PupilsHereError(CoreError):
    """Somebody has checked in at this sitting, and nobody said that it is changed all the same."""

    code = "exams.pupils_here"
    http_status = 409


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form (mẫu sửa ca thi)."""

    room: str
    on: str
    starts: str
    ends: str

    def read(self) -> Correction:
        """What it means.

        Raises:
            BadSessionError: when a day or a time is none.
        """
        try:
            on = typed_days.read_day(self.on)
            starts, ends = typed_times.read_time(self.starts), typed_times.read_time(self.ends)
        except ValueError:
            raise BadSessionError(field="times") from None
        if on.year not in YEARS:
            raise BadSessionError(field="times")
        return Correction(self.room, *(datetime.combine(on, one, SCHOOL_TIME) for one in (starts, ends)))


async def correct(visit: Visit) -> web.StreamResponse:
    """POST: give the sitting its times and this room its name, or say why not and keep what was typed."""
    session_id = exams.session_id(visit)
    typed = Typed(*(visit.text(name).strip()[:120] for name in ("room", "on", "starts", "ends")))
    corrections = visit.desk.exam_lists.corrections
    try:
        wanted = typed.read()
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            await _must_be_meant(visit, tx, await corrections.sitting(tx, session_id))
            await corrections.correct(tx, session_id, wanted, visit.staff.actor)
    except (BadSessionError, SittingTakenError, CandidatesBusyError, PupilsHereError) as error:
        here = int(str(error.params.get("pupils", 0)))
        refused = exams.Refused(exam_texts.correction_refused(error), error.http_status, typed, here)
        return await exams.show_room(visit, refused=refused)
    raise web.HTTPSeeOther(f"{exams.HOME}/{session_id}")


async def _must_be_meant(visit: Visit, tx: Tx, rooms: Sequence[ExamSession]) -> None:
    """Stop a change under the feet of pupils, unless the form says that it is meant.

    Raises:
        PupilsHereError: when candidates of these rooms are inside or wait for a decision.
    """
    found = (await exams.boards(visit, tx, rooms)).values()
    here = sum(board.count(one) for board in found for one in (Standing.INSIDE, Standing.WAITING))
    if here and visit.text("sure") != "yes":
        raise PupilsHereError(pupils=here)

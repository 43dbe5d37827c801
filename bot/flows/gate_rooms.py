"""Which exam room is meant when a kiosk is to stand before one. Pure: sessions and words in, sessions out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.flows.gate_words import RoomOrder
from bot.folding import strip_marks
from core.exams.domain import ExamSession
from core.values.clock import SCHOOL_TIME

AHEAD = timedelta(hours=3)
"""So long before its door opens a room can be given a kiosk by chat; the console gives it at any time."""
_LABEL_MAX = 60
_PREFIX = re.compile(r"^(?:phong thi|phong|p\.?)\s*(?=\S)")


def still_open(sessions: Sequence[ExamSession], now: datetime) -> tuple[ExamSession, ...]:
    """Those whose door lets somebody in, now or soon."""
    return tuple(one for one in sessions if one.plan.closes_at >= now)


def meant(sessions: Sequence[ExamSession], order: RoomOrder) -> tuple[ExamSession, ...]:
    """The sessions that a button or typed words name: none, one, or one room at several times."""
    if order.room_code:
        return tuple(one for one in sessions if room_code_of(one) == order.room_code)
    wanted = _plain(order.room)
    return tuple(one for one in sessions if _plain(one.room) == wanted)


def room_code_of(session: ExamSession) -> str:
    """The six characters under which a button names an exam room: random bits of its id."""
    return session.id.hex[-6:].upper()


def label_of(session: ExamSession) -> str:
    """How a button shows a room: where, when, what."""
    starts = session.plan.starts_at.astimezone(SCHOOL_TIME)
    return f"{session.room} · {starts:%H:%M} · {session.title}"[:_LABEL_MAX]


def _plain(room: str) -> str:
    """A room as two people write it.

    >>> _plain("Phòng thi 101"), _plain("P.101"), _plain("hội trường A")
    ('101', '101', 'hoi truong a')
    """
    return _PREFIX.sub("", " ".join(strip_marks(room).split()))

"""The room of requests about personal data: what waits, until when, and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from aiohttp import web

from core.console import privacy_texts
from core.console.desk import Visit
from core.conversations.domain import ChatAccountNotFoundError
from core.db.transaction import Tx
from core.notifications.domain import NewNotification, Recipient
from core.rights.domain import (
    AnswerMissingError,
    DataRequest,
    Kind,
    NewRequest,
    RequestNotFoundError,
    Status,
)
from core.students.domain import StudentNotFoundError
from core.values.ids import StudentId


async def show(visit: Visit) -> web.StreamResponse:
    """GET: open requests, overdue first, and those answered lately."""
    return await _page(visit)


async def open_on_paper(visit: Visit) -> web.StreamResponse:
    """POST: a request that somebody brought on paper."""
    try:
        kind, student_id = Kind(visit.text("kind")), StudentId(UUID(visit.text("student_id")))
        new = NewRequest(kind, student_id, visit.staff.actor, text=visit.text("text"))
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            opened = await visit.desk.rights.open(tx, new)
    except (ValueError, StudentNotFoundError):
        return await _page(visit, 422, problem=privacy_texts.NO_PUPIL)
    return await _page(visit, opened=opened)


async def answer(visit: Visit) -> web.StreamResponse:
    """POST: done or refused, with words; the guardian is told in the chat that asked."""
    id_ = visit.id("request_id")
    if id_ is None:
        raise RequestNotFoundError
    status = Status.DONE if visit.text("outcome") == "done" else Status.REFUSED
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            before = await visit.desk.rights.get(tx, id_)
            to = await _recipient(visit, tx, before)
            answered = await visit.desk.rights.answer(
                tx, id_, status, visit.text("answer"), visit.staff.actor
            )
            if to is not None:
                await visit.desk.notifications.enqueue(tx, _told(to, answered))
    except AnswerMissingError:
        return await _page(visit, 422, problem=privacy_texts.ANSWER_MISSING)
    raise web.HTTPSeeOther("/console/requests")


async def _recipient(visit: Visit, tx: Tx, request: DataRequest) -> Recipient | None:
    """The chat that asked; none when it was erased, or the request came on paper."""
    if request.account_id is None:
        return None
    try:
        account = await visit.desk.exports.conversations.get_account(tx, request.account_id)
        return await visit.desk.exports.conversations.recipient_of(tx, account.id)
    except ChatAccountNotFoundError:
        return None


def _told(to: Recipient, answered: DataRequest) -> NewNotification:
    params = {"number": answered.number, "status": answered.status.value, "answer": answered.answer}
    return NewNotification(to, "rights.answered", params, f"rights:{answered.id}")


async def _page(visit: Visit, status: int = 200, **context: Any) -> web.StreamResponse:
    desk = visit.desk
    async with desk.database.transaction(visit.staff.school_id) as tx:
        waiting = await desk.rights.list_open(tx)
        answered = await desk.rights.list_answered(tx)
        wanted = {one.student_id for one in (*waiting, *answered)}
        pupils = await desk.students.get_many(tx, wanted)
        everybody = await desk.students.list_students(tx)
    empty = {"problem": None, "opened": None}
    shared = {
        "waiting": waiting,
        "answered": answered,
        "pupils": pupils,
        "everybody": everybody,
        "now": desk.clock.now(),
        "words": privacy_texts,
        "kinds": tuple(Kind),
    }
    return visit.page("requests.html", status, **(empty | shared | context))

"""One pupil's guardians as staff see them: all that happened to each, codes, revoking, the young adult's word.

Who may see fees sees those of the pupil, too: a parent who calls asks for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from aiohttp import web

from core.console import fee_texts
from core.console.desk import Visit
from core.console.guardians import HOME, guardians_of, pupil_of, tie_id
from core.console.typed_days import BadDayError, read_day_or_none
from core.db.transaction import Tx
from core.guardians.cases.domain import ReasonNeededError
from core.guardians.cases.service import LEAST_REASON
from core.guardians.domain import CodeStrength, Guardianship, NewGuardian, Relation, TransitionError
from core.guardians.lapses import adult_agrees
from core.guardians.machine import Event
from core.guardians.register import Note
from core.guardians.steps.domain import By
from core.guardians.terms import BadTermError, Terms, set_terms
from core.staff.domain import Right
from core.students.names import tidy_name
from core.values.clock import school_date
from core.values.ids import StudentId
from core.vault.keyring import SealedDataError

_FIELDS = ("act", "tie", "name", "relation", "until", "reason")
"""What comes back into the form it was typed into, when it cannot be taken."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the guardians of one pupil and all that happened to each."""
    return await _pupil_page(visit)


async def change(visit: Visit) -> web.StreamResponse:
    """POST: give a code, add somebody, revoke, or take down that the young adult agrees."""
    guardians, code = guardians_of(visit), None
    try:
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            student = await pupil_of(visit, tx, StudentId(visit.id("student_id") or UUID(int=0)))
            if visit.text("act") == "add":
                await _add(visit, tx, student.id)
            else:
                code = await _act(visit, tx, await guardians.guardians_of(tx, student.id))
    except ValueError:
        return await _pupil_page(visit, problem="guardians.bad_name")
    except (ReasonNeededError, TransitionError, BadTermError, BadDayError) as error:
        return await _pupil_page(visit, problem=error.code)
    if code is not None:
        return await _pupil_page(visit, code=code)  # shown once, so never behind a redirect
    raise web.HTTPSeeOther(f"{HOME}/pupils/{student.id}")


async def _add(visit: Visit, tx: Tx, student_id: StudentId) -> None:
    """Somebody who is not on the roll, perhaps until a day."""
    guardians, relation = guardians_of(visit), Relation(visit.text("relation"))
    until = read_day_or_none(visit.text("until"))
    new = NewGuardian(student_id, relation, tidy_name(visit.text("name")))
    (placed,) = (await guardians.record_all(tx, (new,))).placed
    if placed.note is Note.UNREADABLE:
        raise SealedDataError("a guardian of this pupil cannot be read")
    if until is None:
        return
    ties = await guardians.guardians_of(tx, student_id)
    tie = next(one for one in ties if one.guardian.id == placed.guardian_id)
    await set_terms(guardians, tx, tie, Terms(relation, until), By(visit.staff.actor, "console"))


async def _act(visit: Visit, tx: Tx, ties: Sequence[Guardianship]) -> tuple[Guardianship, str] | None:
    guardians, act, reason = guardians_of(visit), visit.text("act"), visit.text("reason").strip()
    tie = next((one for one in ties if one.id == tie_id(visit.text("tie"))), None)
    if tie is None:
        raise web.HTTPNotFound
    if act in {"sent", "handed_over"}:
        return tie, (await guardians.issue_link_code(tx, tie.guardian.id, CodeStrength(act))).shown
    if len(reason) < LEAST_REASON:
        raise ReasonNeededError
    if act == Event.ADULT_AGREED:
        await adult_agrees(guardians, tx, tie, visit.staff.actor, reason)
    elif act == "terms":
        terms = Terms(Relation(visit.text("relation")), read_day_or_none(visit.text("until")))
        await set_terms(guardians, tx, tie, terms, By(visit.staff.actor, "console", reason))
    elif act in {Event.REVOKED, Event.INVITED_AGAIN}:
        await guardians.ledger.move(tx, tie, Event(act), By(visit.staff.actor, "console", reason))
    else:
        raise web.HTTPBadRequest
    return None


async def _pupil_page(
    visit: Visit, problem: str = "", code: tuple[Guardianship, str] | None = None
) -> web.StreamResponse:
    guardians = guardians_of(visit)
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        student = await pupil_of(visit, tx, StudentId(visit.id("student_id") or UUID(int=0)))
        ties = await guardians.guardians_of(tx, student.id)
        steps = {tie.id: await guardians.ledger.steps_of(tx, tie.id) for tie in ties}
        barred = await guardians.restrictions.list_for(tx, (student.id,))
        accounts = await visit.desk.staff.list_accounts(tx)
        may_see = visit.staff.may_for(Right.SEE_FEES, student.class_id)
        invoices = await visit.desk.fees.list_invoices(tx, (student.id,)) if may_see else ()
    return visit.page(
        "guardians_pupil.html",
        student=student,
        ties=ties,
        steps=steps,
        barred=barred,
        invoices=sorted(invoices, key=lambda one: (one.due_on, one.title), reverse=True),
        today=school_date(visit.desk.clock.now()),
        fees=fee_texts,
        names={one.staff.actor: one.staff.display_name for one in accounts},
        problem=problem,
        code=code,
        relations=list(Relation),
        typed={name: visit.text(name) for name in _FIELDS},
        blank=dict.fromkeys(_FIELDS, ""),
    )
